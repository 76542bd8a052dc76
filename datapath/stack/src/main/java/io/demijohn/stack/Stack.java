package io.demijohn.stack;

import io.demijohn.device.BufferPool;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.group.Igmp;
import io.demijohn.stack.ip.FragmentReassembly;
import io.demijohn.stack.ip.Icmp;
import io.demijohn.stack.ip.Internet;
import io.demijohn.stack.ip.Ipv4Input;
import io.demijohn.stack.ip.Ipv4Output;
import io.demijohn.stack.ip.PathMtuStore;
import io.demijohn.stack.ip.Routes;
import io.demijohn.stack.link.Arp;
import io.demijohn.stack.link.EthernetOutput;
import io.demijohn.stack.link.Ipv6Link;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.tcp.SendMemory;
import io.demijohn.stack.tcp.Tcp;
import io.demijohn.stack.tcp.TcpStatus;
import io.demijohn.stack.timer.TimerWheel;
import io.demijohn.stack.udp.Udp;
import io.demijohn.stack.udp.UdpStatus;
import io.demijohn.stack.wire.EthernetHeader;
import io.demijohn.stack.wire.IgmpHeader;
import io.demijohn.stack.wire.Ipv4Header;
import io.demijohn.stack.wire.Ipv6Header;
import org.jspecify.annotations.Nullable;

/**
 * One stack, whole: frames and time go in, frames come out, and the transports between hold the connections.
 *
 * <pre>
 *   receive -> Ethernet -> IPv4 -> TCP, UDP, ICMP       drainTransmit <- frames <- ARP <- IPv4 output <- TCP, UDP, ICMP
 *                       -> IPv6 (see Ipv6) -> the same                          <- ND  <- IPv6 output <- the same
 * </pre>
 *
 * <p>Owned by one engine; only the thread that drives it may call, except for {@link #isLocal}, {@link #reaches} and {@link
 * #sourceFor}, which read what never changes. Knows no clock, thread or device; allocates nothing per packet; throws only
 * for bugs.
 */
public final class Stack {
    /** Packets from us to us delivered in one {@link #advance}; the rest waits for the next. */
    private static final int LOOPED_BATCH_MAX = 1024;

    private static final long TCP_SEED_SALT = 0x7463_7000L;
    private static final long UDP_SEED_SALT = 0x7564_7000L;
    private static final long GROUP_SEED_SALT = 0x6967_6d70L;
    private static final long IP_SEED_SALT = 0x6970_7634L;

    private final StackCounters counters = new StackCounters();
    private final Routes routes;
    private final EthernetOutput ethernet;
    private final @Nullable Arp arp;
    private final Ipv6 ipv6;
    private final Internet output;
    private final PathMtuStore paths;
    private final Igmp igmp;
    private final Ipv4Input deviceInput;
    private final Ipv4Input loopedInput;
    private final FragmentReassembly reassembly;
    private final Icmp icmp;
    private final Tcp tcp;
    private final Udp udp;
    private final long station;
    private final boolean deviceChecksums;

    /**
     * Makes a stack that sends from {@code packets} and keeps unacknowledged bytes in {@code sendMemory}; both stay the
     * caller's and must outlive it.
     */
    public Stack(StackConfig config, BufferPool packets, SendMemory sendMemory, long nowNanos) {
        this.station = config.macAddress();
        this.deviceChecksums = config.capabilities().receiveChecksum();
        Ipv6Link link = Ipv6.linkOf(config);
        this.routes = new Routes(config.networks(), config.gateways(), link);
        this.ethernet = new EthernetOutput(station, packets.count(), counters);
        this.arp =
                config.resolveNeighbours() ? new Arp(config.networks(), packets, ethernet, counters, nowNanos) : null;
        this.paths = new PathMtuStore(config.mtuBytes(), counters);
        IpAddress reporter = routes.sourceFor(0, IpAddress.IPV4_PREFIX);
        int reporterIpv4 = reporter.isIpv4() ? reporter.ipv4() : 0;
        this.igmp =
                new Igmp(packets, ethernet, reporterIpv4, config.mtuBytes(), counters, config.seed() ^ GROUP_SEED_SALT);
        Ipv4Output ipv4Output = new Ipv4Output(
                routes,
                igmp.groups(),
                packets,
                ethernet,
                arp,
                config.mtuBytes(),
                paths,
                counters,
                config.seed() ^ IP_SEED_SALT);
        this.reassembly = new FragmentReassembly(packets.count(), counters);
        this.ipv6 =
                new Ipv6(config, link, routes, packets, ethernet, ipv4Output, reassembly, paths, counters, nowNanos);
        this.output = ipv6.internet();
        this.deviceInput = new Ipv4Input(routes, igmp.groups(), arp == null, deviceChecksums, counters);
        this.loopedInput = new Ipv4Input(routes, igmp.groups(), true, true, counters);
        this.icmp = new Icmp(routes, ipv4Output, counters, nowNanos);
        this.tcp = new Tcp(
                output,
                config.tcp(),
                sendMemory,
                new TimerWheel(nowNanos),
                config.capabilities(),
                config.seed() ^ TCP_SEED_SALT);
        this.udp = new Udp(output, routes, igmp.groups(), ipv6.groups(), counters, config.seed() ^ UDP_SEED_SALT);
        if (arp != null) {
            arp.announce();
        }
    }

    /** Takes one frame from the device, one buffer or a chain. */
    public void receive(PacketBuffer frame, long nowNanos) {
        counters.framesReceived++;
        counters.bytesReceived += PacketChain.bytes(frame);
        if (frame.length() < EthernetHeader.BYTES) {
            counters.dropFrameTooShort++;
            frame.release();
            return;
        }
        long header = frame.address();
        long target = EthernetHeader.target(header);
        int type = EthernetHeader.type(header);
        Arp resolver = arp;
        if (type == EthernetHeader.TYPE_ARP && resolver != null) {
            if (target == station || target == EthernetHeader.BROADCAST) {
                frame.trimFront(EthernetHeader.BYTES);
                resolver.receive(frame, nowNanos);
                return;
            }
            counters.dropForeignMac++;
        } else if (target != station
                && !isIpv4Group(target, type)
                && !(type == EthernetHeader.TYPE_IPV6 && ipv6.isMemberStation(target))) {
            countForeign(target);
        } else if (type == EthernetHeader.TYPE_IPV4) {
            frame.trimFront(EthernetHeader.BYTES);
            boolean verified = deviceChecksums || frame.checksumVerified();
            receiveIpv4(deviceInput, frame, target != station, verified, nowNanos);
            return;
        } else if (type == EthernetHeader.TYPE_IPV6) {
            frame.trimFront(EthernetHeader.BYTES);
            ipv6.receive(frame, tcp, udp, nowNanos);
            return;
        } else {
            counters.dropEtherType++;
        }
        frame.release();
    }

    /** Does what is due: timers, packets from us to us, neighbours that never answered. Cheap if nothing is. */
    public void advance(long nowNanos) {
        if (tcp.nextDeadlineNanos() - nowNanos <= 0) {
            tcp.advance(nowNanos);
        }
        Arp resolver = arp;
        if (resolver != null) {
            resolver.advance(nowNanos);
            for (PacketBuffer packet = resolver.pollFailed(); packet != null; packet = resolver.pollFailed()) {
                if (icmp.readUndelivered(packet)) {
                    tellUnreachable(nowNanos);
                }
                packet.release();
            }
        }
        paths.advance(nowNanos);
        igmp.groups().advance(nowNanos);
        ipv6.advance(tcp, udp, nowNanos);
        reassembly.advance(nowNanos);
        for (PacketBuffer packet = reassembly.pollExpired(); packet != null; packet = reassembly.pollExpired()) {
            if (Ipv6Header.version(packet.address()) == 6) {
                ipv6.sendReassemblyTimeExceeded(packet, nowNanos);
            } else {
                icmp.sendReassemblyTimeExceeded(packet, nowNanos);
            }
            packet.release();
        }
        for (int count = 0; count < LOOPED_BATCH_MAX; count++) {
            PacketBuffer packet = output.pollLooped();
            if (packet == null) {
                return;
            }
            if (Ipv6Header.version(packet.address()) == 6) {
                ipv6.receiveLooped(packet, tcp, udp, nowNanos);
            } else {
                receiveIpv4(loopedInput, packet, false, true, nowNanos);
            }
        }
    }

    /** Returns when {@link #advance} is due next, perhaps already; {@link Long#MAX_VALUE} if nothing is pending. */
    public long nextDeadlineNanos() {
        long earliest = earlier(tcp.nextDeadlineNanos(), output.loopedSinceNanos());
        earliest = earlier(earliest, reassembly.nextDeadlineNanos());
        earliest = earlier(earliest, ipv6.nextDeadlineNanos());
        earliest = earlier(earliest, paths.nextDeadlineNanos());
        earliest = earlier(earliest, igmp.groups().nextDeadlineNanos());
        Arp resolver = arp;
        return resolver == null ? earliest : earlier(earliest, resolver.nextDeadlineNanos());
    }

    /** Gives up to {@code max} frames for the device into {@code out} from index 0, in order, and returns their count. */
    public int drainTransmit(PacketBuffer[] out, int max) {
        int count = 0;
        while (count < max) {
            PacketBuffer frame = ethernet.poll();
            if (frame == null) {
                break;
            }
            out[count++] = frame;
        }
        return count;
    }

    /** Returns whether the address is ours; any thread. */
    public boolean isLocal(IpAddress address) {
        return routes.isLocal(address.high(), address.low());
    }

    /** Returns whether packets can be sent to the address, on a network of ours or through the gateway; any thread. */
    public boolean reaches(IpAddress address) {
        return routes.reaches(address.high(), address.low());
    }

    /** Returns our address that packets to {@code remote} come from, or {@link IpAddress#ANY}; any thread. */
    public IpAddress sourceFor(IpAddress remote) {
        return routes.sourceFor(remote.high(), remote.low());
    }

    public Tcp tcp() {
        return tcp;
    }

    public Udp udp() {
        return udp;
    }

    public StackCounters counters() {
        return counters;
    }

    private static boolean isIpv4Group(long target, int type) {
        return type == EthernetHeader.TYPE_IPV4
                && (target == EthernetHeader.BROADCAST || EthernetHeader.isIpv4Group(target));
    }

    private void countForeign(long target) {
        if (EthernetHeader.isGroup(target)) {
            counters.dropMulticast++;
        } else {
            counters.dropForeignMac++;
        }
    }

    private void receiveIpv4(
            Ipv4Input input, PacketBuffer packet, boolean groupFrame, boolean checksumVerified, long nowNanos) {
        if (!input.accept(packet)) {
            packet.release();
            return;
        }
        if (groupFrame && !input.toGroup()) { // RFC 1122, 3.3.6
            counters.dropMulticast++;
            packet.release();
            return;
        }
        packet.trimFront(input.headerBytes());
        if (!input.isFragment()) {
            dispatchIpv4(input, packet, input.headerBytes(), input.trafficClass(), checksumVerified, nowNanos);
            return;
        }
        PacketBuffer whole = reassembly.add(packet, input.fragment(), nowNanos);
        if (whole != null) { // no device checks the checksum of a datagram in pieces
            int headerBytes = reassembly.headerBytes();
            Ipv4Header.makeWhole(whole.address() - headerBytes, headerBytes, headerBytes + PacketChain.bytes(whole));
            dispatchIpv4(input, whole, headerBytes, reassembly.trafficClass(), false, nowNanos);
        }
    }

    /** Hands a packet, or a chain put together from fragments, to its transport; its IP header stands before the window. */
    private void dispatchIpv4(
            Ipv4Input input,
            PacketBuffer packet,
            int headerBytes,
            int trafficClass,
            boolean checksumVerified,
            long nowNanos) {
        long source = input.sourceLow();
        long target = input.targetLow();
        switch (input.protocol()) {
            case Ipv4Header.PROTOCOL_TCP -> {
                if (input.toGroup()) {
                    counters.dropMulticast++;
                    PacketChain.release(packet);
                    return;
                }
                tcp.receive(packet, 0, source, 0, target, trafficClass, checksumVerified, nowNanos);
            }
            case Ipv4Header.PROTOCOL_UDP -> {
                if (input.toGroup()) {
                    udp.receiveGroup(packet, 0, source, 0, target, checksumVerified);
                } else if (!udp.receive(packet, 0, source, 0, target, checksumVerified)) {
                    packet.prepend(headerBytes);
                    icmp.sendPortUnreachable(packet, nowNanos);
                    PacketChain.release(packet);
                }
            }
            case Ipv4Header.PROTOCOL_ICMP -> {
                if (icmp.receive(packet, source, target, nowNanos)) {
                    tellUnreachable(nowNanos);
                }
            }
            case IgmpHeader.PROTOCOL -> {
                if (packet.more != null) {
                    counters.dropReassembledTooBig++;
                    PacketChain.release(packet);
                    return;
                }
                igmp.receive(packet, input.timeToLive(), nowNanos);
            }
            default -> {
                counters.dropIpProtocol++;
                PacketChain.release(packet);
            }
        }
    }

    /** Hands the report that ICMP read last to the transport whose packet it quotes. */
    private void tellUnreachable(long nowNanos) {
        long local = icmp.quotedSourceLow();
        long remote = icmp.quotedTargetLow();
        int localPort = icmp.quotedSourcePort();
        int remotePort = icmp.quotedTargetPort();
        if (icmp.tooBig()) {
            int mtu = paths.proposal(0, remote, icmp.nextHopMtuBytes(), icmp.quotedBytes());
            boolean ours = mtu > 0
                    && switch (icmp.quotedProtocol()) {
                        case Ipv4Header.PROTOCOL_TCP ->
                            tcp.onPathMtu(
                                    0, local, localPort, 0, remote, remotePort, icmp.quotedSequence(), mtu, nowNanos);
                        case Ipv4Header.PROTOCOL_UDP -> udp.sends(0, local, localPort, 0, remote, remotePort);
                        default -> false; // nothing of ours tells whether it is true
                    };
            if (ours) {
                paths.lower(0, remote, mtu, nowNanos);
            }
            return;
        }
        if (icmp.quotedProtocol() == Ipv4Header.PROTOCOL_TCP) {
            int status = icmp.quotedPortClosed() ? TcpStatus.REFUSED : TcpStatus.UNREACHABLE;
            int sequence = icmp.quotedSequence();
            tcp.onUnreachable(0, local, localPort, 0, remote, remotePort, sequence, status, nowNanos);
        } else if (icmp.quotedProtocol() == Ipv4Header.PROTOCOL_UDP) {
            int status = icmp.quotedPortClosed() ? UdpStatus.REFUSED : UdpStatus.UNREACHABLE;
            udp.onUnreachable(0, local, localPort, 0, remote, remotePort, status, icmp.hard());
        }
    }

    /** Returns the earlier of two deadlines, where {@link Long#MAX_VALUE} is none. */
    static long earlier(long one, long other) {
        if (one == Long.MAX_VALUE || other == Long.MAX_VALUE) {
            return Math.min(one, other);
        }
        return one - other < 0 ? one : other;
    }
}
