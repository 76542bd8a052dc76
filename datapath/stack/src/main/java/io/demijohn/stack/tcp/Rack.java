package io.demijohn.stack.tcp;

import io.demijohn.stack.timer.TimerWheel;

/**
 * Time-based loss detection (RFC 8985, 6): a segment is lost if another one that was sent sufficiently later has arrived.
 *
 * <p>Owned by {@link LossRecovery}; driver only. Marks segments, sends nothing. Works on connections with SACK alone.
 */
final class Rack {
    private static final int DUPLICATES_MIN = 3;
    private static final int REORDER_DIVISOR = 4;
    private static final int REORDER_PERSIST = 16;
    private static final int REORDER_MULTIPLIER_MAX = 64;

    private final SentSegments segments;
    private final TcpCounters counters;

    Rack(SentSegments segments, TcpCounters counters) {
        this.segments = segments;
        this.counters = counters;
    }

    /** Notes that a segment arrived, before its record goes or is marked (steps 1 to 3). */
    void onDelivered(Flight flight, int record, Delivery delivery) {
        long sentNanos = segments.sentNanos(record);
        long end = segments.end(record);
        long rttNanos = delivery.nowNanos - sentNanos;
        boolean repeated = segments.has(record, SentSegments.REPEATED);
        if (end > flight.deliveredEnd) {
            flight.deliveredEnd = end;
        } else if (!repeated && end < delivery.deliveredEndBefore) {
            flight.reorderingSeen = true;
        }
        if (repeated && rttNanos < flight.rttMinNanos) {
            return; // the acknowledgement is for an earlier transmission
        }
        if (!repeated) {
            flight.rttMinNanos = Math.min(flight.rttMinNanos, rttNanos);
        }
        if (isSentAfter(sentNanos, end, flight.rackSentNanos, flight.rackEnd)) {
            flight.rackSentNanos = sentNanos;
            flight.rackEnd = end;
            flight.rackRttNanos = rttNanos;
            delivery.rttNanos = repeated ? delivery.rttNanos : rttNanos;
        }
    }

    /** A DSACK says that something was sent again in vain: wait longer from now on (step 4). */
    void onDuplicate(TcpConnection connection) {
        Flight flight = connection.flight;
        if (connection.sendUnacknowledged < flight.reorderRoundEnd) {
            return; // once a round trip
        }
        flight.reorderRoundEnd = connection.sendMax;
        flight.reorderMultiplier = Math.min(REORDER_MULTIPLIER_MAX, flight.reorderMultiplier + 1);
        flight.reorderPersist = REORDER_PERSIST;
    }

    /** A recovery is over: the wider window is given up after so many of them. */
    static void onRecovered(Flight flight) {
        if (flight.reorderPersist > 0 && --flight.reorderPersist == 0) {
            flight.reorderMultiplier = 1;
        }
    }

    /** Marks what is lost by now and notes when to look again (step 5); returns whether anything was marked. */
    boolean detect(TcpConnection connection, long nowNanos) {
        Flight flight = connection.flight;
        long waitNanos = flight.rackRttNanos + reorderWindowNanos(connection);
        boolean any = false;
        flight.reorderNanos = TimerWheel.NEVER;
        int record = flight.oldest;
        while (record != SentSegments.NONE
                && isSentAfter(
                        flight.rackSentNanos, flight.rackEnd, segments.sentNanos(record), segments.end(record))) {
            int later = segments.later(record);
            long dueNanos = segments.sentNanos(record) + waitNanos;
            if (dueNanos - nowNanos <= 0) {
                segments.markLost(flight, record);
                counters.segmentsLost++;
                any = true;
            } else {
                flight.reorderNanos = dueNanos; // in order of sending: the last one is the latest
            }
            record = later;
        }
        return any;
    }

    private static long reorderWindowNanos(TcpConnection connection) {
        Flight flight = connection.flight;
        boolean recovering = flight.phase != Flight.Phase.OPEN;
        if (!flight.reorderingSeen && (recovering || flight.sackedCount >= DUPLICATES_MIN)) {
            return 0;
        }
        long quarterNanos = flight.rttMinNanos == Long.MAX_VALUE ? 0 : flight.rttMinNanos / REORDER_DIVISOR;
        return Math.min(flight.reorderMultiplier * quarterNanos, connection.rtt.smoothedNanos());
    }

    private static boolean isSentAfter(long sentNanos, long end, long otherSentNanos, long otherEnd) {
        return sentNanos > otherSentNanos || (sentNanos == otherSentNanos && end > otherEnd);
    }
}
