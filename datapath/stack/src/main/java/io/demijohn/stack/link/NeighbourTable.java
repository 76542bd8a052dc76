package io.demijohn.stack.link;

import io.demijohn.device.BufferPool;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.StackCounters;
import org.jspecify.annotations.Nullable;

/**
 * What ARP and neighbour discovery have in common: their neighbours, the packets that wait for a station, and the neighbours
 * for which something is due at a moment.
 *
 * <p>Owned by one of the two; driver thread only. A packet that waits costs one buffer whatever its length, so buffers are
 * what is bounded: for each neighbour, and for all together by a share of the pool. Never allocates after construction.
 */
final class NeighbourTable {
    /** Packets kept for one neighbour: the largest datagram in fragments of a 576-byte link (119), and a few more. */
    static final int WAITING_MAX = 128;

    /** Share of the pool that may wait for all neighbours. */
    static final int POOL_DIVISOR = 3;

    private final NeighbourCache cache;
    private final @Nullable Neighbour[] timed;
    private final FrameQueue failed = new FrameQueue();
    private final EthernetOutput output;
    private final StackCounters counters;
    private final int type;
    private final int waitingMax;
    private int waitingCount;
    private int timedCount;
    private long deadlineNanos = Long.MAX_VALUE;

    /**
     * Makes an empty table.
     *
     * @param capacity most neighbours, a power of two
     * @param timedMax most of them for which something may be due
     * @param pool where the packets come from that will wait
     * @param type what the packets are: the type in their frames
     */
    NeighbourTable(
            int capacity, int timedMax, BufferPool pool, EthernetOutput output, StackCounters counters, int type) {
        this.cache = new NeighbourCache(capacity);
        this.timed = new Neighbour[timedMax];
        this.output = output;
        this.counters = counters;
        this.type = type;
        this.waitingMax = Math.max(1, pool.count() / POOL_DIVISOR);
    }

    /** Returns the neighbour of that address, or null. */
    @Nullable
    Neighbour find(long high, long low) {
        return cache.find(high, low);
    }

    /** Returns a new neighbour if there is room, else null. */
    @Nullable
    Neighbour add(long high, long low) {
        return cache.add(high, low);
    }

    /** Returns a new neighbour, at the cost of the one used longest ago if need be, or null if all are pending. */
    @Nullable
    Neighbour fresh(long high, long low) {
        Neighbour entry = cache.add(high, low);
        if (entry == null) {
            Neighbour oldest = cache.leastRecentlyUsed();
            if (oldest == null) {
                return null;
            }
            removeTimed(oldest);
            cache.remove(oldest);
            counters.neighboursEvicted++;
            entry = cache.add(high, low);
        }
        return entry;
    }

    /** Forgets a neighbour for which nothing waits. */
    void remove(Neighbour entry) {
        cache.remove(entry);
    }

    /** Returns how many neighbours there are. */
    int count() {
        return cache.count();
    }

    // ---- packets that wait -----------------------------------------------------------------------------------------

    /** Keeps {@code packet} until the neighbour answers; takes it. Beyond a bound the oldest goes (RFC 1122, 2.3.2.2). */
    void keep(Neighbour entry, PacketBuffer packet) {
        if (entry.waiting.count() >= WAITING_MAX || waitingCount >= waitingMax) {
            counters.dropNeighbourQueueFull++;
            PacketBuffer oldest = takeWaiting(entry);
            if (oldest == null) { // others have it all
                packet.release();
                return;
            }
            oldest.release();
        }
        entry.waiting.add(packet);
        waitingCount++;
    }

    /** The neighbour's station is known: what waited goes. */
    void sendWaiting(Neighbour entry) {
        for (PacketBuffer next = takeWaiting(entry); next != null; next = takeWaiting(entry)) {
            output.send(next, entry.station, type);
        }
    }

    /** The neighbour does not answer: forgets it and keeps what waited for {@link #pollFailed}. */
    void giveUp(Neighbour entry) {
        counters.neighboursFailed++;
        removeTimed(entry);
        for (PacketBuffer next = takeWaiting(entry); next != null; next = takeWaiting(entry)) {
            counters.dropNeighbourFailed++;
            failed.add(next);
        }
        cache.remove(entry);
    }

    /** Gives a packet whose neighbour never answered, window at its IP header, or null. */
    @Nullable
    PacketBuffer pollFailed() {
        return failed.poll();
    }

    private @Nullable PacketBuffer takeWaiting(Neighbour entry) {
        PacketBuffer packet = entry.waiting.poll();
        waitingCount -= packet == null ? 0 : 1;
        return packet;
    }

    // ---- neighbours for which something is due ---------------------------------------------------------------------

    /** Something is due for the neighbour at {@link Neighbour#dueNanos}; it must not be among these yet. */
    void addTimed(Neighbour entry) {
        timed[timedCount++] = entry;
        if (deadlineNanos == Long.MAX_VALUE || entry.dueNanos - deadlineNanos < 0) {
            deadlineNanos = entry.dueNanos;
        }
    }

    /** Nothing is due for the neighbour any more, if anything was. */
    void removeTimed(Neighbour entry) {
        for (int index = 0; index < timedCount; index++) {
            if (timed[index] == entry) {
                timedCount--;
                timed[index] = timed[timedCount];
                timed[timedCount] = null;
                return;
            }
        }
    }

    int timedCount() {
        return timedCount;
    }

    /** Returns one of {@link #timedCount}; removing one moves the last to its place, so go through them from the end. */
    Neighbour timedAt(int index) {
        Neighbour entry = timed[index];
        if (entry == null) {
            throw new IllegalStateException("bug: timed neighbour missing");
        }
        return entry;
    }

    /** Finds the earliest moment again, after neighbours were removed or their moments moved. */
    void updateDeadline() {
        deadlineNanos = Long.MAX_VALUE;
        for (int index = 0; index < timedCount; index++) {
            long dueNanos = timedAt(index).dueNanos;
            if (deadlineNanos == Long.MAX_VALUE || dueNanos - deadlineNanos < 0) {
                deadlineNanos = dueNanos;
            }
        }
    }

    /** Returns whether something is due. */
    boolean isDue(long nowNanos) {
        return deadlineNanos != Long.MAX_VALUE && deadlineNanos - nowNanos <= 0;
    }

    /** Returns when something is due next, or {@link Long#MAX_VALUE}. */
    long nextDeadlineNanos() {
        return deadlineNanos;
    }
}
