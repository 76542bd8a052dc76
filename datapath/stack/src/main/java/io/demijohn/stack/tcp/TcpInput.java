package io.demijohn.stack.tcp;

import io.demijohn.stack.tcp.TcpConnection.AckOwed;
import io.demijohn.stack.tcp.TcpConnection.Ownership;
import io.demijohn.stack.tcp.TcpConnection.TimerUse;
import io.demijohn.stack.wire.TcpHeader;

/**
 * SEGMENT ARRIVES of RFC 9293, 3.10.7.4, for connections in SYN-RECEIVED and all later states: its steps, in its order.
 *
 * <p>First sequence number, second RST, third security (RFC 9293 has none left), fourth SYN, fifth ACK, sixth URG, seventh
 * text, eighth FIN. Each step may end the processing. CLOSED, LISTEN and SYN-SENT are in {@link Handshake}. Owned by {@link
 * Tcp}; driver only; allocates nothing but a connection's marks at its first urgent pointer.
 */
final class TcpInput {
    /** The urgent pointer of a sender whose urgent data is further ahead than 16 bits can say. */
    private static final int URGENT_FURTHER_AHEAD = 0xffff;

    private static final long SECOND_NANOS = 1_000_000_000L;
    /** Age at which TS.Recent says nothing any more (RFC 7323, 5.5). */
    private static final long TIMESTAMP_LIFE_NANOS = 24 * 86_400 * SECOND_NANOS;
    /** Free share of the pool below which bytes out of order are not kept. */
    private static final int KEEP_DIVISOR = 4;
    /** Free share below which a connection keeps few unread bytes: whoever reads goes on, whoever does not waits. */
    static final int TAKE_DIVISOR = 8;
    /** Free share below which no bytes are kept at all: the wire must stay able to bring ACKs. */
    private static final int REFUSE_DIVISOR = 24;
    /** Unread bytes that a connection may keep while the pool is short. */
    static final int SHORT_UNREAD_MAX_BYTES = 8192;

    private final Connections connections;
    private final Transmitter transmitter;
    private final LossRecovery recovery;
    private final PathMtu pathMtu;
    private final Handshake handshake;
    private final TcpConfig config;
    private final TcpCounters counters;
    private final ReceiveTuning receiveTuning;
    private final SendTuning sendTuning;

    TcpInput(
            Connections connections,
            Transmitter transmitter,
            LossRecovery recovery,
            PathMtu pathMtu,
            Handshake handshake) {
        this.connections = connections;
        this.transmitter = transmitter;
        this.recovery = recovery;
        this.pathMtu = pathMtu;
        this.handshake = handshake;
        this.config = connections.config;
        this.counters = connections.counters;
        this.receiveTuning = new ReceiveTuning(config, counters);
        this.sendTuning = new SendTuning(config, counters);
    }

    /** Processes a segment for a connection in the table, then sends what that allows. */
    void segmentArrives(TcpConnection connection, Segment segment, long nowNanos) {
        if (connection.state == TcpState.SYN_SENT) {
            segment.sequence = Sequence.first(segment.wireSequence);
            segment.acknowledgement = Sequence.near(connection.sendUnacknowledged, segment.wireAcknowledgement);
            if (handshake.synSent(connection, segment, nowNanos)) {
                textAndFin(connection, segment, nowNanos);
            }
        } else {
            segment.sequence = Sequence.near(connection.receiveNext, segment.wireSequence);
            segment.acknowledgement = Sequence.near(connection.sendUnacknowledged, segment.wireAcknowledgement);
            if (checkTimestamp(connection, segment, nowNanos)
                    && checkSequence(connection, segment, nowNanos)
                    && checkReset(connection, segment, nowNanos)
                    && checkSyn(connection, segment, nowNanos)
                    && checkAck(connection, segment, nowNanos)) {
                textAndFin(connection, segment, nowNanos);
            }
        }
        if (connection.inTable) {
            transmitter.output(connection, nowNanos);
        }
    }

    private void textAndFin(TcpConnection connection, Segment segment, long nowNanos) {
        if (segment.has(TcpHeader.URG)) {
            checkUrgent(connection, segment);
        }
        if (processText(connection, segment, nowNanos)) {
            checkFin(connection, nowNanos);
        }
    }

    // ---- before the first: protection against wrapped sequence numbers (RFC 7323, 5.3) ---------------------------

    private boolean checkTimestamp(TcpConnection connection, Segment segment, long nowNanos) {
        if (!connection.timestampsOn || segment.has(TcpHeader.RST)) {
            return true;
        }
        if (!segment.options.timestamps()) {
            counters.dropNoTimestamp++;
            return false;
        }
        boolean older = segment.options.timestampValue() - connection.timestampRecent < 0;
        if (!older || nowNanos - connection.timestampRecentNanos > TIMESTAMP_LIFE_NANOS) {
            return true;
        }
        counters.dropOldTimestamp++;
        answerUnacceptable(connection, segment, nowNanos);
        return false;
    }

    // ---- first: check sequence number ------------------------------------------------------------------------------

    private boolean checkSequence(TcpConnection connection, Segment segment, long nowNanos) {
        long next = connection.receiveNext;
        long edge = connection.receiveAdvertised;
        if (!isAcceptable(segment, next, edge)) {
            onUnacceptable(connection, segment, nowNanos);
            return false;
        }
        if (segment.has(TcpHeader.RST)) {
            return true; // nothing to trim; the second step compares its exact number
        }
        if (connection.timestampsOn && segment.sequence <= connection.ackSent) { // RFC 7323, 4.3 (2)
            connection.timestampRecent = segment.options.timestampValue();
            connection.timestampRecentNanos = nowNanos;
        }
        if (segment.sequence < next) { // "trim off any portions that lie outside the window (including SYN and FIN)"
            if (segment.has(TcpHeader.SYN)) {
                segment.clear(TcpHeader.SYN);
                segment.sequence++;
            }
            reportDuplicate(connection, segment.sequence, Math.min(next, segment.sequence + segment.length));
            segment.trimFront((int) Math.min(next - segment.sequence, segment.length));
        }
        if (segment.sequence + segment.length > edge) {
            segment.trimTo((int) Math.max(0, edge - segment.sequence));
            connection.ackOwed = AckOwed.NOW;
        } else if (segment.has(TcpHeader.FIN) && segment.sequence + segment.length == edge) {
            segment.clear(TcpHeader.FIN);
            connection.ackOwed = AckOwed.NOW;
        }
        connection.lastReceiveNanos = nowNanos;
        return true;
    }

    /** The table of RFC 9293, 3.4; with a closed window, ACK, URG and RST of the segment at its edge still count. */
    private static boolean isAcceptable(Segment segment, long next, long edge) {
        int length = segment.sequenceLength();
        if (length == 0) {
            // Deviates: an empty segment at the right edge is taken as well. A peer that filled the window acknowledges
            // from there, and that must count while a segment before it is missing (Linux does so).
            return segment.sequence >= next && segment.sequence <= Math.max(next, edge);
        }
        if (edge <= next) {
            return segment.sequence == next;
        }
        return segment.sequence < edge && segment.sequence + length > next;
    }

    private void onUnacceptable(TcpConnection connection, Segment segment, long nowNanos) {
        counters.dropOutOfWindow++;
        if (segment.has(TcpHeader.RST)) {
            return;
        }
        boolean synAgain = connection.state == TcpState.SYN_RECEIVED
                && segment.has(TcpHeader.SYN)
                && !segment.has(TcpHeader.ACK)
                && segment.sequence == connection.receiveInitial;
        if (synAgain) {
            connection.sendNext = connection.sendInitial; // our SYN-ACK was lost: send it again at once
        } else {
            reportDuplicate(connection, segment.sequence, segment.sequence + segment.length);
            if (segment.length > 0) {
                restartQuickAcks(connection); // our acknowledgement was lost, or came too late
            }
            answerUnacceptable(connection, segment, nowNanos);
        }
    }

    /** "If an incoming segment is not acceptable, an acknowledgment should be sent in reply"; to empty ones not for ever. */
    private void answerUnacceptable(TcpConnection connection, Segment segment, long nowNanos) {
        if (segment.sequenceLength() > 0) {
            connection.ackOwed = AckOwed.NOW;
        } else {
            challenge(connection, nowNanos);
        }
    }

    /** Notes bytes that we had already for the next SACK option (RFC 2883). */
    private static void reportDuplicate(TcpConnection connection, long start, long end) {
        if (connection.sackOn && end > start && end <= connection.receiveNext) {
            connection.sackReport().duplicate(start, end);
        }
    }

    // ---- second: check the RST bit (RFC 5961, 3.2) -----------------------------------------------------------------

    private boolean checkReset(TcpConnection connection, Segment segment, long nowNanos) {
        if (!segment.has(TcpHeader.RST)) {
            return true;
        }
        if (segment.sequence != connection.receiveNext) {
            challenge(connection, nowNanos);
            return false;
        }
        counters.resetsReceived++;
        switch (connection.state) {
            case SYN_RECEIVED -> {
                if (connection.listener != null) {
                    connections.leave(connection); // back to LISTEN
                } else {
                    connections.fail(connection, TcpStatus.REFUSED);
                }
            }
            case CLOSING, LAST_ACK -> connections.leave(connection);
            default -> connections.fail(connection, TcpStatus.RESET);
        }
        return false;
    }

    // ---- fourth: check the SYN bit (RFC 5961, 4.2) -----------------------------------------------------------------

    private boolean checkSyn(TcpConnection connection, Segment segment, long nowNanos) {
        if (!segment.has(TcpHeader.SYN)) {
            return true;
        }
        if (connection.state == TcpState.SYN_RECEIVED && connection.listener != null) {
            connections.leave(connection); // back to LISTEN
        } else {
            challenge(connection, nowNanos);
        }
        return false;
    }

    // ---- fifth: check the ACK field --------------------------------------------------------------------------------

    private boolean checkAck(TcpConnection connection, Segment segment, long nowNanos) {
        if (!segment.has(TcpHeader.ACK)) {
            counters.dropNoFlag++;
            return false;
        }
        if (connection.state == TcpState.SYN_RECEIVED) {
            boolean acceptable = segment.acknowledgement > connection.sendUnacknowledged
                    && segment.acknowledgement <= connection.sendMax;
            if (!acceptable) {
                counters.dropBadAck++;
                handshake.reset(segment, nowNanos);
                return false;
            }
            if (!handshake.synAcknowledged(connection, segment, nowNanos)) {
                return false;
            }
        }
        // RFC 5961, 5.2; nobody ever acknowledged what is before our SYN
        long oldest = Math.max(connection.sendUnacknowledged - connection.sendWindowMax, connection.sendInitial);
        if (segment.acknowledgement > connection.sendMax || segment.acknowledgement < oldest) {
            counters.dropBadAck++;
            challenge(connection, nowNanos);
            return false;
        }
        connection.keepAliveProbes = 0;
        takeAck(connection, segment, nowNanos);
        return afterAck(connection, nowNanos);
    }

    private void takeAck(TcpConnection connection, Segment segment, long nowNanos) {
        long acknowledgement = segment.acknowledgement;
        int window = segment.windowField << connection.sendScale;
        boolean covers = acknowledgement > connection.sendUnacknowledged;
        boolean waits = !connection.flight.isEmpty();
        boolean reports = connection.sackOn && segment.options.sackBlocks() > 0; // a DSACK often comes last of all
        if (covers || waits || reports) {
            boolean duplicate = waits && !covers && isDuplicate(connection, segment, window);
            boolean echo = connection.ecnOn && segment.has(TcpHeader.ECE);
            recovery.onAcknowledgement(connection, segment, duplicate, echo, nowNanos);
            PathMtu.State path = connection.pathState;
            if (path != null) {
                pathMtu.onAcknowledged(connection, path, nowNanos);
            }
        }
        if (covers) {
            freeAcknowledged(connection);
        }
        if (acknowledgement >= connection.sendUnacknowledged) {
            connection.retries = connection.timerUse == TimerUse.PERSIST ? 0 : connection.retries;
            updateWindow(connection, segment, window);
        }
    }

    /** RFC 5681, 2: what counts as a duplicate acknowledgement. */
    private static boolean isDuplicate(TcpConnection connection, Segment segment, int window) {
        return segment.acknowledgement == connection.sendUnacknowledged
                && segment.sequenceLength() == 0
                && window == connection.sendWindow;
    }

    private void freeAcknowledged(TcpConnection connection) {
        SendQueue queue = connection.sendQueue();
        long position = Math.min(connection.sendUnacknowledged, connection.finSequence) - connection.sendInitial - 1;
        if (position > queue.acknowledgedTotal()) {
            boolean wasShort = queue.freeBytes() < queue.capacityBytes() / 3;
            queue.acknowledge(position);
            sendTuning.onFreed(connection);
            if (wasShort && queue.freeBytes() >= queue.capacityBytes() / 3) {
                connections.signal(connection, Ev.WRITABLE);
            }
        }
    }

    private static void updateWindow(TcpConnection connection, Segment segment, int window) {
        boolean newer = connection.windowSequence < segment.sequence
                || (connection.windowSequence == segment.sequence
                        && connection.windowAcknowledgement <= segment.acknowledgement);
        if (newer) {
            connection.sendWindow = window;
            connection.sendWindowMax = Math.max(connection.sendWindowMax, window);
            connection.windowSequence = segment.sequence;
            connection.windowAcknowledgement = segment.acknowledgement;
        }
    }

    /** Changes of state that the acknowledgement of our FIN brings. */
    private boolean afterAck(TcpConnection connection, long nowNanos) {
        if (!connection.finAcknowledged()) {
            return true;
        }
        switch (connection.state) {
            case FIN_WAIT_1 -> {
                connections.become(connection, TcpState.FIN_WAIT_2);
                connections.armIdle(connection, nowNanos);
                return true;
            }
            case CLOSING -> {
                connections.enterTimeWait(connection, Transmitter.nextWindowField(connection), nowNanos);
                return false;
            }
            case LAST_ACK -> {
                connections.leave(connection);
                return false;
            }
            default -> {
                return true;
            }
        }
    }

    // ---- sixth: check the URG bit ----------------------------------------------------------------------------------

    /**
     * Marks the byte before the urgent pointer: where the pointer leads is behind the urgent data (RFC 6093, 3.4), of which
     * applications see one byte (4). A pointer to what was received before says nothing new, and the largest one only that
     * urgent data is further ahead than a pointer can say: later segments tell where.
     */
    private static void checkUrgent(TcpConnection connection, Segment segment) {
        if (segment.urgentPointer == URGENT_FURTHER_AHEAD) {
            return;
        }
        long urgent =
                Sequence.near(connection.receiveNext, segment.wireSequence) + Math.max(0, segment.urgentPointer - 1);
        if (connection.state.receivesData() && urgent >= connection.receiveNext && urgent < connection.peerFin) {
            connection.receiveQueue().markUrgent(urgent - connection.receiveInitial - 1);
        }
    }

    // ---- seventh: process the segment text -------------------------------------------------------------------------

    private boolean processText(TcpConnection connection, Segment segment, long nowNanos) {
        if (!connection.state.receivesData()) {
            return !connection.state.hasPeerFin(); // "this should not occur": after the peer's FIN text is ignored
        }
        if (connection.ownership == Ownership.ORPHAN && segment.length > 0) {
            handshake.reset(segment, nowNanos); // RFC 9293, 3.6.1: nobody is left to read it
            connections.fail(connection, TcpStatus.RESET);
            return false;
        }
        if (segment.has(TcpHeader.FIN) && connection.peerFin == Sequence.NEVER) {
            connection.peerFin = segment.sequence + segment.length;
            connection.ackOwed = AckOwed.NOW;
        }
        if (segment.length > 0 && segment.sequence + segment.length > connection.peerFin) {
            segment.trimTo((int) Math.max(0, connection.peerFin - segment.sequence));
            connection.ackOwed = AckOwed.NOW;
        }
        if (segment.length == 0) {
            reportFin(connection, segment);
            return true;
        }
        if (connection.quickAcks == 0 && nowNanos - connection.lastDataNanos > connection.rtt.rtoNanos()) {
            restartQuickAcks(connection); // the sender begins again after a timeout, or after a pause
        }
        connection.lastDataNanos = nowNanos;
        if (Ecn.changesEcho(connection, segment)) {
            transmitter.sendAck(connection, nowNanos);
        }
        Ecn.takeMark(connection, segment);
        if (segment.sequence > connection.receiveNext) {
            keepForLater(connection, segment);
        } else {
            takeText(connection, segment, nowNanos);
        }
        return true;
    }

    /** A FIN behind a hole counts as a byte that was received, so that the peer need not send its segment again. */
    private static void reportFin(TcpConnection connection, Segment segment) {
        long fin = connection.peerFin;
        boolean ahead = segment.has(TcpHeader.FIN) && segment.sequence + segment.length == fin;
        if (ahead && connection.sackOn && fin > connection.receiveNext) {
            connection.sackReport().add(fin, fin + 1);
        }
    }

    private void keepForLater(TcpConnection connection, Segment segment) {
        counters.segmentsOutOfOrder++;
        connection.ackOwed = AckOwed.NOW; // RFC 5681, 4.2: a duplicate acknowledgement at once
        long start = segment.sequence;
        long end = start + segment.length;
        boolean known = Reassembly.holds(connection, start, end);
        if (segment.poolIsBelow(KEEP_DIVISOR)
                || !Reassembly.insert(connection, segment, config.count(TcpTunable.REASSEMBLY_SEGMENTS))) {
            counters.dropReassemblyFull++;
        } else if (connection.sackOn) {
            SackReport report = connection.sackReport();
            report.add(start, end);
            reportFin(connection, segment);
            if (known) {
                report.duplicate(start, end);
            }
        }
    }

    private void takeText(TcpConnection connection, Segment segment, long nowNanos) {
        boolean unread = connection.receiveQueue().availableBytes() > SHORT_UNREAD_MAX_BYTES;
        if (segment.poolIsBelow(REFUSE_DIVISOR) || (unread && segment.poolIsBelow(TAKE_DIVISOR))) {
            counters.dropNoMemory++;
            connection.ackOwed = AckOwed.NOW;
            return;
        }
        boolean fillsHole = connection.outOfOrder != null;
        int bytes = segment.length;
        int segments = segment.count();
        connection.peerSegment = Math.max(connection.peerSegment, segment.fullBytes());
        connection.receiveNext += bytes;
        receiveTuning.onText(connection, segment, nowNanos);
        connection.receiveQueue().offer(segment.take(), segment.offset, bytes);
        if (fillsHole) {
            bytes += Reassembly.deliver(connection);
        }
        SackReport report = connection.sackReport;
        if (report != null) {
            report.advanceTo(connection.receiveNext);
        }
        counters.bytesReceived += bytes;
        connections.signal(connection, Ev.READABLE);
        oweAck(connection, segments, fillsHole, nowNanos);
    }

    /**
     * RFC 9293, 3.8.6.3, RFC 5681, 4.2: when to acknowledge what was taken. Several segments that came as one, at one moment,
     * get one acknowledgement.
     */
    private void oweAck(TcpConnection connection, int segments, boolean fillsHole, long nowNanos) {
        boolean secondFull = connection.receiveNext - connection.ackSent >= 2L * connection.peerSegment;
        if (fillsHole || secondFull || connection.quickAcks > 0) {
            connection.quickAcks -= Math.max(0, Math.min(connection.quickAcks, segments));
            connection.ackOwed = AckOwed.NOW;
        } else if (connection.ackOwed == AckOwed.NONE) {
            connection.ackOwed = AckOwed.DELAYED;
            connection.ackNanos = nowNanos + config.nanos(TcpTunable.DELAYED_ACK);
        }
    }

    /**
     * Acknowledges the next segments at once: a sender whose window was just cut to a segment or two would wait for each
     * delayed acknowledgement (RFC 5681, 4.2 allows it).
     */
    private void restartQuickAcks(TcpConnection connection) {
        connection.quickAcks = config.count(TcpTunable.QUICK_ACKS);
    }

    // ---- eighth: check the FIN bit ---------------------------------------------------------------------------------

    private void checkFin(TcpConnection connection, long nowNanos) {
        if (connection.receiveNext != connection.peerFin || connection.state.hasPeerFin()) {
            return;
        }
        connection.receiveNext++;
        SackReport report = connection.sackReport;
        if (report != null) {
            report.advanceTo(connection.receiveNext);
        }
        connection.ackOwed = AckOwed.NOW;
        connections.signal(connection, Ev.PEER_FIN);
        switch (connection.state) {
            case ESTABLISHED -> connections.become(connection, TcpState.CLOSE_WAIT);
            case FIN_WAIT_1 -> connections.become(connection, TcpState.CLOSING);
            case FIN_WAIT_2 -> {
                transmitter.sendAck(connection, nowNanos);
                connections.enterTimeWait(connection, Transmitter.nextWindowField(connection), nowNanos);
            }
            default -> throw new IllegalStateException("bug: FIN taken in " + connection.state);
        }
    }

    // ---- challenge acknowledgements --------------------------------------------------------------------------------

    /** Answers a suspicious segment with what we expect, so many times a second (RFC 5961, 7). */
    private void challenge(TcpConnection connection, long nowNanos) {
        if (connection.challengeAcks == 0 || nowNanos - connection.challengeSinceNanos >= SECOND_NANOS) {
            connection.challengeSinceNanos = nowNanos;
            connection.challengeAcks = 0;
        }
        if (connection.challengeAcks >= config.count(TcpTunable.CHALLENGE_ACKS)) {
            counters.challengeAcksLimited++;
            return;
        }
        connection.challengeAcks++;
        counters.challengeAcks++;
        connection.ackOwed = AckOwed.NOW;
    }
}
