package io.demijohn.device.loop;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Capabilities;
import io.demijohn.device.NetDevice;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import io.demijohn.device.Require;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A wire from a stack back to itself: every frame sent comes out of {@link #receive} in order.
 *
 * <p>Owned by one engine. Frames pass by reference: {@link #receive} gives the very buffer that {@link #transmit} took,
 * whatever pool is named, so a sender must hold the only reference. A full ring takes fewer frames and never drops one.
 * Checksums are declared as done by the device: the bytes never leave this process's memory, so there is nothing that a
 * sum could find, and the stack spends no time on them.
 *
 * <p>The driver alone moves {@code head} and {@code tail}; the one sleeper reads them to see whether a frame waits.
 */
final class LoopDevice implements NetDevice {
    /** Frames the wire holds by default. */
    static final int RING_SLOTS = 1024;

    private static final int TRANSMIT_BURST_MAX = 64;

    /** Locally administered; both ends of the wire have it. */
    private static final long MAC_ADDRESS = 0x02_64_6a_00_00_01L;

    private static final Capabilities CAPABILITIES = new Capabilities(true, true, true, false, TRANSMIT_BURST_MAX);
    private static final VarHandle HEAD;
    private static final VarHandle TAIL;
    private static final VarHandle SLEEPER;
    private static final VarHandle WOKEN;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(LoopDevice.class, "head", int.class);
            TAIL = lookup.findVarHandle(LoopDevice.class, "tail", int.class);
            SLEEPER = lookup.findVarHandle(LoopDevice.class, "sleeper", Thread.class);
            WOKEN = lookup.findVarHandle(LoopDevice.class, "woken", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String uri;
    private final int mtuBytes;
    private final @Nullable PacketBuffer[] ring;
    private final int mask;
    private int head;
    private int tail;
    private boolean closed;
    private volatile @Nullable Thread sleeper;

    @SuppressWarnings("UnusedVariable") // read through WOKEN
    private volatile boolean woken;

    /** Makes an empty wire of {@code ringSlots} frames, a power of two. */
    LoopDevice(String uri, int mtuBytes, int ringSlots) {
        Require.that(Integer.bitCount(ringSlots) == 1, "loop ring of a power of two");
        this.uri = uri;
        this.mtuBytes = mtuBytes;
        this.ring = new PacketBuffer[ringSlots];
        this.mask = ringSlots - 1;
    }

    @Override
    public String uri() {
        return uri;
    }

    @Override
    public long macAddress() {
        return MAC_ADDRESS;
    }

    @Override
    public int mtuBytes() {
        return mtuBytes;
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    /** Does nothing: frames stay where they are. */
    @Override
    public void register(Region region) {}

    @Override
    public int receive(PacketBuffer[] batch, int max, BufferPool pool) {
        if (closed) {
            return GONE;
        }
        int from = head; // plain: only drivers write it, one after the other
        int count = Math.min(max, tail - from);
        for (int index = 0; index < count; index++) {
            int slot = (from + index) & mask;
            PacketBuffer frame = ring[slot];
            Require.that(frame != null, "loop ring slot is filled");
            batch[index] = frame;
            ring[slot] = null;
        }
        if (count > 0) {
            HEAD.setRelease(this, from + count);
        }
        return Math.max(count, 0);
    }

    @Override
    public int transmit(PacketBuffer[] batch, int from, int count) {
        if (closed) {
            return GONE;
        }
        int end = tail; // plain: only drivers write it, one after the other
        int taken = Math.min(count, ring.length - (end - head));
        for (int index = 0; index < taken; index++) {
            ring[(end + index) & mask] = batch[from + index];
        }
        if (taken > 0) {
            TAIL.setRelease(this, end + taken); // wakes nobody: the driver that sends is the one that receives
        }
        return taken;
    }

    /** Parks; as every park it also returns at once while the thread's interrupt status is set. */
    @Override
    public void awaitInterrupt(long timeoutNanos) {
        if (timeoutNanos > 0) {
            sleeper = Thread.currentThread(); // volatile: before the look at the tail and the wakeup
            if (!(boolean) WOKEN.getVolatile(this) && !isPending()) {
                if (timeoutNanos == Long.MAX_VALUE) {
                    LockSupport.park(this);
                } else {
                    LockSupport.parkNanos(this, timeoutNanos);
                }
            }
            sleeper = null;
        }
        WOKEN.getAndSet(this, false);
    }

    @Override
    public void wakeup() {
        WOKEN.setVolatile(this, true);
        unparkSleeper();
    }

    @Override
    public long dropped() {
        return 0;
    }

    /** Releases the frames still on the wire, as a remote thread: the closer need not be the driver. */
    @Override
    public void close() {
        closed = true;
        while (head != tail) {
            PacketBuffer frame = ring[head & mask];
            Require.that(frame != null, "loop ring slot is filled");
            ring[head & mask] = null;
            HEAD.setRelease(this, head + 1);
            frame.releaseRemote();
        }
        wakeup();
    }

    private boolean isPending() {
        return (int) TAIL.getAcquire(this) != (int) HEAD.getAcquire(this);
    }

    /** Unparks the sleeper at most once a sleep, so that a driver at full speed pays for it once. */
    private void unparkSleeper() {
        Thread thread = sleeper;
        if (thread != null && SLEEPER.compareAndSet(this, thread, null)) {
            LockSupport.unpark(thread);
        }
    }
}
