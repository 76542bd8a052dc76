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
 * grows: an empty memory answers -1, and the writer treats it as back-pressure. A chunk that is not free carries a link to
 * another for its holder, in the place of the stack's.
 *
 * <pre>
 *   head = tag (20 bits) | count of free chunks (22 bits) | index of the first free chunk + 1 (22 bits), 0 for none
 * </pre>
 */
public final class SendMemory {
    /** Size of a chunk in bytes. */
    public static final int CHUNK_BYTES = 4096;

    private static final int FIELD_BITS = 22;
    private static final int CHUNKS_MAX = (1 << FIELD_BITS) - 1;
    private static final long FIELD_MASK = CHUNKS_MAX;
    private static final long FREE_ONE = 1L << FIELD_BITS;
    private static final long TAG_ONE = 1L << (2 * FIELD_BITS);

    private final Region region;
    private final int count;
    private final AtomicLong head;
    private final AtomicIntegerArray following;

    /**
     * Cuts {@code region} into chunks, at most 4,194,303; the region stays the caller's.
     *
     * @throws IllegalArgumentException if not even one chunk fits
     */
    public SendMemory(Region region) {
        long chunks = Math.min(region.bytes() / CHUNK_BYTES, CHUNKS_MAX);
        if (chunks < 1) {
            throw new IllegalArgumentException("send memory of " + region.bytes() + " bytes: not one chunk");
        }
        this.region = region;
        this.count = (int) chunks;
        this.following = new AtomicIntegerArray(count);
        for (int index = 0; index < count; index++) {
            following.setPlain(index, index + 1 < count ? index + 2 : 0);
        }
        this.head = new AtomicLong(count * FREE_ONE | 1);
    }

    /** Returns the index of a chunk that is now the caller's, or -1 when none is free. */
    public int acquire() {
        while (true) {
            long seen = head.getAcquire();
            int first = (int) (seen & FIELD_MASK);
            if (first == 0) {
                return -1;
            }
            long next = ((seen & ~FIELD_MASK) + TAG_ONE - FREE_ONE) | (following.getPlain(first - 1) & FIELD_MASK);
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
            following.setPlain(chunk, (int) (seen & FIELD_MASK));
            if (head.compareAndSet(seen, ((seen & ~FIELD_MASK) + TAG_ONE + FREE_ONE) | (chunk + 1))) {
                return;
            }
        }
    }

    /** Links {@code chunk} to {@code next}, both the caller's; publishing is the caller's. */
    void link(int chunk, int next) {
        following.setPlain(chunk, next);
    }

    /** Returns what {@code chunk} was linked to. */
    int linked(int chunk) {
        return following.getPlain(chunk);
    }

    /** Returns the native address of the chunk's first byte. */
    public long address(int chunk) {
        return region.address() + (long) chunk * CHUNK_BYTES;
    }

    /** Returns how many chunks there are in all. */
    public int count() {
        return count;
    }

    /** Returns how many chunks are free, a moment's view. */
    public int freeCount() {
        return (int) (head.getAcquire() >> FIELD_BITS & FIELD_MASK);
    }

    /** Returns whether less than one {@code divisor}th is free. */
    boolean isBelow(int divisor) {
        return freeCount() * (long) divisor < count;
    }

    /** Returns how many bytes are free, a moment's view. */
    long freeBytes() {
        return (long) freeCount() * CHUNK_BYTES;
    }
}
