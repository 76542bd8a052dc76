package io.demijohn.stack.ip;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.group.Groups;
import io.demijohn.stack.link.EthernetOutput;
import io.demijohn.stack.link.FrameQueue;
import io.demijohn.stack.link.Ipv6Link;
import io.demijohn.stack.link.NeighbourDiscovery;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.wire.EthernetHeader;
import io.demijohn.stack.wire.FragmentHeader;
import io.demijohn.stack.wire.Ipv6Header;
import io.demijohn.stack.wire.Ipv6Kind;
import org.jspecify.annotations.Nullable;

/**
 * Sends IPv6 packets: to a neighbour, to a router, or from one of our addresses to another without the device.
 *
 * <p>Owned by the stack; driver thread only. Fragments what is no TCP if it must (RFC 8200, 4.5). Without a link the device is a loop and every frame goes to our
 * own station.
 */
public final class Ipv6Output {
    private static final int HOP_LIMIT = 64;
    private static final int PAYLOAD_MAX_BYTES = 65_535;

    private final Routes routes;
    private final EthernetOutput ethernet;
    private final @Nullable Ipv6Link link;
    private final @Nullable NeighbourDiscovery neighbours;
    private final @Nullable Groups groups;
    private final int deviceMtuBytes;
    private final StackCounters counters;
    private final FragmentIdentifiers identifiers;
    private final FrameQueue looped = new FrameQueue();
    private long loopedNanos;

    /**
     * Makes the output; without {@code link}, {@code neighbours} and {@code groups} the device loops frames back; {@code seed}
     * names fragments.
     */
    public Ipv6Output(
            Routes routes,
            EthernetOutput ethernet,
            @Nullable Ipv6Link link,
            @Nullable NeighbourDiscovery neighbours,
            @Nullable Groups groups,
            int deviceMtuBytes,
            StackCounters counters,
            long seed) {
        this.routes = routes;
        this.ethernet = ethernet;
        this.link = link;
        this.neighbours = neighbours;
        this.groups = groups;
        this.deviceMtuBytes = deviceMtuBytes;
        this.counters = counters;
        this.identifiers = new FragmentIdentifiers(seed);
    }

    /** Sends {@code segment} as {@link IpOutput#send} says, fragments from buffers of {@code internet}; takes it. */
    void send(
            IpOutput internet,
            PacketBuffer segment,
            long sourceHigh,
            long sourceLow,
            long targetHigh,
            long targetLow,
            int protocol,
            int service,
            long nowNanos) {
        boolean local = routes.isLocal(targetHigh, targetLow);
        if (!local && !routes.reaches(targetHigh, targetLow) && !Ipv6Kind.isMulticast(targetHigh)) {
            counters.dropNoRoute++;
            PacketChain.release(segment);
            return;
        }
        boolean inPieces = segment.more != null && segment.segmentKind() == 0;
        if (!inPieces && IpOutput.largestBytes(segment) + Ipv6Header.BYTES <= mtuBytes()) {
            wrap(segment, protocol, service, sourceHigh, sourceLow, targetHigh, targetLow);
            hand(internet, segment, local, targetHigh, targetLow, service, nowNanos);
            return;
        }
        int bytes = PacketChain.bytes(segment);
        if (protocol == Ipv6Header.PROTOCOL_TCP || bytes > PAYLOAD_MAX_BYTES) {
            counters.dropTooBig++;
            PacketChain.release(segment);
            return;
        }
        int pieceBytes = internet.fragmentBytes(targetHigh, targetLow);
        PacketBuffer piece = FragmentCutter.cut(segment, pieceBytes, internet);
        int identifier = identifiers.next(targetHigh, targetLow);
        int offset = 0;
        counters.datagramsFragmented += piece == null ? 0 : 1;
        while (piece != null) {
            PacketBuffer following = piece.more;
            piece.more = null;
            int length = piece.length();
            FragmentHeader.write(piece.prepend(FragmentHeader.BYTES), protocol, offset, following != null, identifier);
            counters.fragmentsSent++;
            wrap(piece, Ipv6Header.FRAGMENT, service, sourceHigh, sourceLow, targetHigh, targetLow);
            hand(internet, piece, local, targetHigh, targetLow, service, nowNanos);
            offset += length;
            piece = following;
        }
    }

    private void wrap(
            PacketBuffer packet,
            int nextHeader,
            int service,
            long sourceHigh,
            long sourceLow,
            long targetHigh,
            long targetLow) {
        Ipv6Link over = link;
        int hops = Service.hopLimit(service, over == null ? HOP_LIMIT : over.hopLimit());
        int trafficClass = Service.trafficClass(service);
        int payloadBytes = PacketChain.bytes(packet);
        long header = packet.prepend(Ipv6Header.BYTES);
        Ipv6Header.write(
                header, payloadBytes, trafficClass, nextHeader, hops, sourceHigh, sourceLow, targetHigh, targetLow);
    }

    /** Gives the packet, its IP header made, to the link or back to ourselves. */
    private void hand(
            IpOutput internet,
            PacketBuffer packet,
            boolean local,
            long targetHigh,
            long targetLow,
            int service,
            long nowNanos) {
        Ipv6Link over = link;
        if (over == null || neighbours == null) {
            ethernet.send(packet, ethernet.station(), EthernetHeader.TYPE_IPV6);
        } else if (local) {
            loop(packet, nowNanos);
        } else if (Ipv6Kind.isMulticast(targetHigh)) {
            handToGroup(internet, packet, targetHigh, targetLow, service, nowNanos);
        } else {
            forward(over, neighbours, packet, targetHigh, targetLow, nowNanos);
        }
    }

    /** Gives a packet to a group: to the link unless its scope or hop limit forbids it, and to ourselves if we listen. */
    private void handToGroup(
            IpOutput internet, PacketBuffer packet, long targetHigh, long targetLow, int service, long nowNanos) {
        Groups joined = groups;
        boolean loops = Service.loops(service) && joined != null && joined.isMember(targetHigh, targetLow);
        PacketBuffer copy = loops ? internet.allocate() : null;
        if (copy != null) {
            Mem.copy(packet.address(), copy.append(packet.length()), packet.length());
            loop(copy, nowNanos);
        }
        boolean leaves =
                Ipv6Kind.groupScope(targetHigh) > Ipv6Kind.SCOPE_HOST && Service.hopLimit(service, HOP_LIMIT) > 0;
        if (leaves) {
            ethernet.send(packet, Ipv6Kind.groupStation(targetLow), EthernetHeader.TYPE_IPV6);
        } else {
            packet.release();
        }
    }

    private void loop(PacketBuffer packet, long nowNanos) {
        counters.packetsLooped++;
        loopedNanos = looped.count() == 0 ? nowNanos : loopedNanos;
        looped.add(packet);
    }

    /** Returns the largest packet in bytes that leaves this host. */
    int mtuBytes() {
        Ipv6Link over = link;
        return over == null ? deviceMtuBytes : over.mtuBytes();
    }

    @Nullable
    PacketBuffer pollLooped() {
        return looped.poll();
    }

    long loopedSinceNanos() {
        return looped.count() == 0 ? Long.MAX_VALUE : loopedNanos;
    }

    private void forward(
            Ipv6Link over,
            NeighbourDiscovery finder,
            PacketBuffer packet,
            long targetHigh,
            long targetLow,
            long nowNanos) {
        if (over.isOnLink(targetHigh, targetLow)) {
            finder.send(packet, targetHigh, targetLow, nowNanos);
            return;
        }
        Ipv6Link.Router router = over.router();
        if (router == null) {
            counters.dropNoRoute++;
            packet.release();
            return;
        }
        finder.send(packet, router.high(), router.low(), nowNanos);
    }
}
