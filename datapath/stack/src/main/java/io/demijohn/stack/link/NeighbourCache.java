package io.demijohn.stack.link;

import io.demijohn.device.Require;
import org.jspecify.annotations.Nullable;

/**
 * Neighbours by address: a hash table of a fixed number of entries made at the start.
 *
 * <p>Owned by ARP or by neighbour discovery, one each; driver thread only. Never allocates after construction; when
 * it is full, the known neighbour that was used longest ago makes room.
 */
final class NeighbourCache {
    private final Neighbour[] entries;
    private final @Nullable Neighbour[] buckets;
    private @Nullable Neighbour free;
    private int count;

    /** Makes an empty cache of {@code capacity} entries, a power of two. */
    NeighbourCache(int capacity) {
        Require.that(Integer.bitCount(capacity) == 1, "neighbour capacity");
        this.entries = new Neighbour[capacity];
        this.buckets = new Neighbour[capacity];
        for (int index = 0; index < capacity; index++) {
            Neighbour entry = new Neighbour();
            entries[index] = entry;
            entry.following = free;
            free = entry;
        }
    }

    /** Returns the entry of that address, or null. */
    @Nullable
    Neighbour find(long high, long low) {
        Neighbour entry = buckets[bucketOf(high, low)];
        while (entry != null && (entry.low != low || entry.high != high)) {
            entry = entry.following;
        }
        return entry;
    }

    /** Returns a fresh entry for an address that has none, or null if all are in use. */
    @Nullable
    Neighbour add(long high, long low) {
        Neighbour entry = free;
        if (entry == null) {
            return null;
        }
        free = entry.following;
        int bucket = bucketOf(high, low);
        entry.high = high;
        entry.low = low;
        entry.requests = 0;
        entry.following = buckets[bucket];
        buckets[bucket] = entry;
        count++;
        return entry;
    }

    /** Takes an entry out; its queue must be empty. */
    void remove(Neighbour entry) {
        Require.that(entry.waiting.count() == 0, "removed neighbour with waiting packets");
        int bucket = bucketOf(entry.high, entry.low);
        Neighbour at = buckets[bucket];
        if (at == entry) {
            buckets[bucket] = entry.following;
        } else {
            while (at != null && at.following != entry) {
                at = at.following;
            }
            Require.that(at != null, "neighbour not in its bucket");
            if (at != null) {
                at.following = entry.following;
            }
        }
        entry.state = Neighbour.FREE;
        entry.following = free;
        free = entry;
        count--;
    }

    /** Returns the known neighbour that was used longest ago, or null if all are pending. */
    @Nullable
    Neighbour leastRecentlyUsed() {
        Neighbour oldest = null;
        for (Neighbour entry : entries) {
            if (entry.state >= Neighbour.KNOWN && (oldest == null || entry.usedNanos - oldest.usedNanos < 0)) {
                oldest = entry;
            }
        }
        return oldest;
    }

    /** Returns how many entries are in use. */
    int count() {
        return count;
    }

    private int bucketOf(long high, long low) {
        long mixed = (high * 31 + low) * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 32) & (buckets.length - 1);
    }
}
