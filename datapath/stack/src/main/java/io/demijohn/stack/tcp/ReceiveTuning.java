package io.demijohn.stack.tcp;

import io.demijohn.stack.wire.TcpHeaderOptions;

/**
 * Sizes receive windows to what applications read in a round trip: dynamic right-sizing, unless the user chose a size.
 *
 * <p>While a sender's window doubles, the next round trip brings twice what the application read in this one, and that count
 * is one round trip old: four times it is room that never holds the sender back. Once the count grows no more, twice it is
 * enough. The peer's window so follows the application: one that reads slowly keeps a small window. The bound is the
 * smaller of {@link TcpTunable#RECEIVE_BUFFER_MAX} and a share of the packet pool; while the pool is short, windows
 * shrink, by less room offered and never by taking back what was offered (RFC 9293, 3.8.6). Owned by {@link TcpInput};
 * driver only; allocates once for a connection on which much arrives.
 */
final class ReceiveTuning {
    /** Free share of the pool below which no window grows. */
    private static final int GROW_DIVISOR = 2;
    /** Free share below which windows shrink. */
    private static final int SHRINK_DIVISOR = 4;
    /** One connection may have this share of what is free. */
    private static final int SHARE_DIVISOR = 4;

    private static final int SPARE_SEGMENTS = 16;
    private static final int TICK_SHIFT = 20;
    private static final int TICKS_MAX = 1 << 16; // a minute: what is more says nothing about the path
    private static final int SMOOTHING = 8;

    private final int startBytes;
    private final int maxBytes;
    private final TcpCounters counters;

    ReceiveTuning(TcpConfig config, TcpCounters counters) {
        this.startBytes = config.count(TcpTunable.RECEIVE_BUFFER);
        this.maxBytes = maxBytes(config);
        this.counters = counters;
    }

    /** Returns the largest window that tuning gives: what window scaling must be able to express. */
    static int maxBytes(TcpConfig config) {
        return Math.max(config.count(TcpTunable.RECEIVE_BUFFER), config.count(TcpTunable.RECEIVE_BUFFER_MAX));
    }

    /** Looks at the window now that in-order payload came; the segment still has its packet. */
    void onText(TcpConnection connection, Segment segment, long nowNanos) {
        if (!connection.receiveTuned) {
            return;
        }
        ReceiveRound round = connection.receiveRound;
        if (round == null) {
            if (connection.receiveNext - connection.receiveInitial > startBytes / 4) {
                begin(connection, nowNanos);
            }
            return;
        }
        if (connection.timestampsOn) {
            measureByEcho(connection, round, segment, nowNanos);
        } else {
            measureByWindow(connection, round, nowNanos);
        }
        if (round.nanos > 0 && nowNanos - round.sinceNanos >= round.nanos) {
            endRound(connection, round, segment, nowNanos);
        }
    }

    private static void begin(TcpConnection connection, long nowNanos) {
        ReceiveRound round = new ReceiveRound();
        round.sinceNanos = nowNanos;
        round.sinceRead = connection.receiveQueue().readTotal();
        round.nanos = connection.rtt.smoothedNanos();
        connection.receiveRound = round;
    }

    private void endRound(TcpConnection connection, ReceiveRound round, Segment segment, long nowNanos) {
        ReceiveQueue queue = connection.receiveQueue();
        long read = queue.readTotal() - round.sinceRead;
        if (segment.poolIsBelow(TcpInput.TAKE_DIVISOR)) {
            shrink(queue, Math.min(startBytes, TcpInput.SHORT_UNREAD_MAX_BYTES)); // what is kept then, and no more
        } else if (segment.poolIsBelow(SHRINK_DIVISOR)) {
            shrink(queue, startBytes);
        } else if (queue.capacityBytes() < startBytes) {
            queue.setCapacity(startBytes);
        } else if (read > 0 && !segment.poolIsBelow(GROW_DIVISOR)) {
            boolean growing = read > round.readBefore + round.readBefore / 4;
            long wanted = (growing ? 4 : 2) * read + (long) SPARE_SEGMENTS * connection.receiveMss;
            grow(queue, Math.min(wanted, segment.poolFreeBytes() / SHARE_DIVISOR));
        }
        round.sinceNanos = nowNanos;
        round.sinceRead += read;
        round.readBefore = read;
    }

    private void grow(ReceiveQueue queue, long wantedBytes) {
        int bytes = (int) Math.min(wantedBytes, maxBytes);
        if (bytes > queue.capacityBytes()) {
            queue.setCapacity(bytes);
            counters.receiveBuffersGrown++;
        }
    }

    private void shrink(ReceiveQueue queue, int leastBytes) {
        int bytes = Math.max(leastBytes, queue.capacityBytes() / 2);
        if (bytes < queue.capacityBytes()) {
            queue.setCapacity(bytes);
            counters.receiveBuffersShrunk++;
        }
    }

    /**
     * Takes the round trip from the echo of our timestamp. Once for each timestamp and of full segments alone: others may
     * have waited for the sender's application.
     */
    private static void measureByEcho(TcpConnection connection, ReceiveRound round, Segment segment, long nowNanos) {
        TcpHeaderOptions options = segment.options;
        if (options.timestampEcho() == round.lastEcho || segment.length < connection.peerSegment) {
            return;
        }
        round.lastEcho = options.timestampEcho();
        int ticks = connection.timestampValue(nowNanos) - round.lastEcho;
        if (ticks < 0 || ticks > TICKS_MAX) {
            return;
        }
        if (round.nanos == 0) {
            round.nanos = Math.max(1L, ticks) << TICK_SHIFT;
        } else if (ticks > 1 || round.nanos > 1L << TICK_SHIFT) { // the clock's step hides what is shorter
            round.nanos += (((long) ticks << TICK_SHIFT) - round.nanos) / SMOOTHING;
        }
    }

    /** Takes as the round trip the shortest time in which a whole window arrived. */
    private static void measureByWindow(TcpConnection connection, ReceiveRound round, long nowNanos) {
        if (round.windowEnd != 0 && connection.receiveNext < round.windowEnd) {
            return;
        }
        if (round.windowEnd != 0) {
            long nanos = nowNanos - round.windowNanos;
            round.nanos = round.nanos == 0 ? nanos : Math.min(round.nanos, nanos);
        }
        round.windowNanos = nowNanos;
        round.windowEnd = connection.receiveAdvertised;
    }
}
