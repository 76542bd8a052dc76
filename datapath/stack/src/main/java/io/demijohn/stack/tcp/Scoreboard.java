package io.demijohn.stack.tcp;

import io.demijohn.stack.wire.TcpHeaderOptions;

/**
 * Applies the SACK blocks of an acknowledgement to the records of what was sent (RFC 2018, 5.1; RFC 6675, 3; RFC 2883, 5).
 *
 * <p>Owned by {@link LossRecovery}; driver only. Blocks come from strangers: each is checked against what was sent. A record
 * counts only if a block holds all of it.
 */
final class Scoreboard {
    private final SentSegments segments;
    private final Rack rack;
    private final TcpCounters counters;

    Scoreboard(SentSegments segments, Rack rack, TcpCounters counters) {
        this.segments = segments;
        this.rack = rack;
        this.counters = counters;
    }

    /** Marks what arrived, once SND.UNA is where the acknowledgement says. */
    void apply(TcpConnection connection, TcpHeaderOptions options, long acknowledgement, Delivery delivery) {
        int blocks = options.sackBlocks();
        for (int block = 0; block < blocks; block++) {
            long start = Sequence.near(acknowledgement, options.sackStart(block));
            long end = Sequence.near(acknowledgement, options.sackEnd(block));
            if (start >= end || end > connection.sendMax) {
                counters.sackInvalid++;
            } else if (block == 0 && isDuplicate(options, acknowledgement, start, end)) {
                reported(connection, start, end, delivery);
            } else if (start >= connection.sendUnacknowledged) {
                mark(connection.flight, start, end, delivery);
            }
        }
    }

    /** RFC 2883, 4: the first block reports a duplicate if it is acknowledged already or lies within the second. */
    private static boolean isDuplicate(TcpHeaderOptions options, long acknowledgement, long start, long end) {
        if (end <= acknowledgement) {
            return true;
        }
        return options.sackBlocks() > 1
                && start >= Sequence.near(acknowledgement, options.sackStart(1))
                && end <= Sequence.near(acknowledgement, options.sackEnd(1));
    }

    private void reported(TcpConnection connection, long start, long end, Delivery delivery) {
        Flight flight = connection.flight;
        counters.duplicatesReported++;
        delivery.duplicateReported = true;
        rack.onDuplicate(connection);
        boolean ours = flight.undoFrom != Sequence.NEVER && start >= flight.undoFrom && end <= connection.sendMax;
        if (ours && flight.undoRepeats > 0) {
            flight.undoRepeats--;
        }
    }

    private void mark(Flight flight, long start, long end, Delivery delivery) {
        int record = seek(flight, start);
        while (record != SentSegments.NONE && segments.end(record) <= end) {
            if (!segments.has(record, SentSegments.SACKED)) {
                boolean original = !segments.has(record, SentSegments.REPEATED);
                delivery.originalArrived |= original && segments.end(record) <= flight.recover;
                delivery.deliveredBytes += segments.bytes(record);
                rack.onDelivered(flight, record, delivery);
                segments.markSacked(flight, record);
            }
            flight.sackHint = record;
            record = segments.next(record);
        }
    }

    /** Returns the first record that does not begin before {@code start}. */
    private int seek(Flight flight, long start) {
        int record = flight.sackHint == SentSegments.NONE ? flight.first : flight.sackHint;
        if (record == SentSegments.NONE) {
            return record;
        }
        if (segments.start(record) < start) {
            while (record != SentSegments.NONE && segments.start(record) < start) {
                record = segments.next(record);
            }
            return record;
        }
        int before = segments.previous(record);
        while (before != SentSegments.NONE && segments.start(before) >= start) {
            record = before;
            before = segments.previous(record);
        }
        return record;
    }
}
