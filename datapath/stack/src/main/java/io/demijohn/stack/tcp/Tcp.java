package io.demijohn.stack.tcp;

import io.demijohn.device.Capabilities;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.ip.IpOutput;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.tcp.TcpConnection.Ownership;
import io.demijohn.stack.timer.TimerWheel;
import io.demijohn.stack.wire.Checksum;
import io.demijohn.stack.wire.TcpHeader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TCP of one stack (RFC 9293): the calls of its user, segments from IP, time.
 *
 * <p>The user is the engine's driver, the one thread that may call. Time comes as a parameter, chance from the seed. Expected
 * trouble is a {@link TcpStatus}; what happens to connections later comes as {@link Ev} bits through {@link #nextTouched}.
 * Ports are reserved and released by the user; TCP itself releases none. Only {@link #connect}, {@link #listen} and peers'
 * SYNs allocate.
 */
public final class Tcp {
    private static final int PROTOCOL = 6;
    private static final int PURPOSE_FLOWS = 0;
    private static final int PURPOSE_SEQUENCES = 1;
    private static final int PURPOSE_PORTS = 2;
    private static final int PURPOSE_TIMESTAMPS = 3;
    private static final int PURPOSE_COOKIES = 4;

    private final TcpConfig config;
    private final TcpCounters counters = new TcpCounters();
    private final PortTable ports = new PortTable();
    private final SipHash portHash;
    private final TimerWheel wheel;
    private final Connections connections;
    private final Transmitter transmitter;
    private final Handshake handshake;
    private final LossRecovery recovery;
    private final PathMtu pathMtu;
    private final TcpInput input;
    private final TcpTimers timers;
    private final Segment segment = new Segment();
    private int lastStatus;
    private int portsChosen;

    /**
     * Makes an idle TCP.
     *
     * @param output where segments go
     * @param sendMemory chunks for what applications write
     * @param wheel a wheel of TCP's own
     * @param capabilities whether the device fills in checksums and cuts segments
     * @param seed the secret behind sequence numbers, ports and the flow table's hash
     */
    public Tcp(
            IpOutput output,
            TcpConfig config,
            SendMemory sendMemory,
            TimerWheel wheel,
            Capabilities capabilities,
            long seed) {
        this.config = config;
        this.wheel = wheel;
        portHash = new SipHash(seed, PURPOSE_PORTS);
        connections = new Connections(config, new FlowTable(new SipHash(seed, PURPOSE_FLOWS)), counters, wheel);
        SegmentWriter writer = new SegmentWriter(output, !capabilities.transmitChecksum(), counters);
        RetransmissionTimer timer = new RetransmissionTimer(config);
        transmitter = new Transmitter(connections, writer, timer, segmentedMaxBytes(capabilities));
        recovery = new LossRecovery(counters, connections.segments, timer);
        pathMtu = new PathMtu(writer, connections.segments, counters);
        handshake = new Handshake(
                connections,
                ports,
                writer,
                transmitter,
                sendMemory,
                new SipHash(seed, PURPOSE_SEQUENCES),
                new SipHash(seed, PURPOSE_TIMESTAMPS),
                new SynCookies(config, new SipHash(seed, PURPOSE_COOKIES)));
        input = new TcpInput(connections, transmitter, recovery, pathMtu, handshake);
        timers = new TcpTimers(connections, transmitter, recovery, pathMtu);
    }

    private static int segmentedMaxBytes(Capabilities capabilities) {
        return capabilities.transmitChecksum() ? capabilities.segmentedMaxBytes() : 0;
    }

    // ---- from below ------------------------------------------------------------------------------------------------

    /**
     * Takes one segment from IP, or several that the device or the sender left together: TCP header and payload exactly, in
     * one buffer or a chain, the header in the first.
     *
     * @param trafficClass the IP header's TOS or traffic class, with the ECN bits (RFC 3168, 5)
     */
    public void receive(
            PacketBuffer packet,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int trafficClass,
            boolean checksumVerified,
            long nowNanos) {
        if (!TcpHeader.isSound(packet.address(), packet.length())) {
            counters.segmentsReceived++;
            counters.dropMalformed++;
            packet.release();
            return;
        }
        if (!checksumVerified && !holdsChecksum(packet, sourceHigh, sourceLow, destinationHigh, destinationLow)) {
            counters.segmentsReceived++;
            counters.dropChecksum++;
            packet.release();
            return;
        }
        segment.set(packet, sourceHigh, sourceLow, destinationHigh, destinationLow, trafficClass);
        int segments = segment.count();
        counters.segmentsReceived += segments;
        counters.packetsReceivedTogether += segments > 1 ? 1 : 0;
        Flow flow = connections.flows.find(
                segment.localHigh,
                segment.localLow,
                segment.localPort,
                segment.remoteHigh,
                segment.remoteLow,
                segment.remotePort);
        if (flow instanceof TcpConnection connection) {
            input.segmentArrives(connection, segment, nowNanos);
        } else if (flow instanceof TimeWait entry) {
            handshake.timeWait(entry, segment, nowNanos);
        } else {
            TcpConnection made = handshake.noFlow(segment, nowNanos);
            if (made != null) {
                input.segmentArrives(made, segment, nowNanos);
            }
        }
        segment.release();
    }

    private static boolean holdsChecksum(
            PacketBuffer packet, long sourceHigh, long sourceLow, long destinationHigh, long destinationLow) {
        int bytes = PacketChain.bytes(packet);
        int pseudo = Checksum.pseudo(sourceHigh, sourceLow, destinationHigh, destinationLow, PROTOCOL, bytes);
        return PacketChain.sum(packet, bytes, pseudo) == 0xffff;
    }

    /**
     * Takes an ICMP error, or a failed neighbour, about a segment of ours: {@code status} is REFUSED or UNREACHABLE.
     * Only a connection whose SYN it is about fails (RFC 5927, 4 and 5.2; RFC 9293, 3.9.2.2).
     */
    public void onUnreachable(
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            int sequence,
            int status,
            long nowNanos) {
        Flow flow = connections.flows.find(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
        if (!(flow instanceof TcpConnection connection)) {
            return;
        }
        boolean aboutSyn = connection.state == TcpState.SYN_SENT && sequence == (int) connection.sendInitial;
        if (aboutSyn) {
            connections.fail(connection, status);
        } else {
            counters.unreachableIgnored++; // a soft error: retransmission goes on
        }
    }

    /**
     * Takes a router's report that a segment of ours was too big for a path that carries {@code mtuBytes}. Returns whether it
     * is to be believed: about a connection of ours and a segment in flight that was too big (RFC 5927, 7); that leaves
     * again at once in smaller pieces, and its loss says nothing of congestion (RFC 1191, 6.5).
     */
    public boolean onPathMtu(
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            int sequence,
            int mtuBytes,
            long nowNanos) {
        Flow flow = connections.flows.find(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
        if (!(flow instanceof TcpConnection connection)
                || !pathMtu.onReport(connection, sequence, mtuBytes, nowNanos)) {
            return false;
        }
        transmitter.output(connection, nowNanos);
        return true;
    }

    /** Fires what is due; cheap if nothing is. */
    public void advance(long nowNanos) {
        connections.expireTimeWaits(nowNanos);
        for (int left = wheel.size();
                left >= 0;
                left--) { // once more than entries, so that the wheel finds its next deadline
            TimerWheel.Entry entry = wheel.pollDue(nowNanos);
            if (entry == null) {
                return;
            }
            timers.fire((TcpConnection) entry.owner(), nowNanos);
        }
    }

    /** Returns when {@link #advance} must be called at the latest, or {@link Long#MAX_VALUE}. */
    public long nextDeadlineNanos() {
        return connections.nextDeadlineNanos();
    }

    // ---- ports, opening --------------------------------------------------------------------------------------------

    /** Reserves a local port of both families, if {@code local} is the wildcard. */
    public int reservePort(IpAddress local, int port, boolean reuseAddress) {
        return reservePort(local, port, false, reuseAddress);
    }

    /**
     * Reserves a local port: its number, or a negative {@link TcpStatus}. Port 0 chooses an ephemeral one. Without reuse a
     * port on which connections live, TIME_WAIT included, is taken (as Linux has it).
     *
     * @param ipv4Only whether the wildcard address means those of IPv4 alone
     */
    public int reservePort(IpAddress local, int port, boolean ipv4Only, boolean reuseAddress) {
        if (port != 0) {
            boolean taken = (!reuseAddress && connections.flows.countOn(port) > 0)
                    || !ports.isFree(local, port, ipv4Only, reuseAddress);
            if (taken) {
                return TcpStatus.ADDRESS_IN_USE;
            }
            ports.reserve(local, port, ipv4Only, reuseAddress);
            return port;
        }
        int count = config.count(TcpTunable.EPHEMERAL_LAST) - config.count(TcpTunable.EPHEMERAL_FIRST) + 1;
        int start = portStart(local, IpAddress.ANY, 0, count);
        for (int step = 0; step < count; step++) {
            int candidate = config.count(TcpTunable.EPHEMERAL_FIRST) + (start + step) % count;
            if (connections.flows.countOn(candidate) == 0 && !ports.isReserved(IpAddress.ANY, candidate)) {
                ports.reserve(local, candidate, ipv4Only, reuseAddress);
                return candidate;
            }
        }
        return TcpStatus.ADDRESS_IN_USE;
    }

    /** Gives a port back that was reserved for both families. */
    public void releasePort(IpAddress local, int port) {
        releasePort(local, port, false);
    }

    /** Gives a reserved port back; whoever reserved it calls, once. */
    public void releasePort(IpAddress local, int port, boolean ipv4Only) {
        ports.release(local, port, ipv4Only);
    }

    /**
     * Begins a connection and sends its SYN; null: see {@link #lastStatus}.
     *
     * @param localPort 0 to choose one for this peer, at random among those whose four-tuple is free (RFC 6056)
     * @param portReserved whether the local port is reserved; it stays so
     */
    public @Nullable TcpConnection connect(
            IpAddress local,
            int localPort,
            boolean portReserved,
            IpAddress remote,
            int remotePort,
            TcpOptions options,
            long nowNanos) {
        if (connections.count() >= config.count(TcpTunable.CONNECTIONS)) {
            lastStatus = TcpStatus.NO_MEMORY;
            return null;
        }
        int port = localPort;
        if (port == 0) {
            port = choosePort(local, remote, remotePort, nowNanos);
        } else if (!mayConnectFrom(local, port, remote, remotePort, nowNanos)
                || (!portReserved && ports.isReserved(local, port))) {
            port = TcpStatus.ADDRESS_NOT_AVAILABLE;
        }
        if (port < 0) {
            lastStatus = port;
            return null;
        }
        segment.setAddresses(local.high(), local.low(), port, remote.high(), remote.low(), remotePort);
        return handshake.open(segment, options, nowNanos);
    }

    /** Returns why the last {@link #connect} or {@link #listen} gave null. */
    public int lastStatus() {
        return lastStatus;
    }

    /** Listens on a port that was reserved for both families. */
    public @Nullable TcpListener listen(IpAddress local, int port, int backlog, TcpOptions options) {
        return listen(local, port, false, backlog, options);
    }

    /** Listens on a port that was reserved just so; null: see {@link #lastStatus}. */
    public @Nullable TcpListener listen(IpAddress local, int port, boolean ipv4Only, int backlog, TcpOptions options) {
        TcpListener listener = new TcpListener(connections, local, port, ipv4Only, backlog, options);
        int status = ports.addListener(listener);
        if (status != 0) {
            lastStatus = status;
            return null;
        }
        return listener;
    }

    // ---- a connection's user ---------------------------------------------------------------------------------------

    /** The application appended to the send queue: sends what windows and Nagle's algorithm allow. */
    public void send(TcpConnection connection, long nowNanos) {
        if (connection.inTable) {
            connection.sendQueue().settle();
            transmitter.output(connection, nowNanos);
        }
    }

    /** Sends FIN after what is queued; the application must not append any more. Idempotent. */
    public void shutdownOutput(TcpConnection connection, long nowNanos) {
        if (!connection.inTable) {
            return;
        }
        switch (connection.state) {
            case ESTABLISHED -> connections.become(connection, TcpState.FIN_WAIT_1);
            case CLOSE_WAIT -> connections.become(connection, TcpState.LAST_ACK);
            case SYN_SENT, SYN_RECEIVED -> {
                connection.finRequested = true;
                return;
            }
            default -> {
                return;
            }
        }
        connection.finSequence = connection.dataEnd();
        transmitter.output(connection, nowNanos);
    }

    /**
     * The application is gone, no thread reads or writes the queues any more: FIN after the queued bytes, or RST at once if
     * received bytes were not read (RFC 2525, 2.17), or later if more arrive.
     */
    public void close(TcpConnection connection, long nowNanos) {
        connection.ownership = Ownership.ORPHAN;
        if (!connection.inTable) {
            return;
        }
        if (connection.state == TcpState.SYN_SENT) {
            connections.leave(connection);
            return;
        }
        if (connection.receiveQueue().availableBytes() > 0) {
            abort(connection, nowNanos);
            return;
        }
        shutdownOutput(connection, nowNanos);
        if (connection.inTable) {
            connections.armIdle(connection, nowNanos);
            connections.arm(connection);
        }
    }

    /** The application is gone, no thread reads or writes the queues any more: RST now (RFC 9293, 3.10.5). */
    public void abort(TcpConnection connection, long nowNanos) {
        connection.ownership = Ownership.ORPHAN;
        if (!connection.inTable) {
            return;
        }
        switch (connection.state) {
            case SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT ->
                transmitter.sendReset(connection, nowNanos);
            default -> {}
        }
        connections.leave(connection);
    }

    /** Stops listening and resets what was not accepted; the port stays reserved. */
    public void close(TcpListener listener, long nowNanos) {
        ports.removeListener(listener);
        List<TcpConnection> halfOpen = new ArrayList<>();
        connections.flows.forEach(flow -> {
            if (flow instanceof TcpConnection connection
                    && connection.listener == listener
                    && connection.state == TcpState.SYN_RECEIVED) {
                halfOpen.add(connection);
            }
        });
        for (TcpConnection connection : halfOpen) {
            transmitter.sendReset(connection, nowNanos);
            connections.leave(connection);
        }
        TcpConnection waiting = listener.accept();
        while (waiting != null) {
            abort(waiting, nowNanos);
            Connections.releaseQueues(waiting);
            waiting = listener.accept();
        }
    }

    /** The application read: tells the peer of the room if it is worth it (RFC 9293, 3.8.6.2.2). */
    public void consumed(TcpConnection connection, long nowNanos) {
        if (connection.inTable && connection.state.receivesData() && transmitter.windowUpdateDue(connection)) {
            transmitter.sendAck(connection, nowNanos);
            connections.arm(connection);
        }
    }

    // ---- what the engine drains ------------------------------------------------------------------------------------

    /** Gives the next connection whose event bits changed since it was last given, or null. */
    public @Nullable TcpConnection nextTouched() {
        return connections.nextTouched();
    }

    /** Gives the next listener that has connections to accept since it was last given, or null. */
    public @Nullable TcpListener nextTouchedListener() {
        return connections.nextTouchedListener();
    }

    /** Returns how many connections there are, TIME_WAIT not counted. */
    public int connectionCount() {
        return connections.count();
    }

    /** Returns how many connections still have bytes, a FIN or a handshake to be acknowledged by their peer. */
    public int unfinishedCount() {
        int[] unfinished = {0};
        connections.flows.forEach(flow -> {
            if (flow instanceof TcpConnection connection && connection.state != TcpState.FIN_WAIT_2) {
                unfinished[0]++;
            }
        });
        return unfinished[0];
    }

    /** Returns whether {@code local} is reserved, for this address or for all: by a listener or a bound connection. */
    public boolean listens(IpAddress local, int port) {
        return ports.isReserved(local, port);
    }

    Connections connections() {
        return connections;
    }

    public TcpCounters counters() {
        return counters;
    }

    // ---- choosing ports --------------------------------------------------------------------------------------------

    /**
     * Returns an ephemeral port whose four-tuple is free, or held by a TIME_WAIT that may be reused if there is no other, or
     * NO_PORTS (RFC 6056, 3.3.3).
     */
    private int choosePort(IpAddress local, IpAddress remote, int remotePort, long nowNanos) {
        int count = config.count(TcpTunable.EPHEMERAL_LAST) - config.count(TcpTunable.EPHEMERAL_FIRST) + 1;
        int start = portStart(local, remote, remotePort, count);
        int second = TcpStatus.NO_PORTS;
        for (int step = 0; step < count; step++) {
            int candidate = config.count(TcpTunable.EPHEMERAL_FIRST) + (start + step) % count;
            if (ports.isReserved(local, candidate)) {
                continue;
            }
            Flow holder = flowOf(local, candidate, remote, remotePort);
            if (holder == null) {
                return candidate;
            }
            if (second < 0 && isReusable(holder, nowNanos)) {
                second = candidate;
            }
        }
        return second;
    }

    private boolean mayConnectFrom(IpAddress local, int port, IpAddress remote, int remotePort, long nowNanos) {
        Flow holder = flowOf(local, port, remote, remotePort);
        return holder == null || isReusable(holder, nowNanos);
    }

    /** Returns whether a connection of ours to the same peer may take the flow's place. */
    private boolean isReusable(Flow holder, long nowNanos) {
        return holder instanceof TimeWait entry && connections.mayReuse(entry, nowNanos);
    }

    private int portStart(IpAddress local, IpAddress remote, int remotePort, int count) {
        long hash = portHash.hash(
                local.high(), local.low(), remote.high(), remote.low(), ((long) portsChosen << 16) | remotePort);
        portsChosen++;
        return (int) Long.remainderUnsigned(hash, count);
    }

    private @Nullable Flow flowOf(IpAddress local, int port, IpAddress remote, int remotePort) {
        return connections.flows.find(local.high(), local.low(), port, remote.high(), remote.low(), remotePort);
    }
}
