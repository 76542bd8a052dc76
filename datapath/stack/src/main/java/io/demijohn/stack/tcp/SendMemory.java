package io.demijohn.stack.tcp;

import io.demijohn.device.Region;
import io.demijohn.device.Require;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Fixed-size chunks of one region that hold what applications wrote and peers have not acknowledged.
 *
 * <p>One per engine, shared by its connections. Any thread may acquire and release: the free chunks form a stack of
 * indices whose head carries a tag, so that a chunk that went and came back between look and swap is noticed. Never
 * grows: an empty memory answers -1, and the writer treats it as back-pressure.
 *
 * <pre>
 *   head = tag (32 bits) | index of the first free chunk + 1 (32 bits); 0 in the low half: none
 * </pre>
 */
public final class SendMemory {
    /** Size of a chunk in bytes. */
    public static final int CHUNK_BYTES = 4096;

    private static final long INDEX_MASK = 0xffff_ffffL;
    private static final long TAG_ONE = 1L << 32;

    private final Region region;
    private final int count;
    private final AtomicLong head;
    private final AtomicIntegerArray following;

    /**
     * Cuts {@code region} into chunks; the region stays the caller's.
     *
     * @throws IllegalArgumentException if not even one chunk fits
     */
    public SendMemory(Region region) {
        long chunks = Math.min(region.bytes() / CHUNK_BYTES, Integer.MAX_VALUE - 1);
        if (chunks < 1) {
            throw new IllegalArgumentException("send memory of " + region.bytes() + " bytes: not one chunk");
        }
        this.region = region;
        this.count = (int) chunks;
        this.following = new AtomicIntegerArray(count);
        for (int index = 0; index < count; index++) {
            following.setPlain(index, index + 1 < count ? index + 2 : 0);
        }
        this.head = new AtomicLong(1);
    }

    /** Returns the index of a chunk that is now the caller's, or -1 when none is free. */
    public int acquire() {
        while (true) {
            long seen = head.getAcquire();
            int first = (int) (seen & INDEX_MASK);
            if (first == 0) {
                return -1;
            }
            long next = ((seen & ~INDEX_MASK) + TAG_ONE) | (following.getPlain(first - 1) & INDEX_MASK);
            if (head.compareAndSet(seen, next)) {
                return first - 1;
            }
        }
    }

    /** Takes a chunk back. */
    public void release(int chunk) {
        Require.that(chunk >= 0 && chunk < count, "send chunk index");
        while (true) {
            long seen = head.getAcquire();
            following.setPlain(chunk, (int) (seen & INDEX_MASK));
            if (head.compareAndSet(seen, ((seen & ~INDEX_MASK) + TAG_ONE) | (chunk + 1))) {
                return;
            }
        }
    }

    /** Returns the native address of the chunk's first byte. */
    public long address(int chunk) {
        return region.address() + (long) chunk * CHUNK_BYTES;
    }

    /** Returns how many chunks there are in all. */
    public int count() {
        return count;
    }

    /** Returns how many chunks are free, by walking the free stack: for tests, while nobody else acquires or releases. */
    public int freeCount() {
        int free = 0;
        for (int next = (int) (head.get() & INDEX_MASK); next != 0; next = following.get(next - 1)) {
            free++;
        }
        return free;
    }
}
