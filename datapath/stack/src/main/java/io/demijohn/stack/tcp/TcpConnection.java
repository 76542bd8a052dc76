package io.demijohn.stack.tcp;

import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.timer.TimerWheel;
import io.demijohn.stack.wire.TcpHeaderOptions;
import org.jspecify.annotations.Nullable;

/**
 * One connection: the transmission control block of RFC 9293, 3.3.1, and the two queues to its application.
 *
 * <p>Made by {@link Tcp}, in its flow table until {@link Ev#CLOSED}. Only the driver touches it; application threads touch
 * the queues' own ends and {@link #setNoDelay}. The memory of the queues belongs to whoever has the connection: it calls
 * {@code releaseAll} on the receive queue after close and on the send queue after {@link Ev#CLOSED}, once no thread is
 * inside. What nobody accepted, TCP frees itself.
 *
 * <p>It holds state and no behaviour: the steps are in {@link TcpInput}, {@link Transmitter}, {@link LossRecovery} and
 * {@link TcpTimers}. Sequence numbers are longs, see {@link Sequence}.
 */
public final class TcpConnection extends Flow {
    /** Instead of a count of quick acknowledgements. */
    static final int EXCHANGE = -1;

    private static final int ECN_BITS = 3;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int TIMESTAMP_SHIFT = 20;

    /** What to do about an acknowledgement that the peer is owed. */
    enum AckOwed {
        NONE,
        DELAYED,
        NOW
    }

    /** What {@link #timerNanos} is for. */
    enum TimerUse {
        NONE,
        /** The retransmission timeout (RFC 6298). */
        RETRANSMIT,
        /** RACK's reordering window (RFC 8985, 6.3). */
        REORDER,
        /** The tail loss probe (RFC 8985, 7). */
        PROBE,
        /** The next look at a closed window. */
        PERSIST
    }

    /** Whose the connection is. */
    enum Ownership {
        /** Its listener's: half open, or waiting to be accepted. */
        LISTENER,
        /** An application's. */
        USER,
        /** Nobody's any more: closed, and finishing alone. */
        ORPHAN
    }

    /** Whatever the engine hangs here; TCP never looks at it. */
    public @Nullable Object attachment;

    final Connections connections;
    private final SendQueue sendQueue;
    private final ReceiveQueue receiveQueue;
    private volatile boolean noDelay;

    final TimerWheel.Entry timerEntry = new TimerWheel.Entry(this);
    final CongestionControl congestion;
    final Flight flight;
    final RttEstimator rtt;
    final @Nullable TcpListener listener;

    TcpState state = TcpState.CLOSED;
    Ownership ownership;
    int error;
    boolean keepAlive;
    KeepAlive keepAliveTimes;
    /** TCP_USER_TIMEOUT, 0 for none, and since when the peer takes nothing. */
    int userTimeoutMillis;

    long stuckSinceNanos;

    /** The user asked for a FIN before the handshake was done. */
    boolean finRequested;

    // ---- send sequence space: una <= next <= max -------------------------------------------------------------------
    /** ISS; the stream's position 0 has the number after it. */
    final long sendInitial;

    /** SND.UNA: all before it is acknowledged. */
    long sendUnacknowledged;
    /** SND.NXT: the next new number; of a handshake, ISS again while the SYN is to be sent. */
    long sendNext;
    /** One beyond the highest number ever sent: SND.NXT, or more after a window probe. */
    long sendMax;
    /** Number of our FIN once the user closed, else {@link Sequence#NEVER}. */
    long finSequence = Sequence.NEVER;
    /** SND.WND in bytes. */
    int sendWindow;
    /** The largest window that the peer ever offered. */
    int sendWindowMax;
    /** SND.WL1 and SND.WL2: the segment that last changed the window. */
    long windowSequence;

    long windowAcknowledgement;
    /** Most payload bytes of one segment. */
    int sendMss;
    /** What is known of a narrow path, or null: {@link PathMtu}. */
    PathMtu.@Nullable State pathState;
    /** Shift of the peer's window field. */
    int sendScale;
    /** The user left the size of the send buffer to {@link SendTuning}. */
    boolean sendTuned;
    /** End of the last segment sent short of {@link #sendMss}: Nagle's algorithm waits for it. */
    long smallEnd;

    // ---- receive sequence space ------------------------------------------------------------------------------------
    /** IRS. */
    long receiveInitial;
    /** RCV.NXT. */
    long receiveNext;
    /** Right edge of the window last advertised; never goes back. */
    long receiveAdvertised;
    /** Shift of our window field. */
    int receiveScale;
    /** Our MSS option. */
    int receiveMss;
    /** Largest payload seen: what the peer seems to call a full segment. */
    int peerSegment;
    /** Number of the peer's FIN once one came, else {@link Sequence#NEVER}. */
    long peerFin = Sequence.NEVER;
    /** The user left the size of the receive window to {@link ReceiveTuning}, and its measure once there is one. */
    boolean receiveTuned;

    @Nullable
    ReceiveRound receiveRound;
    /** Ranges to report in SACK options; null until a segment comes out of order or twice. */
    @Nullable
    SackReport sackReport;
    /** Segments that wait for bytes before them, see {@link Reassembly}. */
    @Nullable
    PacketBuffer outOfOrder;

    @Nullable
    PacketBuffer outOfOrderLast;

    int outOfOrderCount;

    // ---- options that both ends agreed on; while connecting, those that we offer ----------------------------------
    /** Selective acknowledgements (RFC 2018). */
    boolean sackOn;
    /** Timestamps in every segment (RFC 7323). */
    boolean timestampsOn;
    /** TS.Recent, and when it was taken. */
    int timestampRecent;

    long timestampRecentNanos;
    /** Explicit congestion notification (RFC 3168). */
    boolean ecnOn;
    /** Each mark is echoed exactly (RFC 8257). */
    boolean exactEcho;
    /** We owe the peer an echo of a congestion mark: ECE. */
    boolean echoOwed;
    /** We owe the peer word of our reduction: CWR. */
    boolean reductionOwed;

    /** What our timestamps are ahead of the clock by (RFC 7323, 5.4). */
    int timestampOffset;

    // ---- acknowledging ---------------------------------------------------------------------------------------------
    AckOwed ackOwed = AckOwed.NONE;
    /** RCV.NXT in the last segment sent. */
    long ackSent;
    /** Segments that are still acknowledged at once, or {@link #EXCHANGE} while both sides send. */
    int quickAcks;

    long lastDataNanos;
    long lastReceiveNanos;
    int challengeAcks;
    long challengeSinceNanos;

    // ---- loss recovery ---------------------------------------------------------------------------------------------
    /** Consecutive timeouts or unanswered probes. */
    int retries;
    /** Consecutive window probes: their backoff. */
    int probes;
    /** The handshake lost a segment: RFC 6298 (5.7), RFC 5681, 3.1. */
    boolean handshakeRetransmitted;
    /** Our SYN was sent more than once: its round trip says nothing. */
    boolean handshakeAmbiguous;
    /** When the retransmission timeout was started last. */
    long timeoutFromNanos;

    // ---- timers, TimerWheel.NEVER when off; one wheel entry holds the earliest
    // ---------------------------------------
    TimerUse timerUse = TimerUse.NONE;
    long timerNanos = TimerWheel.NEVER;
    long ackNanos = TimerWheel.NEVER;
    /** Sends again what found no packet buffer. */
    long retryNanos = TimerWheel.NEVER;
    /** Keep-alive, or the end of an orphan's FIN_WAIT_2. */
    long idleNanos = TimerWheel.NEVER;

    int keepAliveProbes;
    long lastSendNanos;

    // ---- lists -----------------------------------------------------------------------------------------------------
    int events;
    boolean touched;

    @Nullable
    TcpConnection nextTouched;

    @Nullable
    TcpConnection nextAccept;

    TcpConnection(
            Connections connections,
            Segment addresses,
            @Nullable TcpListener listener,
            TcpOptions options,
            long sendInitial,
            SendQueue sendQueue,
            ReceiveQueue receiveQueue) {
        super(
                addresses.localHigh,
                addresses.localLow,
                addresses.localPort,
                addresses.remoteHigh,
                addresses.remoteLow,
                addresses.remotePort);
        this.connections = connections;
        this.listener = listener;
        this.ownership = listener == null ? Ownership.USER : Ownership.LISTENER;
        this.noDelay = options.noDelay();
        this.sendTuned = options.sendBufferBytes() <= 0;
        this.receiveTuned = options.receiveBufferBytes() <= 0;
        this.keepAlive = options.keepAlive();
        this.keepAliveTimes = options.keepAliveTimes() == null ? connections.keepAlive : options.keepAliveTimes();
        this.userTimeoutMillis = options.userTimeoutMillis() > 0
                ? options.userTimeoutMillis()
                : (int) (connections.config.nanos(TcpTunable.USER_TIMEOUT) / NANOS_PER_MILLI);
        setTrafficClass(options.trafficClass());
        this.rtt = new RttEstimator(connections.config);
        int algorithm = connections.config.count(TcpTunable.CONGESTION);
        this.congestion = CongestionControl.of(algorithm);
        this.exactEcho = algorithm == CongestionControl.DCTCP;
        this.flight = new Flight(sendInitial);
        this.sendInitial = sendInitial;
        this.sendUnacknowledged = sendInitial;
        this.sendNext = sendInitial;
        this.sendMax = sendInitial;
        this.smallEnd = sendInitial;
        this.sendQueue = sendQueue;
        this.receiveQueue = receiveQueue;
        this.quickAcks = connections.config.count(TcpTunable.QUICK_ACKS);
    }

    /** Returns the {@link Ev} bits since the last call and clears them; driver only. */
    public int takeEvents() {
        int taken = events;
        events = 0;
        return taken;
    }

    /** Returns where the application writes. */
    public SendQueue sendQueue() {
        return sendQueue;
    }

    /** Returns where the application reads. */
    public ReceiveQueue receiveQueue() {
        return receiveQueue;
    }

    /** Returns the state of RFC 9293; TIME_WAIT stays, though the connection is out of the table by then; driver only. */
    public TcpState state() {
        return state;
    }

    /** Returns why the connection failed, a {@link TcpStatus}, or 0; driver only. */
    public int error() {
        return error;
    }

    public IpAddress localAddress() {
        return new IpAddress(localHigh, localLow);
    }

    public IpAddress remoteAddress() {
        return new IpAddress(remoteHigh, remoteLow);
    }

    public int localPort() {
        return localPort;
    }

    public int remotePort() {
        return remotePort;
    }

    /** Turns Nagle's algorithm off or on; the next {@link Tcp#send} heeds it; any thread. */
    public void setNoDelay(boolean on) {
        noDelay = on;
    }

    /** Sets the type of service of later packets; the ECN bits of {@code octet} are ignored, as Linux does. */
    public void setTrafficClass(int octet) {
        trafficClass = octet & ~ECN_BITS;
    }

    boolean noDelay() {
        return noDelay;
    }

    /** Turns keep-alive on or off; driver only. */
    public void setKeepAlive(boolean on, long nowNanos) {
        keepAlive = on;
        if (inTable) {
            connections.armIdle(this, nowNanos);
            connections.arm(this);
        }
    }

    /** Sets when keep-alive probes and when it gives up; driver only. */
    public void setKeepAliveTimes(KeepAlive times, long nowNanos) {
        keepAliveTimes = times;
        setKeepAlive(keepAlive, nowNanos);
    }

    /** Sets how long anything may stay unacknowledged or unsent, 0 for no such limit; heeded from the next timeout on; driver only. */
    public void setUserTimeout(int millis) {
        userTimeoutMillis = millis;
    }

    /** Chooses the size of the send buffer, which no longer grows by itself; driver only. */
    public void setSendBuffer(int bytes) {
        sendTuned = false;
        sendQueue.setCapacity(bytes);
    }

    /**
     * Chooses the size of the receive buffer, which no longer grows by itself; driver only. What was offered stays offered,
     * and the scale that the handshake agreed on bounds what can be.
     */
    public void setReceiveBuffer(int bytes) {
        receiveTuned = false;
        receiveQueue.setCapacity(bytes);
    }

    /** Returns how long the user lets the peer take nothing, or {@link Long#MAX_VALUE}. */
    long userTimeoutNanos() {
        return userTimeoutMillis == 0 ? Long.MAX_VALUE : userTimeoutMillis * NANOS_PER_MILLI;
    }

    /** Returns the listener that made this connection, or null if we connected. */
    public @Nullable TcpListener listener() {
        return listener;
    }

    /** Returns our timestamp clock: steps of 1.05 ms. */
    int timestampValue(long nowNanos) {
        return timestampTicks(nowNanos) + timestampOffset;
    }

    /** Returns the timestamp clock that all connections share; what each shows is ahead by an offset of its own. */
    static int timestampTicks(long nowNanos) {
        return (int) (nowNanos >> TIMESTAMP_SHIFT);
    }

    /** Returns how long so many steps of the timestamp clock take. */
    static long timestampNanos(int ticks) {
        return (long) ticks << TIMESTAMP_SHIFT;
    }

    /** Returns the size of the options that every segment carries. */
    int optionBytes() {
        return timestampsOn ? TcpHeaderOptions.TIMESTAMPS_BYTES : 0;
    }

    /** Returns the size of the options that the next segment carries. */
    int nextOptionBytes() {
        SackReport report = sackReport;
        int bytes = optionBytes();
        return report == null ? bytes : bytes + TcpHeaderOptions.sackBytes(report.blocks(sackBlocksMax()));
    }

    /** Returns how many payload bytes the next segment takes: SACK blocks need room. */
    int payloadMax() {
        return sackReport == null ? sendMss : Math.max(1, sendMss + optionBytes() - nextOptionBytes());
    }

    /** Returns how many SACK blocks fit beside the other options. */
    int sackBlocksMax() {
        return timestampsOn ? TcpHeaderOptions.SACK_BLOCKS_MAX - 1 : TcpHeaderOptions.SACK_BLOCKS_MAX;
    }

    /** Returns what to report in SACK options, made at its first use. */
    SackReport sackReport() {
        SackReport report = sackReport;
        if (report == null) {
            report = new SackReport();
            sackReport = report;
        }
        return report;
    }

    /** Returns one beyond the number of the last byte that the application appended. */
    long dataEnd() {
        return sendInitial + 1 + sendQueue.appendedTotal();
    }

    /** Returns SND.UP, one beyond the number of the last urgent byte, or 0 if the application never sent one. */
    long urgentEnd() {
        long end = sendQueue.urgentEnd();
        return end == 0 ? 0 : sendInitial + 1 + end;
    }

    /** Returns whether our FIN is acknowledged. */
    boolean finAcknowledged() {
        return sendUnacknowledged > finSequence;
    }

    /** Returns whether anything sent is not acknowledged. */
    boolean hasOutstanding() {
        return sendUnacknowledged < sendMax;
    }
}
