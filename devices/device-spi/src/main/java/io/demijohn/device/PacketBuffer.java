package io.demijohn.device;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One packet's memory: a fixed slot of a registered region with a movable window of valid bytes and a reference count.
 *
 * <pre>
 *   base                base+offset        base+offset+length            base+capacity
 *    |---- headroom ------|====== bytes =======|-------- tailroom ----------|
 * </pre>
 *
 * <p>Offset, length and {@link #next} belong to the one holder that may change the packet: the driver, then the stack,
 * then a connection. The reference count may be changed by any thread. When the last reference goes, the buffer goes
 * home to its {@link BufferPool}: {@link #release} on the thread that drives the engine, {@link #releaseRemote} on all
 * others.
 */
public final class PacketBuffer {
    private static final VarHandle REFERENCES;

    static {
        try {
            REFERENCES = MethodHandles.lookup().findVarHandle(PacketBuffer.class, "references", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Link for whoever holds the buffer alone: free lists and queues. Null while nobody links it. */
    public @Nullable PacketBuffer next;

    private final BufferPool pool;
    private final long base;
    private final int capacity;
    private int offset;
    private int length;

    @SuppressWarnings("UnusedVariable") // read through REFERENCES
    private volatile int references;

    PacketBuffer(BufferPool pool, long base, int capacity) {
        this.pool = pool;
        this.base = base;
        this.capacity = capacity;
    }

    /** Returns the native address of the first valid byte. */
    public long address() {
        return base + offset;
    }

    /** Returns the count of valid bytes. */
    public int length() {
        return length;
    }

    /** Returns the count of bytes before the first valid one. */
    public int headroom() {
        return offset;
    }

    /** Returns the count of bytes after the last valid one. */
    public int tailroom() {
        return capacity - offset - length;
    }

    /** Returns the size of the slot in bytes. */
    public int capacity() {
        return capacity;
    }

    /** Makes {@code headroomBytes} the headroom and {@code bytes} the length; content is untouched. */
    public void window(int headroomBytes, int bytes) {
        Require.that(
                headroomBytes >= 0 && headroomBytes <= capacity && bytes >= 0 && bytes <= capacity - headroomBytes,
                "packet window");
        offset = headroomBytes;
        length = bytes;
    }

    /** Grows the packet by {@code bytes} at the front and returns the new first address. */
    public long prepend(int bytes) {
        Require.that(bytes >= 0 && bytes <= offset, "packet prepend");
        offset -= bytes;
        length += bytes;
        return base + offset;
    }

    /** Grows the packet by {@code bytes} at the back and returns the address of the first new byte. */
    public long append(int bytes) {
        Require.that(bytes >= 0 && bytes <= tailroom(), "packet append");
        long at = base + offset + length;
        length += bytes;
        return at;
    }

    /** Drops {@code bytes} from the front. */
    public void trimFront(int bytes) {
        Require.that(bytes >= 0 && bytes <= length, "packet trim front");
        offset += bytes;
        length -= bytes;
    }

    /** Drops all but the first {@code bytes}. */
    public void trimTo(int bytes) {
        Require.that(bytes >= 0 && bytes <= length, "packet trim");
        length = bytes;
    }

    /** Returns the pool this buffer goes home to. */
    public BufferPool pool() {
        return pool;
    }

    /** Takes one more reference; any thread that already holds one. */
    public void retain() {
        int before = (int) REFERENCES.getAndAdd(this, 1);
        Require.that(before > 0, "retain of a free packet buffer");
    }

    /** Gives one reference back; only the thread that drives the pool's engine. */
    public void release() {
        if (dropReference()) {
            pool.putOwned(this);
        }
    }

    /** Gives one reference back from any other thread: the buffer goes home over the pool's return list. */
    public void releaseRemote() {
        if (dropReference()) {
            pool.putRemote(this);
        }
    }

    void reset(int headroomBytes) {
        offset = headroomBytes;
        length = 0;
        next = null;
        REFERENCES.setRelease(this, 1);
    }

    /** Returns whether that was the last reference. A sole holder needs no locked instruction. */
    private boolean dropReference() {
        int held = (int) REFERENCES.getAcquire(this);
        if (held == 1) {
            REFERENCES.setRelease(this, 0);
            return true;
        }
        Require.that(held > 1, "release of a free packet buffer");
        return (int) REFERENCES.getAndAdd(this, -1) == 1;
    }
}
