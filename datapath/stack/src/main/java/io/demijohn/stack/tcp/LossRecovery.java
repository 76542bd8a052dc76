package io.demijohn.stack.tcp;

import io.demijohn.stack.tcp.Flight.Phase;
import io.demijohn.stack.timer.TimerWheel;

/**
 * What acknowledgements and timeouts mean for what was sent.
 *
 * <pre>
 *            a segment is lost                    SND.UNA reaches recover
 *   OPEN ------------------------&gt; RECOVERY ------------------------&gt; OPEN
 *     |  RACK, or without SACK          |
 *     |  three duplicates               | timeout
 *     +---------- timeout ----------&gt; LOSS --- SND.UNA reaches recover, or the timeout was spurious ---&gt; OPEN
 * </pre>
 *
 * <p>Losses are found by {@link Rack} (RFC 8985), on connections without SACK by duplicate acknowledgements (RFC 5681, 6582).
 * Fast recovery sends by proportional rate reduction (RFC 6937). What turns out to have been unnecessary is undone: by DSACK
 * (RFC 2883), timestamps (RFC 4015) or F-RTO with SACK (RFC 5682, 3). Marks records and sets windows; {@link
 * Transmitter#output} then sends. Owned by {@link Tcp}; driver only; never allocates.
 */
final class LossRecovery {
    private static final int DUPLICATES_MIN = 3;

    private final TcpCounters counters;
    private final SentSegments segments;
    private final RetransmissionTimer timer;
    private final Rack rack;
    private final Scoreboard scoreboard;
    private final Delivery delivery = new Delivery();

    LossRecovery(TcpCounters counters, SentSegments segments, RetransmissionTimer timer) {
        this.counters = counters;
        this.segments = segments;
        this.timer = timer;
        this.rack = new Rack(segments, counters);
        this.scoreboard = new Scoreboard(segments, rack, counters);
    }

    // ---- acknowledgements ------------------------------------------------------------------------------------------

    /**
     * Takes an acceptable acknowledgement number and the SACK blocks beside it.
     *
     * @param duplicate whether it is a duplicate as RFC 5681, 2 defines it
     * @param echo whether it echoes a congestion mark
     */
    void onAcknowledgement(TcpConnection connection, Segment segment, boolean duplicate, boolean echo, long nowNanos) {
        Flight flight = connection.flight;
        long acknowledgement = segment.acknowledgement;
        boolean advances = acknowledgement > connection.sendUnacknowledged;
        counters.duplicateAcks += duplicate ? 1 : 0;
        delivery.start(flight, connection.congestion, echo, nowNanos);
        if (advances) {
            advance(connection, segment);
        }
        if (connection.sackOn && segment.options.sackBlocks() > 0) {
            scoreboard.apply(connection, segment.options, acknowledgement, delivery);
        } else if (duplicate && !connection.sackOn) {
            countDuplicate(connection);
        }
        if (!undone(connection, segment, advances)) {
            switch (flight.phase) {
                case OPEN -> inOpen(connection);
                case RECOVERY -> inRecovery(connection, advances);
                case LOSS -> inLoss(connection, advances);
            }
        }
        if (flight.probeEnd != Sequence.NEVER) {
            checkProbe(connection, acknowledgement, advances);
        }
        if (advances) {
            timer.restart(connection, nowNanos);
        } else if (delivery.deliveredBytes > 0) {
            timer.choose(connection, nowNanos);
        }
    }

    /** Moves SND.UNA on and forgets what is acknowledged. */
    private void advance(TcpConnection connection, Segment segment) {
        Flight flight = connection.flight;
        long acknowledgement = segment.acknowledgement;
        delivery.ackedBytes = (int) (acknowledgement - connection.sendUnacknowledged);
        delivery.roundStarted = acknowledgement >= flight.roundEnd;
        while (!flight.isEmpty() && segments.end(flight.first) <= acknowledgement) {
            deliverFirst(flight);
        }
        if (!flight.isEmpty() && segments.start(flight.first) < acknowledgement) {
            delivery.deliveredBytes += segments.has(flight.first, SentSegments.SACKED)
                    ? 0
                    : (int) (acknowledgement - segments.start(flight.first));
            segments.trimFirst(flight, acknowledgement);
        }
        if (flight.duplicateBytes > 0) { // without SACK: bytes that duplicates stood for are delivered already
            int known = Math.min(flight.duplicateBytes, Math.max(0, delivery.deliveredBytes - connection.sendMss));
            delivery.deliveredBytes -= known;
            flight.duplicateBytes -= known;
        }
        connection.sendUnacknowledged = acknowledgement;
        connection.sendNext = Math.max(connection.sendNext, acknowledgement);
        if (delivery.roundStarted) {
            flight.roundEnd = connection.sendMax;
        }
        connection.retries = 0;
        connection.probes = 0;
        boolean ambiguous = delivery.timeoutRttNanos < 0 && connection.timestampsOn;
        long sampleNanos = ambiguous ? echoedRttNanos(connection, segment) : delivery.timeoutRttNanos;
        connection.rtt.onAcknowledged(acknowledgement, connection.sendMax, sampleNanos);
        if (flight.isEmpty()) {
            flight.reorderNanos = TimerWheel.NEVER;
            flight.duplicateBytes = 0;
        }
    }

    /** The echo tells which of several sendings an acknowledgement answers (RFC 7323, 4.1); -1 if it is none of ours. */
    private long echoedRttNanos(TcpConnection connection, Segment segment) {
        int ticks = connection.timestampValue(delivery.nowNanos) - segment.options.timestampEcho();
        long nanos = TcpConnection.timestampNanos(ticks);
        return ticks >= 0 && nanos <= connection.rtt.maxNanos() ? nanos : -1;
    }

    private void deliverFirst(Flight flight) {
        int record = flight.first;
        if (!segments.has(record, SentSegments.SACKED)) {
            delivery.deliveredBytes += segments.bytes(record);
            if (!segments.has(record, SentSegments.REPEATED)) {
                delivery.originalArrived |= segments.end(record) <= flight.recover;
                if (delivery.timeoutRttNanos < 0) {
                    delivery.timeoutRttNanos = delivery.nowNanos - segments.sentNanos(record);
                }
            }
            rack.onDelivered(flight, record, delivery);
        }
        segments.removeFirst(flight);
    }

    /** Without SACK: one more segment has left the network, nobody knows which (RFC 5681, 3.2). */
    private void countDuplicate(TcpConnection connection) {
        Flight flight = connection.flight;
        flight.duplicateAcks++;
        int most = Math.max(0, flight.outstandingBytes - flight.lostBytes - connection.sendMss);
        int bytes = Math.min(connection.sendMss, most - Math.min(most, flight.duplicateBytes));
        flight.duplicateBytes += bytes;
        delivery.deliveredBytes += bytes;
    }

    // ---- phases ----------------------------------------------------------------------------------------------------

    private void inOpen(TcpConnection connection) {
        Flight flight = connection.flight;
        if (connection.sackOn) {
            rack.detect(connection, delivery.nowNanos);
        } else if (delivery.ackedBytes > 0) {
            flight.duplicateAcks = 0;
            flight.duplicateBytes = 0;
        } else if (flight.duplicateAcks == DUPLICATES_MIN && connection.sendUnacknowledged > flight.recover) {
            // RFC 6582, 3.2 (1): "covers more than recover", so that repeats of what a timeout sent again start no
            // second recovery
            segments.markLost(flight, flight.first);
        }
        if (flight.lostBytes > 0) {
            enterRecovery(connection);
            return;
        }
        if (delivery.echo && connection.sendUnacknowledged > flight.echoEnd) {
            counters.echoReductions++;
            connection.congestion.onEcho(flightBytes(flight));
            flight.echoEnd = connection.sendMax;
            connection.reductionOwed = true;
        }
        if (!delivery.echo || connection.exactEcho) { // RFC 3168, 6.1.2: an echo lets the window not grow
            connection.congestion.onAcknowledged(delivery);
        }
    }

    private void enterRecovery(TcpConnection connection) {
        Flight flight = connection.flight;
        counters.fastRetransmits++;
        flight.phase = Phase.RECOVERY;
        flight.recover = connection.sendMax;
        flight.probeEnd = Sequence.NEVER;
        beginUndo(connection);
        connection.congestion.onLoss(flightBytes(flight));
        connection.reductionOwed = connection.ecnOn; // RFC 3168, 6.1.2: whatever the reason
        flight.reductionFlightBytes = Math.max(1, flightBytes(flight));
        flight.reductionDelivered = 0;
        flight.reductionOut = 0;
        reduce(connection, connection.sendMss);
    }

    /** Returns RFC 5681's FlightSize before this acknowledgement: what it covers was in flight, too. */
    private int flightBytes(Flight flight) {
        return flight.outstandingBytes + delivery.ackedBytes;
    }

    private void inRecovery(TcpConnection connection, boolean advances) {
        Flight flight = connection.flight;
        if (advances && connection.sendUnacknowledged >= flight.recover) {
            leaveRecovery(connection);
            return;
        }
        if (connection.sackOn) {
            rack.detect(connection, delivery.nowNanos);
        } else if (advances && !flight.isEmpty() && !segments.has(flight.first, SentSegments.LOST)) {
            segments.markLost(flight, flight.first); // a partial acknowledgement: the next hole (RFC 6582, 3.2 (3))
        }
        reduce(connection, 0);
    }

    private void leaveRecovery(TcpConnection connection) {
        Flight flight = connection.flight;
        flight.phase = Phase.OPEN;
        flight.duplicateAcks = 0;
        flight.duplicateBytes = 0;
        flight.echoEnd = connection.sendMax;
        Rack.onRecovered(flight);
        connection.congestion.onRecovered();
    }

    /** Proportional rate reduction with its slow-start bound (RFC 6937, 3.1); {@code leastBytes} may go out in any case. */
    private void reduce(TcpConnection connection, int leastBytes) {
        Flight flight = connection.flight;
        flight.reductionDelivered += delivery.deliveredBytes;
        int pipe = flight.pipeBytes();
        int threshold = connection.congestion.thresholdBytes();
        long bytes;
        if (pipe > threshold) {
            long share = ((long) flight.reductionDelivered * threshold + flight.reductionFlightBytes - 1)
                    / flight.reductionFlightBytes;
            bytes = share - flight.reductionOut;
        } else {
            int owed = Math.max(flight.reductionDelivered - flight.reductionOut, delivery.deliveredBytes);
            bytes = Math.min(threshold - pipe, owed + connection.sendMss);
        }
        flight.recoveryWindow = (int) Math.min(pipe + Math.max(leastBytes, bytes), CongestionControl.WINDOW_MAX_BYTES);
    }

    /** After a timeout: lost segments go out again as slow start allows. */
    private void inLoss(TcpConnection connection, boolean advances) {
        Flight flight = connection.flight;
        if (connection.sackOn) {
            rack.detect(connection, delivery.nowNanos);
        }
        if (advances) {
            if (connection.sendUnacknowledged >= flight.recover) {
                flight.phase = Phase.OPEN;
                flight.suspicious = false;
                flight.holdRepeats = false;
                flight.duplicateAcks = 0;
                flight.duplicateBytes = 0;
                Rack.onRecovered(flight);
            }
            // F-RTO, step 2b: one advance says little; new data instead of repeats makes the next one tell
            flight.holdRepeats = flight.suspicious
                    && connection.sendNext < connection.dataEnd()
                    && connection.sendNext - connection.sendUnacknowledged < connection.sendWindow;
            flight.suspicious = flight.holdRepeats;
            connection.congestion.onAcknowledged(delivery);
        } else {
            flight.suspicious = false; // step 3a: nothing moved on, the loss is real
            flight.holdRepeats = false;
        }
    }

    // ---- timeouts and probes ---------------------------------------------------------------------------------------

    /** The retransmission timer ran out (RFC 6298, 5.4 to 5.6). */
    void onTimeout(TcpConnection connection, long nowNanos) {
        counters.retransmitTimeouts++;
        Flight flight = connection.flight;
        if (flight.isEmpty()) {
            connection.handshakeRetransmitted = true;
            connection.sendNext = connection.sendInitial;
        } else {
            loseAll(connection);
        }
        boolean closedWindow = connection.sendWindow == 0 && connection.state.isSynchronized();
        boolean heard = nowNanos - connection.lastReceiveNanos < connection.rtt.maxNanos();
        if (!closedWindow || !heard) { // RFC 9293, 3.8.6.1: a peer that answers with a closed window lives
            connection.retries++;
        }
        connection.rtt.backOff();
        connection.timeoutFromNanos = nowNanos;
        if (flight.isEmpty()) {
            connection.timerNanos = nowNanos + connection.rtt.rtoNanos();
        } else {
            timer.choose(connection, nowNanos);
        }
    }

    private void loseAll(TcpConnection connection) {
        Flight flight = connection.flight;
        boolean repeated = flight.phase == Phase.LOSS && connection.retries > 0;
        if (segments.has(flight.first, SentSegments.SACKED)) {
            segments.unmarkSacked(flight); // the peer would have acknowledged it: it reneged (RFC 2018, 8)
        }
        if (!repeated) {
            beginUndo(connection);
        }
        connection.congestion.onTimeout(flight.outstandingBytes, repeated);
        connection.reductionOwed = connection.ecnOn;
        segments.markAllLost(flight);
        flight.suspicious = connection.sackOn && !repeated && flight.phase == Phase.OPEN;
        flight.holdRepeats = false;
        flight.phase = Phase.LOSS;
        flight.recover = connection.sendMax; // RFC 6582, 4
        flight.duplicateAcks = 0;
        flight.duplicateBytes = 0;
        flight.probeEnd = Sequence.NEVER;
        flight.reorderNanos = TimerWheel.NEVER;
    }

    /** RACK's reordering timer ran out: what was overtaken is lost (RFC 8985, 6.3). */
    void onReorderTimeout(TcpConnection connection, long nowNanos) {
        Flight flight = connection.flight;
        delivery.start(flight, connection.congestion, false, nowNanos);
        rack.detect(connection, nowNanos);
        if (flight.phase == Phase.OPEN && flight.lostBytes > 0) {
            enterRecovery(connection);
        } else if (flight.phase == Phase.RECOVERY) {
            reduce(connection, 0);
        }
        timer.choose(connection, nowNanos);
    }

    /** A probe was sent: the next timeout is the timer's (RFC 8985, 7.3). */
    void onProbeSent(TcpConnection connection, boolean repeated, long nowNanos) {
        counters.lossProbes++;
        connection.flight.probeEnd = connection.sendMax;
        connection.flight.probeRepeated = repeated;
        timer.restart(connection, nowNanos);
    }

    /** Finds out whether a probe repaired a loss of which nothing else tells (RFC 8985, 7.4). */
    private void checkProbe(TcpConnection connection, long acknowledgement, boolean advances) {
        Flight flight = connection.flight;
        if (acknowledgement < flight.probeEnd) {
            return;
        }
        boolean repaired = flight.probeRepeated && !delivery.duplicateReported && acknowledgement > flight.probeEnd;
        boolean bothArrived = !advances && delivery.deliveredBytes == 0;
        if (repaired && flight.phase == Phase.OPEN) {
            connection.congestion.onLoss(flightBytes(flight));
            connection.reductionOwed = connection.ecnOn;
        }
        if (!flight.probeRepeated || repaired || delivery.duplicateReported || bothArrived) {
            flight.probeEnd = Sequence.NEVER;
        }
    }

    // ---- undoing ---------------------------------------------------------------------------------------------------

    private static void beginUndo(TcpConnection connection) {
        Flight flight = connection.flight;
        flight.undoFrom = connection.sendUnacknowledged;
        flight.undoRepeats = 0;
        flight.repeatStamped = false;
    }

    /** Takes back the last reduction if it was for nothing; returns whether it did. */
    private boolean undone(TcpConnection connection, Segment segment, boolean advances) {
        Flight flight = connection.flight;
        if (flight.undoFrom == Sequence.NEVER) {
            return false;
        }
        boolean recovering = flight.phase != Phase.OPEN;
        // RFC 4015: the acknowledgement was for what was sent first, for it echoes a time before the repeat
        boolean echoed = recovering
                && advances
                && connection.timestampsOn
                && flight.repeatStamped
                && segment.options.timestampEcho() - flight.repeatStamp < 0;
        // RFC 5682, 3: never sent again, yet it arrived after the timeout
        boolean arrived = flight.phase == Phase.LOSS && flight.suspicious && delivery.originalArrived;
        // RFC 2883: every repeat was reported as a duplicate
        boolean allDuplicates = delivery.duplicateReported && flight.repeatStamped && flight.undoRepeats == 0;
        if (!echoed && !arrived && !allDuplicates) {
            return false;
        }
        counters.spuriousRecoveries++;
        segments.unmarkLost(flight);
        flight.phase = Phase.OPEN;
        flight.undoFrom = Sequence.NEVER;
        flight.suspicious = false;
        flight.holdRepeats = false;
        flight.duplicateAcks = 0;
        flight.duplicateBytes = 0;
        connection.congestion.undo();
        return true;
    }
}
