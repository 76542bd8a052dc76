package io.demijohn.stack.tcp;

import io.demijohn.stack.IpAddress;
import io.demijohn.stack.tcp.TcpConnection.AckOwed;
import io.demijohn.stack.wire.TcpHeader;
import io.demijohn.stack.wire.TcpHeaderOptions;
import org.jspecify.annotations.Nullable;

/**
 * How connections begin: SEGMENT ARRIVES of RFC 9293, 3.10.7.1 to 3.10.7.3, for CLOSED, LISTEN and SYN-SENT, the step from
 * SYN-RECEIVED to ESTABLISHED, and what a segment means to TIME_WAIT.
 *
 * <p>Owned by {@link Tcp}; driver only. Allocates for a new connection alone.
 */
final class Handshake {
    /** Default send MSS without the option (RFC 9293, MUST-15). */
    private static final int MSS_DEFAULT = 536;

    private static final int MSS_DEFAULT_IPV6 = 1220;
    /** A peer that asks for less gets this: tiny segments would cost us far more than it. */
    private static final int MSS_MIN = 64;

    private static final int WINDOW_FIELD_MAX = 0xffff;
    /** ISN = clock + hash: one step is 4.096 us (RFC 9293, 3.4.1 wants about 4). */
    private static final int CLOCK_SHIFT = 12;
    /** How far a connection that reuses a TIME_WAIT starts beyond its last number. */
    private static final int REUSE_STEP = 1 << 17;

    private static final int INITIAL_WINDOW_BYTES = 14600;

    private final Connections connections;
    private final PortTable ports;
    private final SegmentWriter writer;
    private final Transmitter transmitter;
    private final SendMemory sendMemory;
    private final SipHash sequenceHash;
    private final SipHash timestampHash;
    private final SynCookies cookies;
    private final TcpConfig config;
    private final TcpCounters counters;

    Handshake(
            Connections connections,
            PortTable ports,
            SegmentWriter writer,
            Transmitter transmitter,
            SendMemory sendMemory,
            SipHash sequenceHash,
            SipHash timestampHash,
            SynCookies cookies) {
        this.connections = connections;
        this.ports = ports;
        this.writer = writer;
        this.transmitter = transmitter;
        this.sendMemory = sendMemory;
        this.sequenceHash = sequenceHash;
        this.timestampHash = timestampHash;
        this.cookies = cookies;
        this.config = connections.config;
        this.counters = connections.counters;
    }

    // ---- CLOSED and LISTEN -----------------------------------------------------------------------------------------

    /** A segment for which there is no flow; returns the connection to which it belongs after all, if it answers a cookie. */
    @Nullable
    TcpConnection noFlow(Segment segment, long nowNanos) {
        TcpListener listener = ports.listener(segment.localHigh, segment.localLow, segment.localPort);
        if (listener == null) {
            counters.dropNoFlow++;
            reset(segment, nowNanos);
            return null;
        }
        boolean acknowledges = (segment.flags & (TcpHeader.ACK | TcpHeader.SYN | TcpHeader.RST)) == TcpHeader.ACK;
        if (acknowledges && cookies.isAnswered(listener, segment, nowNanos)) {
            return fromCookie(listener, segment, nowNanos);
        }
        listen(listener, segment, initialSequence(segment, nowNanos), nowNanos);
        return null;
    }

    /** Answers with an RST, unless the segment is one. */
    void reset(Segment segment, long nowNanos) {
        if (!segment.has(TcpHeader.RST)) {
            writer.reset(segment, nowNanos);
        }
    }

    /** LISTEN: first RST, second ACK, third SYN, fourth everything else (3.10.7.2). */
    private void listen(TcpListener listener, Segment segment, int initialSequence, long nowNanos) {
        if (segment.has(TcpHeader.RST)) {
            return;
        }
        if (segment.has(TcpHeader.ACK)) {
            counters.dropNoFlow++;
            writer.reset(segment, nowNanos);
            return;
        }
        if (!segment.has(TcpHeader.SYN)) {
            counters.dropNoFlag++;
            return;
        }
        if (!mayAccept(listener)) {
            return;
        }
        if (!hasRoom(listener)) {
            answerWithCookie(listener, segment, nowNanos);
            return;
        }
        counters.passiveOpens++;
        TcpConnection connection = create(listener, segment, listener.options, initialSequence);
        listener.halfOpen++;
        connections.halfOpen++;
        connections.become(connection, TcpState.SYN_RECEIVED);
        takeSyn(connection, segment, nowNanos); // text and FIN with a SYN are left for the peer to send again
        connections.flows.add(connection);
        transmitter.output(connection, nowNanos);
    }

    /** Returns whether one more connection may be accepted: as Linux, a full queue of those that wait drops SYNs and ACKs. */
    private boolean mayAccept(TcpListener listener) {
        if (listener.isFull()) {
            counters.dropBacklogFull++;
            return false;
        }
        if (connections.count() >= config.count(TcpTunable.CONNECTIONS)) {
            counters.dropConnectionsMax++;
            return false;
        }
        return true;
    }

    /** Returns whether one more half-open connection fits. */
    private boolean hasRoom(TcpListener listener) {
        return listener.halfOpen < listener.halfOpenMax() && connections.halfOpen < config.count(TcpTunable.HALF_OPEN);
    }

    // ---- SYN cookies -----------------------------------------------------------------------------------------------

    private void answerWithCookie(TcpListener listener, Segment segment, long nowNanos) {
        if (!cookies.begin(listener, nowNanos)) {
            counters.dropBacklogFull++;
            return;
        }
        cookies.answer(segment, unsaidMss(segment.remoteHigh, segment.remoteLow), clock(segment, nowNanos), nowNanos);
        int receiveBytes = receiveBytes(listener.options);
        int shift = cookies.peerScale < 0 ? -1 : shiftFor(largestReceiveBytes(listener.options));
        int mss = writer.linkMssOf(segment.remoteHigh, segment.remoteLow);
        if (writer.cookie(segment, cookies, mss, shift, Math.min(receiveBytes, WINDOW_FIELD_MAX), nowNanos)) {
            counters.cookiesSent++;
        } else {
            counters.dropNoBuffer++;
        }
    }

    /** Makes the connection that the answered cookie stands for, as its SYN would have; null: the peer has to ask again. */
    private @Nullable TcpConnection fromCookie(TcpListener listener, Segment segment, long nowNanos) {
        if (!mayAccept(listener)) {
            return null;
        }
        counters.passiveOpens++;
        counters.cookiesAccepted++;
        cookies.takeEcho(segment.options, clock(segment, nowNanos));
        TcpConnection connection = create(listener, segment, listener.options, cookies.sequence);
        listener.halfOpen++;
        connections.halfOpen++;
        connections.become(connection, TcpState.SYN_RECEIVED);
        connection.sendNext = connection.sendInitial + 1;
        connection.sendMax = connection.sendNext;
        connection.handshakeAmbiguous = true;
        takeInitial(connection, Sequence.first(segment.wireSequence - 1));
        connection.sendScale = Math.max(0, cookies.peerScale);
        connection.receiveScale = cookies.peerScale < 0 ? -1 : connection.receiveScale;
        connection.sendWindow = segment.windowField << connection.sendScale;
        connection.sendWindowMax = connection.sendWindow;
        connection.sackOn = cookies.sackOn;
        connection.ecnOn = cookies.ecnOn;
        connection.timestampsOn = cookies.timestampsOn;
        connection.timestampRecent = segment.options.timestampValue();
        connection.timestampRecentNanos = nowNanos;
        connection.sendMss = Math.min(connection.sendMss, cookies.mss) - connection.optionBytes();
        connections.flows.add(connection);
        return connection;
    }

    /** Returns the timestamp clock of the connection that these addresses stand for. */
    private int clock(Segment addresses, long nowNanos) {
        return TcpConnection.timestampTicks(nowNanos) + (int) hash(timestampHash, addresses);
    }

    // ---- active open and SYN-SENT ----------------------------------------------------------------------------------

    /** Begins a connection and sends its SYN; the bounds are checked, the four-tuple is free or a TIME_WAIT's that may go. */
    TcpConnection open(Segment addresses, TcpOptions options, long nowNanos) {
        counters.activeOpens++;
        int first = initialSequence(addresses, nowNanos);
        Flow holder = connections.flows.find(
                addresses.localHigh,
                addresses.localLow,
                addresses.localPort,
                addresses.remoteHigh,
                addresses.remoteLow,
                addresses.remotePort);
        if (holder instanceof TimeWait entry) { // RFC 6191: its user asks again, and the peer can tell
            counters.timeWaitReused++;
            first = (int) entry.sendNext + REUSE_STEP;
            connections.remove(entry);
        }
        TcpConnection connection = create(null, addresses, options, first);
        connections.become(connection, TcpState.SYN_SENT);
        connections.flows.add(connection);
        transmitter.output(connection, nowNanos);
        return connection;
    }

    /** SYN-SENT: first ACK, second RST, fourth SYN (3.10.7.3); returns whether text and FIN are still to be looked at. */
    boolean synSent(TcpConnection connection, Segment segment, long nowNanos) {
        boolean acknowledges = segment.has(TcpHeader.ACK);
        if (acknowledges
                && (segment.acknowledgement <= connection.sendInitial
                        || segment.acknowledgement > connection.sendMax)) {
            counters.dropBadAck++;
            reset(segment, nowNanos);
            return false;
        }
        if (segment.has(TcpHeader.RST)) {
            if (acknowledges) {
                counters.resetsReceived++;
                connections.fail(connection, TcpStatus.REFUSED);
            }
            return false;
        }
        if (!segment.has(TcpHeader.SYN)) {
            counters.dropNoFlag++;
            return false;
        }
        takeSyn(connection, segment, nowNanos);
        if (!acknowledges) { // simultaneous open
            connections.become(connection, TcpState.SYN_RECEIVED);
            connection.sendNext = connection.sendInitial; // our SYN again, now with an ACK
            return false;
        }
        establish(connection, segment, nowNanos);
        connection.ackOwed = AckOwed.NOW;
        segment.clear(TcpHeader.SYN);
        segment.sequence++;
        return true;
    }

    // ---- SYN-RECEIVED to ESTABLISHED -------------------------------------------------------------------------------

    /** The peer acknowledged our SYN; returns whether the segment is processed further. */
    boolean synAcknowledged(TcpConnection connection, Segment segment, long nowNanos) {
        TcpListener listener = connection.listener;
        if (listener != null) {
            if (listener.isFull()) { // as Linux: the ACK is ignored, our SYN-ACK repeated
                counters.dropBacklogFull++;
                return false;
            }
            listener.halfOpen--;
            connections.halfOpen--;
        }
        establish(connection, segment, nowNanos);
        if (listener != null) {
            listener.offer(connection);
        }
        return true;
    }

    private void establish(TcpConnection connection, Segment segment, long nowNanos) {
        counters.established++;
        connections.become(connection, TcpState.ESTABLISHED);
        connection.sendUnacknowledged = connection.sendInitial + 1;
        connection.sendNext = connection.sendUnacknowledged;
        connection.retries = 0;
        RetransmissionTimer.stop(connection);
        if (!connection.handshakeAmbiguous) {
            long sampleNanos = Math.max(0, nowNanos - connection.lastSendNanos);
            connection.rtt.onAcknowledged(connection.sendUnacknowledged, connection.sendUnacknowledged, sampleNanos);
        }
        int window = Math.min(
                config.count(TcpTunable.INITIAL_WINDOW) * connection.sendMss,
                Math.max(2 * connection.sendMss, config.count(TcpTunable.INITIAL_WINDOW) * INITIAL_WINDOW_BYTES / 10));
        if (connection.handshakeRetransmitted) {
            window = connection.sendMss; // RFC 5681, 3.1
            connection.rtt.resetAfterLostSyn();
        }
        connection.congestion.start(connection.sendMss, window);
        connection.windowSequence = segment.sequence;
        connection.windowAcknowledgement = segment.acknowledgement;
        connection.lastReceiveNanos = nowNanos;
        connection.lastSendNanos = nowNanos;
        connections.armIdle(connection, nowNanos);
        connections.signal(connection, Ev.CONNECTED);
        if (connection.finRequested) { // RFC 9293, 3.10.4: queued until the handshake is done
            connection.finSequence = connection.dataEnd();
            connections.become(connection, TcpState.FIN_WAIT_1);
        }
    }

    // ---- TIME_WAIT -------------------------------------------------------------------------------------------------

    /** A segment for what is left of a connection. */
    void timeWait(TimeWait entry, Segment segment, long nowNanos) {
        long sequence = Sequence.near(entry.receiveNext, segment.wireSequence);
        if (segment.has(TcpHeader.RST)) {
            return; // RFC 1337: no assassination
        }
        boolean newer = segment.has(TcpHeader.SYN) && !segment.has(TcpHeader.ACK) && isNewer(entry, segment, sequence);
        TcpListener listener = newer ? ports.listener(segment.localHigh, segment.localLow, segment.localPort) : null;
        if (listener != null && !hasRoom(listener)) {
            counters.dropBacklogFull++; // TIME_WAIT stays, the peer asks again
            return;
        }
        if (listener != null) { // RFC 9293, 3.10.7.4, fourth step: a new incarnation
            counters.timeWaitReused++;
            int first = (int) entry.sendNext + REUSE_STEP;
            connections.remove(entry);
            listen(listener, segment, first, nowNanos);
            return;
        }
        if (segment.has(TcpHeader.FIN)) {
            connections.restart(entry, nowNanos);
        }
        if (segment.sequenceLength() == 0 && sequence == entry.receiveNext) {
            return; // an acknowledgement that came late
        }
        if (!writer.timeWaitAck(entry, nowNanos)) {
            counters.dropNoBuffer++;
        }
    }

    /**
     * Returns whether a SYN is of a new incarnation (RFC 6191, 2): timestamps tell it where both have them, or where only
     * the new one will, for then PAWS keeps the old segments out; else its sequence number does.
     */
    private boolean isNewer(TimeWait entry, Segment segment, long sequence) {
        boolean later = sequence > entry.receiveNext;
        if (!segment.options.timestamps() || config.count(TcpTunable.TIMESTAMPS) == 0) {
            return later;
        }
        int ahead = segment.options.timestampValue() - entry.timestampRecent;
        return !entry.timestampsOn || ahead > 0 || (ahead == 0 && later);
    }

    // ---- what both directions share --------------------------------------------------------------------------------

    private TcpConnection create(
            @Nullable TcpListener listener, Segment addresses, TcpOptions options, int initialSequence) {
        int sendBytes =
                options.sendBufferBytes() > 0 ? options.sendBufferBytes() : config.count(TcpTunable.SEND_BUFFER);
        TcpConnection connection = new TcpConnection(
                connections,
                addresses,
                listener,
                options,
                Sequence.first(initialSequence),
                new SendQueue(sendMemory, sendBytes),
                new ReceiveQueue(receiveBytes(options)));
        connection.receiveMss = writer.linkMssOf(connection.remoteHigh, connection.remoteLow);
        connection.sendMss = writer.mssOf(connection.remoteHigh, connection.remoteLow);
        connection.receiveScale =
                config.count(TcpTunable.WINDOW_SCALING) == 0 ? -1 : shiftFor(largestReceiveBytes(options));
        connection.sackOn = config.count(TcpTunable.SACK) != 0;
        connection.timestampsOn = config.count(TcpTunable.TIMESTAMPS) != 0;
        int ecn = config.count(TcpTunable.ECN);
        connection.ecnOn = ecn == Ecn.REQUEST || (ecn == Ecn.ANSWER && listener != null);
        connection.timestampOffset = (int) hash(timestampHash, addresses);
        return connection;
    }

    private int receiveBytes(TcpOptions options) {
        return options.receiveBufferBytes() > 0
                ? options.receiveBufferBytes()
                : config.count(TcpTunable.RECEIVE_BUFFER);
    }

    private int largestReceiveBytes(TcpOptions options) {
        return options.receiveBufferBytes() > 0 ? options.receiveBufferBytes() : ReceiveTuning.maxBytes(config);
    }

    private static int shiftFor(int receiveBytes) {
        int shift = 0;
        while (shift < TcpHeaderOptions.SHIFT_MAX && receiveBytes >> shift > WINDOW_FIELD_MAX) {
            shift++;
        }
        return shift;
    }

    /** Takes the peer's SYN: its numbers, window and options. */
    private static void takeSyn(TcpConnection connection, Segment segment, long nowNanos) {
        long initial = Sequence.first(segment.wireSequence);
        takeInitial(connection, initial);
        connection.sendWindow = segment.windowField; // never scaled in a SYN: RFC 7323, 2.2
        connection.sendWindowMax = segment.windowField;
        connection.windowSequence = initial;
        connection.windowAcknowledgement = segment.acknowledgement;
        connection.lastReceiveNanos = nowNanos;
        Ecn.takeHandshake(connection, segment);
        takeOptions(connection, segment.options, nowNanos);
    }

    private static void takeInitial(TcpConnection connection, long initial) {
        connection.receiveInitial = initial;
        connection.receiveNext = initial + 1;
        connection.ackSent = initial + 1;
        connection.receiveAdvertised = connection.receiveNext
                + Math.min(connection.receiveQueue().windowBytes(), WINDOW_FIELD_MAX); // what our own SYN says
    }

    /** Each option is in force if both ends sent it (RFC 7323, 1.3 and 3.2, RFC 2018, 2). */
    private static void takeOptions(TcpConnection connection, TcpHeaderOptions options, long nowNanos) {
        connection.sackOn &= options.sackPermitted();
        connection.timestampsOn &= options.timestamps();
        if (connection.timestampsOn) {
            connection.timestampRecent = options.timestampValue();
            connection.timestampRecentNanos = nowNanos;
        }
        boolean scaling = connection.receiveScale >= 0 && options.windowScale() >= 0;
        connection.receiveScale = scaling ? connection.receiveScale : -1;
        connection.sendScale = scaling ? options.windowScale() : 0;
        int unsaid = unsaidMss(connection.remoteHigh, connection.remoteLow);
        int asked = options.mss() == 0 ? unsaid : Math.max(MSS_MIN, options.mss());
        // RFC 6691: the option counts no options, what is sent must make room for them
        connection.sendMss = Math.min(connection.sendMss, asked) - connection.optionBytes();
    }

    /** Returns the segment size of a peer that says none (RFC 9293, MUST-15). */
    private static int unsaidMss(long remoteHigh, long remoteLow) {
        return IpAddress.isIpv4(remoteHigh, remoteLow) ? MSS_DEFAULT : MSS_DEFAULT_IPV6;
    }

    private int initialSequence(Segment addresses, long nowNanos) {
        return (int) (hash(sequenceHash, addresses) + (nowNanos >> CLOCK_SHIFT));
    }

    private static long hash(SipHash hasher, Segment addresses) {
        return hasher.hash(
                addresses.localHigh,
                addresses.localLow,
                addresses.remoteHigh,
                addresses.remoteLow,
                ((long) addresses.localPort << 16) | addresses.remotePort);
    }
}
