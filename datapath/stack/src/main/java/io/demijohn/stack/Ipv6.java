package io.demijohn.stack;

import io.demijohn.device.BufferPool;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.group.Groups;
import io.demijohn.stack.group.Mld;
import io.demijohn.stack.ip.FragmentReassembly;
import io.demijohn.stack.ip.Icmpv6;
import io.demijohn.stack.ip.Internet;
import io.demijohn.stack.ip.Ipv4Output;
import io.demijohn.stack.ip.Ipv6Input;
import io.demijohn.stack.ip.Ipv6Output;
import io.demijohn.stack.ip.PathMtuStore;
import io.demijohn.stack.ip.Routes;
import io.demijohn.stack.link.Autoconfiguration;
import io.demijohn.stack.link.EthernetOutput;
import io.demijohn.stack.link.Ipv6Link;
import io.demijohn.stack.link.NeighbourDiscovery;
import io.demijohn.stack.link.NeighbourInput;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.tcp.Tcp;
import io.demijohn.stack.tcp.TcpStatus;
import io.demijohn.stack.udp.Udp;
import io.demijohn.stack.udp.UdpStatus;
import io.demijohn.stack.wire.Icmpv6Header;
import io.demijohn.stack.wire.Ipv6Header;
import org.jspecify.annotations.Nullable;

/**
 * The IPv6 half of a {@link Stack}: from Ethernet to the transports, and neighbour discovery on its way.
 *
 * <pre>
 *   receive -> IPv6 and extension headers -> TCP, UDP, ICMPv6 -> neighbour discovery, autoconfiguration
 * </pre>
 *
 * <p>Owned by its stack; driver thread only. Without an IPv6 address in the configuration it takes nothing.
 */
final class Ipv6 {
    private static final long SEED_SALT = 0x6970_3600L;
    private static final long GROUP_SEED_SALT = 0x6d6c_6400L;

    private final StackCounters counters;
    private final boolean enabled;
    private final boolean deviceChecksums;
    private final @Nullable Ipv6Link link;
    private final @Nullable NeighbourDiscovery neighbours;
    private final @Nullable Autoconfiguration autoconfiguration;
    private final @Nullable Mld mld;
    private final FragmentReassembly reassembly;
    private final PathMtuStore paths;
    private final Internet internet;
    private final Ipv6Input deviceInput;
    private final Ipv6Input loopedInput;
    private final Icmpv6 icmp;

    /** Makes the half of a host; {@code link} is what {@link #linkOf} gave for the same configuration. */
    Ipv6(
            StackConfig config,
            @Nullable Ipv6Link link,
            Routes routes,
            BufferPool packets,
            EthernetOutput ethernet,
            Ipv4Output ipv4Output,
            FragmentReassembly reassembly,
            PathMtuStore paths,
            StackCounters counters,
            long nowNanos) {
        this.counters = counters;
        this.enabled = config.speaksIpv6();
        this.deviceChecksums = config.capabilities().receiveChecksum();
        this.link = link;
        this.reassembly = reassembly;
        this.paths = paths;
        NeighbourInput neighbourInput = null;
        if (link == null) {
            neighbours = null;
            autoconfiguration = null;
            mld = null;
        } else {
            neighbours = new NeighbourDiscovery(link, packets, ethernet, counters, nowNanos);
            autoconfiguration = new Autoconfiguration(link, neighbours, counters, config.seed() ^ SEED_SALT, nowNanos);
            mld = new Mld(packets, ethernet, link, counters, config.seed() ^ GROUP_SEED_SALT);
            autoconfiguration.start(config.networks(), config.gateways(), config.autoconfigure(), nowNanos);
            mld.followAddresses(nowNanos); // RFC 4862, 5.4.2: before the first check
            autoconfiguration.advance(nowNanos);
            neighbourInput = new NeighbourInput(link, neighbours, autoconfiguration, counters);
        }
        Groups groups = mld == null ? null : mld.groups();
        Ipv6Output output = new Ipv6Output(
                routes, ethernet, link, neighbours, groups, config.mtuBytes(), counters, config.seed() ^ SEED_SALT);
        internet = new Internet(ipv4Output, output, paths);
        deviceInput = new Ipv6Input(routes, groups, link == null, counters);
        loopedInput = new Ipv6Input(routes, groups, true, counters);
        icmp = new Icmpv6(routes, internet, neighbourInput, mld, counters, nowNanos);
    }

    /** Returns the link of a host that speaks IPv6 to neighbours, or null. */
    static @Nullable Ipv6Link linkOf(StackConfig config) {
        return config.speaksIpv6() && config.resolveNeighbours()
                ? new Ipv6Link(config.macAddress(), config.mtuBytes())
                : null;
    }

    /** Returns the way out for both families. */
    Internet internet() {
        return internet;
    }

    /** Returns the groups of a host with neighbours, or null. */
    @Nullable
    Groups groups() {
        Mld listener = mld;
        return listener == null ? null : listener.groups();
    }

    /** Returns whether frames to that group's station may be for us. */
    boolean isMemberStation(long station) {
        Ipv6Link over = link;
        Groups joined = groups();
        return (over != null && over.isMemberStation(station)) || (joined != null && joined.isMemberStation(station));
    }

    /** Takes a packet from the device, window at its IPv6 header. */
    void receive(PacketBuffer packet, Tcp tcp, Udp udp, long nowNanos) {
        if (!enabled) {
            counters.dropIpv6++;
            packet.release();
            return;
        }
        receive(deviceInput, packet, deviceChecksums || packet.checksumVerified(), tcp, udp, nowNanos);
    }

    /** Takes a packet from us to us, window at its IPv6 header. */
    void receiveLooped(PacketBuffer packet, Tcp tcp, Udp udp, long nowNanos) {
        receive(loopedInput, packet, true, tcp, udp, nowNanos);
    }

    /** Tells the sender of a first fragment, window at its IPv6 header, that the others never came; lends. */
    void sendReassemblyTimeExceeded(PacketBuffer fragment, long nowNanos) {
        icmp.sendError(fragment, Icmpv6Header.TIME_EXCEEDED, Icmpv6Header.CODE_REASSEMBLY_TIME, 0, nowNanos);
    }

    /** Does what is due: solicitations, probes, lifetimes; tells the transports of neighbours that never answered. */
    void advance(Tcp tcp, Udp udp, long nowNanos) {
        NeighbourDiscovery finder = neighbours;
        Autoconfiguration configuration = autoconfiguration;
        Mld listener = mld;
        if (finder == null || configuration == null || listener == null) {
            return;
        }
        listener.followAddresses(nowNanos);
        listener.groups().advance(nowNanos);
        configuration.advance(nowNanos);
        finder.advance(nowNanos);
        for (PacketBuffer packet = finder.pollFailed(); packet != null; packet = finder.pollFailed()) {
            if (icmp.readUndelivered(packet)) {
                tellUnreachable(tcp, udp, true, nowNanos);
            }
            packet.release();
        }
    }

    /** Returns when {@link #advance} is due next, or {@link Long#MAX_VALUE}. */
    long nextDeadlineNanos() {
        NeighbourDiscovery finder = neighbours;
        Autoconfiguration configuration = autoconfiguration;
        Mld listener = mld;
        if (finder == null || configuration == null || listener == null) {
            return Long.MAX_VALUE;
        }
        long earliest = Stack.earlier(finder.nextDeadlineNanos(), configuration.nextDeadlineNanos());
        return Stack.earlier(earliest, listener.groups().nextDeadlineNanos());
    }

    private void receive(
            Ipv6Input input, PacketBuffer packet, boolean checksumVerified, Tcp tcp, Udp udp, long nowNanos) {
        int verdict = input.accept(packet);
        if (verdict != Ipv6Input.FRAGMENT) {
            settle(verdict, input, packet, checksumVerified, tcp, udp, nowNanos);
            return;
        }
        packet.trimFront(input.fragmentHeaderBytes());
        PacketBuffer whole = reassembly.add(packet, input.fragment(), nowNanos);
        if (whole != null) { // no device checks the checksum of a datagram in pieces
            verdict = input.acceptWhole(whole, reassembly.headerBytes(), reassembly.trafficClass());
            settle(verdict, input, whole, false, tcp, udp, nowNanos);
        }
    }

    private void settle(
            int verdict,
            Ipv6Input input,
            PacketBuffer packet,
            boolean checksumVerified,
            Tcp tcp,
            Udp udp,
            long nowNanos) {
        if (verdict == Ipv6Input.ACCEPTED) {
            deliver(input, packet, checksumVerified, tcp, udp, nowNanos);
            return;
        }
        if (verdict == Ipv6Input.PROBLEM) {
            int type = Icmpv6Header.PARAMETER_PROBLEM;
            icmp.sendError(packet, type, input.problemCode(), input.problemPointer(), nowNanos);
        }
        PacketChain.release(packet);
    }

    private void deliver(
            Ipv6Input input, PacketBuffer packet, boolean checksumVerified, Tcp tcp, Udp udp, long nowNanos) {
        int headerBytes = input.headerBytes();
        packet.trimFront(headerBytes);
        switch (input.protocol()) {
            case Ipv6Header.PROTOCOL_TCP -> {
                if (input.toGroup()) {
                    counters.dropMulticast++;
                    PacketChain.release(packet);
                    return;
                }
                tcp.receive(
                        packet,
                        input.sourceHigh(),
                        input.sourceLow(),
                        input.targetHigh(),
                        input.targetLow(),
                        input.trafficClass(),
                        checksumVerified,
                        nowNanos);
            }
            case Ipv6Header.PROTOCOL_UDP -> deliverUdp(input, packet, headerBytes, checksumVerified, udp, nowNanos);
            default -> {
                int says = icmp.receive(packet, input, nowNanos);
                if (says == Icmpv6.UNREACHABLE) {
                    tellUnreachable(tcp, udp, icmp.quotedPortClosed(), nowNanos); // RFC 1122, 4.1.3.3: others may pass
                } else if (says == Icmpv6.TOO_BIG) {
                    tellTooBig(tcp, udp, nowNanos);
                }
            }
        }
    }

    private void deliverUdp(
            Ipv6Input input, PacketBuffer packet, int headerBytes, boolean checksumVerified, Udp udp, long nowNanos) {
        long sourceHigh = input.sourceHigh();
        long sourceLow = input.sourceLow();
        long targetHigh = input.targetHigh();
        long targetLow = input.targetLow();
        if (input.toGroup()) {
            udp.receiveGroup(packet, sourceHigh, sourceLow, targetHigh, targetLow, checksumVerified);
        } else if (!udp.receive(packet, sourceHigh, sourceLow, targetHigh, targetLow, checksumVerified)) {
            packet.prepend(headerBytes);
            icmp.sendError(packet, Icmpv6Header.UNREACHABLE, Icmpv6Header.CODE_PORT_UNREACHABLE, 0, nowNanos);
            PacketChain.release(packet);
        }
    }

    /** Lowers the path that ICMPv6 read of last, if the transport sent what is quoted (RFC 8201, 4). */
    private void tellTooBig(Tcp tcp, Udp udp, long nowNanos) {
        long localHigh = icmp.quotedSourceHigh();
        long localLow = icmp.quotedSourceLow();
        int localPort = icmp.quotedSourcePort();
        long remoteHigh = icmp.quotedTargetHigh();
        long remoteLow = icmp.quotedTargetLow();
        int remotePort = icmp.quotedTargetPort();
        int mtu = paths.proposal(remoteHigh, remoteLow, icmp.reportedMtuBytes(), icmp.quotedBytes());
        if (mtu == 0) {
            return;
        }
        boolean ours =
                switch (icmp.quotedProtocol()) {
                    case Ipv6Header.PROTOCOL_TCP ->
                        tcp.onPathMtu(
                                localHigh,
                                localLow,
                                localPort,
                                remoteHigh,
                                remoteLow,
                                remotePort,
                                icmp.quotedSequence(),
                                mtu,
                                nowNanos);
                    case Ipv6Header.PROTOCOL_UDP ->
                        udp.sends(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
                    default -> false; // nothing of ours tells whether it is true
                };
        if (ours) {
            paths.lower(remoteHigh, remoteLow, mtu, nowNanos);
        }
    }

    /** Hands the report that ICMPv6 read last to the transport whose packet it quotes. */
    private void tellUnreachable(Tcp tcp, Udp udp, boolean hard, long nowNanos) {
        long localHigh = icmp.quotedSourceHigh();
        long localLow = icmp.quotedSourceLow();
        int localPort = icmp.quotedSourcePort();
        long remoteHigh = icmp.quotedTargetHigh();
        long remoteLow = icmp.quotedTargetLow();
        int remotePort = icmp.quotedTargetPort();
        if (icmp.quotedProtocol() == Ipv6Header.PROTOCOL_TCP) {
            int status = icmp.quotedPortClosed() ? TcpStatus.REFUSED : TcpStatus.UNREACHABLE;
            int sequence = icmp.quotedSequence();
            tcp.onUnreachable(
                    localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort, sequence, status, nowNanos);
        } else if (icmp.quotedProtocol() == Ipv6Header.PROTOCOL_UDP) {
            int status = icmp.quotedPortClosed() ? UdpStatus.REFUSED : UdpStatus.UNREACHABLE;
            udp.onUnreachable(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort, status, hard);
        }
    }
}
