package io.demijohn.stack.tcp;

import io.demijohn.stack.tcp.TcpConnection.AckOwed;
import io.demijohn.stack.tcp.TcpConnection.TimerUse;
import io.demijohn.stack.timer.TimerWheel;
import io.demijohn.stack.wire.TcpHeader;

/**
 * Decides what a connection sends: new data, data again, FIN, SYN, acknowledgements (RFC 9293, 3.8).
 *
 * <p>{@link #output} is called after everything that may allow sending; it sends what windows and Nagle's algorithm allow,
 * then the acknowledgement if one is owed and no data carried it, and arms the timers. Without a packet buffer it changes
 * nothing and tries again by timer. Owned by {@link Tcp}; driver only; never allocates.
 */
final class Transmitter {
    /** Wait before another attempt to get a packet buffer. */
    static final long RETRY_NANOS = 1_000_000L;
    /** Most segments of one call; acknowledgements of these bring the rest. */
    private static final int BURST_SEGMENTS_MAX = 4096;
    /** Most unacknowledged segments of one connection. */
    private static final int FLIGHT_SEGMENTS_MAX = 1 << 14;

    /** Most segments of one packet that the device cuts. */
    private static final int TOGETHER_MAX = 128;
    /** Such a packet takes at most this share of the window: acknowledgements still pace the sender, one loss is not all. */
    private static final int TOGETHER_DIVISOR = 4;

    private static final int WINDOW_FIELD_MAX = 0xffff;
    private static final int URGENT_POINTER_MAX = 0xffff;

    private final Connections connections;
    private final SegmentWriter writer;
    private final SentSegments segments;
    private final RetransmissionTimer timer;
    private final TcpCounters counters;
    private final long delayedAckNanos;
    private final int segmentedMaxBytes;

    /** Makes it for a device that cuts IP packets of up to {@code segmentedMaxBytes}, 0 if none. */
    Transmitter(Connections connections, SegmentWriter writer, RetransmissionTimer timer, int segmentedMaxBytes) {
        this.connections = connections;
        this.writer = writer;
        this.segments = connections.segments;
        this.timer = timer;
        this.counters = connections.counters;
        this.segmentedMaxBytes = segmentedMaxBytes;
        this.delayedAckNanos = connections.config.nanos(TcpTunable.DELAYED_ACK);
    }

    /** Sends what may be sent now and arms the timers; the connection must be in the table. */
    void output(TcpConnection connection, long nowNanos) {
        if (connection.state.sendsData()) {
            Flight flight = connection.flight;
            boolean repeats = flight.lostBytes > 0 && !flight.holdRepeats;
            boolean sent = repeats && repeatLost(connection, nowNanos);
            if (!repeats || flight.lostBytes == 0) { // what is lost goes first: RFC 6675, 4
                sent |= sendData(connection, nowNanos);
            }
            if (sent) {
                timer.choose(connection, nowNanos);
            }
        } else if (connection.state == TcpState.SYN_SENT || connection.state == TcpState.SYN_RECEIVED) {
            sendSyn(connection, nowNanos);
        }
        if (connection.ackOwed == AckOwed.NOW) {
            sendAck(connection, nowNanos);
        }
        connections.arm(connection);
    }

    /** Sends an acknowledgement without data at once. */
    void sendAck(TcpConnection connection, long nowNanos) {
        long sequence = bareSequence(connection);
        int windowField = nextWindowField(connection);
        int flags = TcpHeader.ACK | Ecn.flags(connection, false);
        if (writer.segment(connection, sequence, 0, flags, windowField, connection.trafficClass, nowNanos)) {
            acknowledged(connection, windowField);
            connection.lastSendNanos = nowNanos;
        } else {
            connection.ackOwed = AckOwed.NOW;
            retryLater(connection, nowNanos);
        }
    }

    /**
     * Returns the sequence number of a segment without data. After a timeout SND.NXT is behind and the peer would take
     * nothing from there (RFC 9293, 3.10.7.4); a probe's byte counts as never sent, for the peer may not have taken it.
     */
    private static long bareSequence(TcpConnection connection) {
        return connection.timerUse == TimerUse.PERSIST ? connection.sendNext : connection.sendMax;
    }

    /** Sends an RST that the peer takes as ours: {@code SEQ = SND.NXT}. */
    void sendReset(TcpConnection connection, long nowNanos) {
        if (writer.reset(connection, (int) bareSequence(connection), nowNanos)) {
            counters.resetsSent++;
        } else {
            counters.dropNoBuffer++;
        }
    }

    /** Sends what asks a silent peer for a sign of life: a byte that it has already (RFC 9293, 3.8.4). */
    void sendKeepAliveProbe(TcpConnection connection, long nowNanos) {
        counters.keepAliveProbes++;
        int windowField = nextWindowField(connection);
        if (writer.segment(
                connection, connection.sendMax - 1, 0, TcpHeader.ACK, windowField, connection.trafficClass, nowNanos)) {
            acknowledged(connection, windowField);
        }
    }

    /** Sends one byte, or the FIN, beyond the closed window (RFC 9293, 3.8.6.1); the persist timer goes on. */
    void sendWindowProbe(TcpConnection connection, long nowNanos) {
        counters.windowProbes++;
        long first = connection.sendUnacknowledged;
        int length = first < connection.dataEnd() ? 1 : 0;
        int flags = TcpHeader.ACK
                | (first == connection.finSequence ? TcpHeader.FIN : 0)
                | urgentFlag(connection, first); // a peer that takes nothing may still hear of it: RFC 9293, 3.10.7.4
        int windowField = nextWindowField(connection);
        if (writer.segment(connection, first, length, flags, windowField, connection.trafficClass, nowNanos)) {
            acknowledged(connection, windowField);
            connection.sendMax = Math.max(connection.sendMax, first + 1);
        }
    }

    /** Sends what fits into a window that was too small to be worth it; false if it is closed or no buffer is free. */
    boolean sendIntoSmallWindow(TcpConnection connection, long nowNanos) {
        long next = connection.sendNext;
        int length =
                (int) Math.min(Math.min(connection.dataEnd() - next, connection.sendWindow), connection.payloadMax());
        if (length <= 0 || !emit(connection, length, false, nowNanos)) {
            return false;
        }
        timer.choose(connection, nowNanos);
        return true;
    }

    /** Probes for a loss at the end of what was sent (RFC 8985, 7.3): new data if there is any, else the last segment. */
    void sendLossProbe(TcpConnection connection, LossRecovery recovery, long nowNanos) {
        long next = connection.sendNext;
        long usable = connection.sendUnacknowledged + connection.sendWindow - next;
        long available = Math.min(connection.dataEnd() - next, usable);
        int length = (int) Math.min(available, connection.payloadMax());
        if (length > 0) {
            if (emit(connection, length, false, nowNanos)) {
                recovery.onProbeSent(connection, false, nowNanos);
            }
        } else if (repeat(connection, connection.flight.last, nowNanos)) {
            recovery.onProbeSent(connection, true, nowNanos);
        }
    }

    // ---- SYN -------------------------------------------------------------------------------------------------------

    private void sendSyn(TcpConnection connection, long nowNanos) {
        if (connection.sendNext != connection.sendInitial) {
            return;
        }
        boolean answers = connection.state == TcpState.SYN_RECEIVED;
        boolean again = connection.sendMax > connection.sendInitial;
        int flags = (answers ? TcpHeader.SYN | TcpHeader.ACK : TcpHeader.SYN)
                | Ecn.handshakeFlags(connection, answers, again);
        int windowBytes =
                Math.min(connection.receiveQueue().windowBytes(), WINDOW_FIELD_MAX); // never scaled: RFC 7323, 2.2
        if (!writer.syn(connection, flags, windowBytes, nowNanos)) {
            retryLater(connection, nowNanos);
            return;
        }
        if (answers) {
            connection.receiveAdvertised = Math.max(connection.receiveAdvertised, connection.receiveNext + windowBytes);
            connection.ackSent = connection.receiveNext;
            connection.ackOwed = AckOwed.NONE;
        }
        if (again) {
            counters.segmentsRetransmitted++;
            connection.handshakeAmbiguous = true;
        }
        connection.sendNext = connection.sendInitial + 1;
        connection.sendMax = connection.sendNext;
        connection.lastSendNanos = nowNanos;
        if (connection.timerUse != TimerUse.RETRANSMIT) {
            connection.timerUse = TimerUse.RETRANSMIT;
            connection.timerNanos = nowNanos + connection.rtt.rtoNanos();
        }
    }

    // ---- data and FIN ----------------------------------------------------------------------------------------------

    /**
     * Sends lost segments again, the first first, as far as the window allows; returns whether it sent any. Small ones travel
     * together: thousands of them at once would reach a receiver that keeps few out of order, and most would be lost again.
     */
    private boolean repeatLost(TcpConnection connection, long nowNanos) {
        Flight flight = connection.flight;
        boolean any = false;
        int record = segments.firstLost(flight);
        while (record != SentSegments.NONE) {
            segments.joinLost(flight, record, PathMtu.joinedMax(connection));
            int bytes = Math.min(segments.bytes(record), connection.payloadMax());
            int pipe = flight.pipeBytes();
            boolean room = pipe == 0 || windowBytes(connection) - pipe >= bytes;
            if (!room || !repeat(connection, record, nowNanos)) {
                break;
            }
            any = true;
            record = segments.firstLost(flight);
        }
        return any;
    }

    /** Sends a segment again, only its beginning if segments are smaller by now; false, a retry armed, if it cannot. */
    private boolean repeat(TcpConnection connection, int record, long nowNanos) {
        Flight flight = connection.flight;
        long start = segments.start(record);
        long dataEnd = connection.dataEnd();
        int length = (int) (Math.min(segments.end(record), dataEnd) - start);
        int payloadMax = connection.payloadMax();
        if (length > payloadMax) {
            if (!segments.split(flight, record, start + payloadMax)) {
                retryLater(connection, nowNanos);
                return false;
            }
            length = payloadMax;
        }
        boolean fin = segments.end(record) > dataEnd;
        if (!write(connection, start, length, fin, false, nowNanos)) {
            return false;
        }
        counters.segmentsRetransmitted++;
        segments.repeat(flight, record, nowNanos);
        flight.undoRepeats++;
        if (!flight.repeatStamped) {
            flight.repeatStamped = true;
            flight.repeatStamp = connection.timestampValue(nowNanos);
        }
        if (record == flight.first) {
            connection.timeoutFromNanos = nowNanos;
        }
        return true;
    }

    /** Sends new data and FIN as far as windows and Nagle's algorithm allow; returns whether it sent any. */
    private boolean sendData(TcpConnection connection, long nowNanos) {
        long dataEnd = connection.dataEnd();
        if (connection.sendNext >= dataEnd && connection.sendNext != connection.finSequence) {
            return false;
        }
        restartAfterIdle(connection, nowNanos);
        boolean any = false;
        for (int count = 0; count < BURST_SEGMENTS_MAX; count++) {
            long next = connection.sendNext;
            long available = dataEnd - next;
            long room = (long) windowBytes(connection) - connection.flight.pipeBytes();
            long usable = Math.min(connection.sendUnacknowledged + connection.sendWindow - next, room);
            if (segmentedMaxBytes > 0
                    && connection.urgentEnd() <= next) { // no device knows how to cut an urgent pointer
                int together = sendTogether(connection, available, usable, nowNanos);
                if (together > 0) {
                    any = true;
                    count += together - 1;
                    continue;
                }
            }
            int length = (int) Math.max(0, Math.min(Math.min(available, usable), connection.payloadMax()));
            boolean fin = next + length == connection.finSequence && usable > length;
            if (length == 0 && !fin) {
                break;
            }
            if (!worthSending(connection, length, available, fin)) {
                break;
            }
            if (!emit(connection, length, fin, nowNanos)) {
                return any;
            }
            any = true;
        }
        if (connection.sendNext < dataEnd || connection.sendNext == connection.finSequence) {
            startPersist(connection, nowNanos);
        }
        return any;
    }

    /**
     * Sends several full segments, and the short one behind them if it would go at once, as one packet that the device cuts.
     * Returns how many, 0 if there are not two, or no buffers for them.
     */
    private int sendTogether(TcpConnection connection, long available, long usable, long nowNanos) {
        int unit = connection.payloadMax();
        long allowed = Math.min(available, usable);
        if (allowed < 2L * unit) {
            return 0;
        }
        int most = Math.min(SegmentWriter.payloadOf(connection, segmentedMaxBytes) / unit, TOGETHER_MAX);
        int window = Math.min(windowBytes(connection), connection.sendWindow);
        most = Math.min(most, Math.max(2, window / unit / TOGETHER_DIVISOR));
        most = Math.min(most, FLIGHT_SEGMENTS_MAX - connection.flight.count);
        int count = (int) Math.min(most, allowed / unit);
        if (count < 2 || !segments.hasRoom(count)) {
            return 0;
        }
        long end = connection.sendNext + (long) count * unit;
        int rest = count < most ? (int) Math.min(allowed - (long) count * unit, unit) : 0;
        boolean finBehind = end + rest == connection.finSequence && usable > (long) count * unit + rest;
        if (rest > 0 && worthSending(connection, rest, available - (long) count * unit, finBehind)) {
            end += rest;
            count++;
        } else {
            finBehind = end == connection.finSequence && usable > (long) count * unit;
        }
        if (!emit(connection, (int) (end - connection.sendNext), finBehind, nowNanos)) {
            return 0;
        }
        connection.congestion.onSentTogether(count);
        return count;
    }

    /** Returns how much may be in the network. */
    private static int windowBytes(TcpConnection connection) {
        Flight flight = connection.flight;
        return flight.phase == Flight.Phase.RECOVERY ? flight.recoveryWindow : connection.congestion.windowBytes();
    }

    /** Silly-window avoidance (RFC 9293, 3.8.6.2.1) and Nagle's algorithm (3.7.4) as Minshall changed it. */
    private static boolean worthSending(TcpConnection connection, int length, long available, boolean fin) {
        if (length == connection.payloadMax() || fin || connection.sendNext < connection.sendMax) {
            return true;
        }
        if (length == available) {
            // Deviates: only an unacknowledged short segment holds the next short one back, as Linux has it; else the
            // last piece of each response would wait for the peer's delayed acknowledgement.
            return connection.noDelay()
                    || connection.smallEnd <= connection.sendUnacknowledged
                    || connection.urgentEnd() > connection.sendNext; // urgent data never waits either
        }
        return connection.sendWindowMax > 0 && length >= connection.sendWindowMax / 2;
    }

    private static void restartAfterIdle(TcpConnection connection, long nowNanos) {
        long idleNanos = nowNanos - connection.lastSendNanos;
        if (!connection.hasOutstanding() && idleNanos > connection.rtt.rtoNanos()) {
            connection.congestion.onIdle(idleNanos / connection.rtt.rtoNanos());
        }
    }

    /** Nothing is in flight and the peer's window holds back what waits: look again by timer (RFC 9293, 3.8.6.1). */
    private static void startPersist(TcpConnection connection, long nowNanos) {
        if (!connection.flight.isEmpty() || connection.timerUse == TimerUse.PERSIST) {
            return;
        }
        connection.timerUse = TimerUse.PERSIST;
        connection.timerNanos = nowNanos + connection.rtt.rtoNanos();
        connection.probes = 0;
    }

    /**
     * Sends new data or FIN from SND.NXT on, more than one segment of it as one packet; false, a retry armed, without a packet
     * buffer or a record. The records are those of the segments.
     */
    private boolean emit(TcpConnection connection, int length, boolean fin, long nowNanos) {
        Flight flight = connection.flight;
        long sequence = connection.sendNext;
        int unit = connection.payloadMax();
        if (flight.count >= FLIGHT_SEGMENTS_MAX || !segments.hasRoom()) {
            return false; // acknowledgements make room
        }
        if (!write(connection, sequence, length, fin, true, nowNanos)) {
            return false;
        }
        long end = sequence + length + (fin ? 1 : 0);
        if (flight.isEmpty()) {
            connection.timeoutFromNanos = nowNanos;
        }
        long last = sequence;
        for (int left = length; left > unit; left -= unit) {
            segments.append(flight, last, last + unit, nowNanos);
            last += unit;
        }
        segments.append(flight, last, end, nowNanos);
        connection.sendNext = end;
        connection.sendMax = Math.max(connection.sendMax, end);
        if (length > 0) {
            counters.bytesSent += length;
            if (sequence + length - last < unit) {
                connection.smallEnd = Math.max(connection.smallEnd, sequence + length);
            }
            if (nowNanos - connection.lastDataNanos < delayedAckNanos) {
                connection.quickAcks = TcpConnection.EXCHANGE; // acknowledgements travel with the answers
            }
        }
        return true;
    }

    /** Writes one segment, or a packet of several; false, a retry armed, without a packet buffer. */
    private boolean write(
            TcpConnection connection, long sequence, int length, boolean fin, boolean fresh, long nowNanos) {
        boolean text = length > 0;
        boolean pushes = text && sequence + length == connection.dataEnd();
        int unit = connection.payloadMax();
        int flags = TcpHeader.ACK
                | (pushes ? TcpHeader.PSH : 0)
                | (fin ? TcpHeader.FIN : 0)
                | (length > unit ? 0 : urgentFlag(connection, sequence))
                | Ecn.flags(connection, fresh && text);
        // RFC 3168, 6.1.4 and 6.1.5: neither pure acknowledgements nor what is sent again may be marked
        int trafficClass = connection.trafficClass | (fresh && text && connection.ecnOn ? Ecn.CAPABLE : 0);
        int windowField = nextWindowField(connection);
        boolean written = length > unit
                ? writer.segments(connection, sequence, length, unit, flags, windowField, trafficClass, nowNanos)
                : writer.segment(connection, sequence, length, flags, windowField, trafficClass, nowNanos);
        if (!written) {
            retryLater(connection, nowNanos);
            return false;
        }
        acknowledged(connection, windowField);
        connection.reductionOwed &= (flags & TcpHeader.CWR) == 0;
        connection.lastSendNanos = nowNanos;
        if (connection.flight.phase == Flight.Phase.RECOVERY) {
            connection.flight.reductionOut += length;
        }
        return true;
    }

    /** Returns URG for a segment before the end of urgent data that its 16 bits reach; later segments reach it else. */
    private static int urgentFlag(TcpConnection connection, long sequence) {
        long ahead = connection.urgentEnd() - sequence;
        return ahead > 0 && ahead <= URGENT_POINTER_MAX ? TcpHeader.URG : 0;
    }

    private void retryLater(TcpConnection connection, long nowNanos) {
        counters.transmitRetries++;
        connection.retryNanos = nowNanos + RETRY_NANOS;
    }

    // ---- the window that we offer ----------------------------------------------------------------------------------

    /** Returns how much the right edge of the window could move to the right. */
    static long windowGain(TcpConnection connection) {
        long offerable = Math.min(connection.receiveQueue().windowBytes(), windowMax(connection));
        return connection.receiveNext + offerable - connection.receiveAdvertised;
    }

    /** Returns the largest window that the peer can hear of: its queue, or the field if that is narrower. */
    private static int windowMax(TcpConnection connection) {
        int shift = Math.max(connection.receiveScale, 0);
        return (int) Math.min(connection.receiveQueue().capacityBytes(), (long) WINDOW_FIELD_MAX << shift);
    }

    /** Returns whether a reader made room that the peer should hear of without waiting for the next segment. */
    boolean windowUpdateDue(TcpConnection connection) {
        long gain = windowGain(connection);
        int capacity = windowMax(connection);
        long offered = connection.receiveAdvertised - connection.receiveNext;
        boolean tight = offered <= Math.max(capacity / 2, connection.receiveMss);
        return gain >= gainMin(connection) && (tight || gain >= capacity / 2);
    }

    /** Returns the smallest gain that is worth telling (RFC 9293, 3.8.6.2.2). */
    static int gainMin(TcpConnection connection) {
        return Math.min(windowMax(connection) / 2, connection.receiveMss);
    }

    /** Returns the window field of the next segment: the edge never goes back and moves in steps worth having. */
    static int nextWindowField(TcpConnection connection) {
        int shift = connection.receiveScale < 0 ? 0 : connection.receiveScale;
        long offered = connection.receiveAdvertised - connection.receiveNext;
        long windowBytes = windowGain(connection) >= gainMin(connection) ? offered + windowGain(connection) : offered;
        long field = windowBytes >> shift;
        if (field << shift < offered) {
            field++; // rounding must not pull the edge back (RFC 7323, 2.4)
        }
        return (int) Math.max(0, Math.min(field, WINDOW_FIELD_MAX));
    }

    /** Notes what the segment just sent told the peer. */
    private static void acknowledged(TcpConnection connection, int windowField) {
        int shift = connection.receiveScale < 0 ? 0 : connection.receiveScale;
        long edge = connection.receiveNext + ((long) windowField << shift);
        connection.receiveAdvertised = Math.max(connection.receiveAdvertised, edge);
        connection.ackSent = connection.receiveNext;
        connection.ackOwed = AckOwed.NONE;
        connection.ackNanos = TimerWheel.NEVER;
    }
}
