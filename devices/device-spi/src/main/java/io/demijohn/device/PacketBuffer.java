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
 * <p>A packet larger than a slot is a chain of buffers, linked through {@link #more}; its head stands for all.
 *
 * <p>Offset, length and links belong to the one holder that may change the packet: the driver, then the stack,
 * then a connection. The reference count may be changed by any thread. When the last reference goes, the buffer goes
 * home to its {@link BufferPool}: {@link #release} on the thread that drives the engine, {@link #releaseRemote} on all
 * others.
 */
public final class PacketBuffer {
    private static final VarHandle REFERENCES;

    /** On a received packet: the device vouches for the transport's checksum. */
    private static final long VERIFIED = 1L << 31;
    /** On a packet to send: the device fills the checksum in; its start in the slot and its field stand below. */
    private static final long WANTED = 1L << 30;

    private static final int FIELD_SHIFT = 20;
    private static final int FIELD_MASK = (1 << 10) - 1;
    private static final int START_MASK = (1 << FIELD_SHIFT) - 1;
    private static final int SEGMENT_SHIFT = 32;
    private static final int SEGMENT_MASK = 0xffff;
    private static final int KIND_SHIFT = 48;
    private static final int KIND_MASK = 0xff;

    static {
        try {
            REFERENCES = MethodHandles.lookup().findVarHandle(PacketBuffer.class, "references", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Link for whoever holds the buffer alone: free lists and queues. Null while nobody links it. */
    public @Nullable PacketBuffer next;

    /** The next piece of the same packet: who holds this one holds it too, and both are released at once. */
    public @Nullable PacketBuffer more;

    private final BufferPool pool;
    private final long base;
    private final int capacity;
    private int offset;
    private int length;
    private long offload; // VERIFIED, or WANTED with the field's place; the size and kind of segments

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

    /**
     * Asks the device for a checksum (virtio 1.2, 5.1.6.2): the sum of all bytes from {@code start} within the window on,
     * put {@code field} bytes behind that start, where the sum of the pseudo header stands already. Stays right when headers are
     * put before. Only for a device whose {@link Capabilities#transmitChecksum} says so.
     */
    public void wantChecksum(int start, int field) {
        int startInSlot = offset + start;
        Require.that(startInSlot <= START_MASK && field <= FIELD_MASK, "packet checksum's place");
        offload = WANTED | (long) field << FIELD_SHIFT | startInSlot;
    }

    /** Returns whether the device is to fill a checksum in. */
    public boolean wantsChecksum() {
        return (offload & WANTED) != 0;
    }

    /** Returns the first byte within the window that the wanted checksum covers. */
    public int checksumStart() {
        return ((int) offload & START_MASK) - offset;
    }

    /** Returns how far behind {@link #checksumStart} the wanted checksum's field stands. */
    public int checksumField() {
        return (int) offload >>> FIELD_SHIFT & FIELD_MASK;
    }

    /** Notes that the device vouches for the TCP or UDP checksum of this received packet. */
    public void markChecksumVerified() {
        offload |= VERIFIED;
    }

    /** Returns whether the device vouches for the TCP or UDP checksum. */
    public boolean checksumVerified() {
        return (offload & VERIFIED) != 0;
    }

    /**
     * Asks the device to cut the packet into TCP segments of {@code bytes} of payload each, the last one of what is left
     * (virtio 1.2, 5.1.6.2). Only with {@link #wantChecksum}, and up to {@link Capabilities#segmentedMaxBytes}.
     *
     * @param kind virtio's GSO type, one of {@link VirtioNetHeader}
     */
    public void wantSegments(int kind, int bytes) {
        Require.that(bytes > 0 && bytes <= SEGMENT_MASK && kind > 0 && kind <= KIND_MASK, "packet's segments");
        offload |= (long) kind << KIND_SHIFT | (long) bytes << SEGMENT_SHIFT;
    }

    /** Notes that this received packet is TCP segments of {@code bytes} of payload each, put together by device or sender. */
    public void markSegments(int bytes) {
        Require.that(bytes > 0 && bytes <= SEGMENT_MASK, "packet's segments");
        offload |= (long) bytes << SEGMENT_SHIFT;
    }

    /** Returns the payload of each segment that is to be cut, or was put together; 0 if the packet is one segment. */
    public int segmentBytes() {
        return (int) (offload >>> SEGMENT_SHIFT) & SEGMENT_MASK;
    }

    /** Returns virtio's GSO type of a packet to be cut, else 0. */
    public int segmentKind() {
        return (int) (offload >>> KIND_SHIFT) & KIND_MASK;
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

    /** Gives one reference back, and with the last one all pieces; only the thread that drives the pool's engine. */
    public void release() {
        if (dropReference()) {
            PacketBuffer rest = more;
            pool.putOwned(this);
            if (rest != null) {
                more = null;
                releasePieces(rest);
            }
        }
    }

    private static void releasePieces(PacketBuffer first) {
        PacketBuffer piece = first;
        while (piece != null) {
            PacketBuffer following = piece.more;
            piece.more = null;
            piece.release();
            piece = following;
        }
    }

    /** Gives one reference back from any other thread: the buffers go home over the pool's return list. */
    public void releaseRemote() {
        if (dropReference()) {
            PacketBuffer piece = more;
            more = null;
            pool.putRemote(this);
            while (piece != null) {
                PacketBuffer following = piece.more;
                piece.more = null;
                piece.releaseRemote();
                piece = following;
            }
        }
    }

    void reset(int headroomBytes) {
        offset = headroomBytes;
        length = 0;
        offload = 0;
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
