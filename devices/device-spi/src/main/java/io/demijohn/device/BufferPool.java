package io.demijohn.device;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of packet buffers cut from one region.
 *
 * <p>Owned by one engine: {@link #acquire} and {@link PacketBuffer#release} are for the thread that drives it. Buffers
 * released elsewhere come home over a lock-free list that {@code acquire} empties when its own list runs dry. Never
 * grows: an empty pool answers null, and the caller treats it as back-pressure.
 */
public final class BufferPool {
    /** Headroom of a fresh buffer: room for link, network and transport headers with options. */
    public static final int HEADROOM_BYTES = 128;

    private static final VarHandle RETURNED;

    static {
        try {
            RETURNED = MethodHandles.lookup().findVarHandle(BufferPool.class, "returned", PacketBuffer.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Region region;
    private final int slotBytes;
    private final int count;
    private @Nullable PacketBuffer free;
    private int freeCount;
    private volatile @Nullable PacketBuffer returned;

    /**
     * Cuts {@code region} into slots of {@code slotBytes} each; the region stays the caller's.
     *
     * @throws IllegalArgumentException if not even one slot fits
     */
    public BufferPool(Region region, int slotBytes) {
        if (slotBytes <= HEADROOM_BYTES || region.bytes() < slotBytes) {
            throw new IllegalArgumentException("slots of " + slotBytes + " bytes in a region of " + region.bytes());
        }
        this.region = region;
        this.slotBytes = slotBytes;
        this.count = (int) Math.min(Integer.MAX_VALUE, region.bytes() / slotBytes);
        for (int index = count - 1; index >= 0; index--) {
            putOwned(new PacketBuffer(this, region.address() + (long) index * slotBytes, slotBytes));
        }
    }

    /** Gives an empty buffer with {@link #HEADROOM_BYTES} of headroom and one reference, or null when none is left. */
    public @Nullable PacketBuffer acquire() {
        PacketBuffer buffer = free;
        if (buffer == null) {
            takeReturned();
            buffer = free;
            if (buffer == null) {
                return null;
            }
        }
        free = buffer.next;
        freeCount--;
        buffer.reset(HEADROOM_BYTES);
        return buffer;
    }

    /** Returns how many buffers the pool has in all. */
    public int count() {
        return count;
    }

    /** Returns how many are free, those just returned by other threads included; only the owner thread. */
    public int freeCount() {
        takeReturned();
        return freeCount;
    }

    /** Returns the size of each slot in bytes, headroom included. */
    public int slotBytes() {
        return slotBytes;
    }

    /** Returns the memory behind the buffers. */
    public Region region() {
        return region;
    }

    void putOwned(PacketBuffer buffer) {
        buffer.next = free;
        free = buffer;
        freeCount++;
    }

    void putRemote(PacketBuffer buffer) {
        PacketBuffer head;
        do {
            head = (PacketBuffer) RETURNED.getAcquire(this);
            buffer.next = head;
        } while (!RETURNED.weakCompareAndSetRelease(this, head, buffer));
    }

    /** Moves what other threads returned to the owner's list: taking all at once leaves no ABA case. */
    private void takeReturned() {
        if (returned == null) {
            return;
        }
        PacketBuffer buffer = (PacketBuffer) RETURNED.getAndSetAcquire(this, null);
        while (buffer != null) {
            PacketBuffer following = buffer.next;
            putOwned(buffer);
            buffer = following;
        }
    }
}
