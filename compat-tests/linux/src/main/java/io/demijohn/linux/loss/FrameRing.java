package io.demijohn.linux.loss;

import io.demijohn.device.Mem;
import io.demijohn.device.Region;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Copies of frames from one thread to another, in order and bounded.
 *
 * <p>One putter and one taker at a time. {@link #isEmpty} is for any thread.
 */
final class FrameRing implements AutoCloseable {
    static final int SLOT_BYTES = 2048;

    private static final VarHandle HEAD;
    private static final VarHandle TAIL;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(FrameRing.class, "head", int.class);
            TAIL = lookup.findVarHandle(FrameRing.class, "tail", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Region region;
    private final int[] lengths;
    private final int mask;
    private int head;
    private int tail;

    /** Makes a ring of {@code slots}, a power of two. */
    FrameRing(int slots) {
        this.region = Region.allocate((long) slots * SLOT_BYTES);
        this.lengths = new int[slots];
        this.mask = slots - 1;
    }

    /** Copies a frame in; returns whether there was room. */
    boolean put(long address, int bytes) {
        int end = tail; // plain: only the putter writes it
        if (end - (int) HEAD.getAcquire(this) > mask || bytes > SLOT_BYTES) {
            return false;
        }
        Mem.copy(address, slot(end), bytes);
        lengths[end & mask] = bytes;
        TAIL.setRelease(this, end + 1);
        return true;
    }

    /** Copies the oldest frame out and returns its length, 0 if there is none; it must fit into {@code max}. */
    int take(long address, int max) {
        int from = head; // plain: only the taker writes it
        if (from == (int) TAIL.getAcquire(this)) {
            return 0;
        }
        int bytes = Math.min(lengths[from & mask], max);
        Mem.copy(slot(from), address, bytes);
        HEAD.setRelease(this, from + 1);
        return bytes;
    }

    boolean isEmpty() {
        return (int) HEAD.getVolatile(this) == (int) TAIL.getVolatile(this);
    }

    @Override
    public void close() {
        region.close();
    }

    private long slot(int index) {
        return region.address() + (long) (index & mask) * SLOT_BYTES;
    }
}
