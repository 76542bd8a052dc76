package io.demijohn.stack.ip;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.group.Groups;
import io.demijohn.stack.link.Arp;
import io.demijohn.stack.link.EthernetOutput;
import io.demijohn.stack.link.FrameQueue;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.wire.EthernetHeader;
import io.demijohn.stack.wire.Ipv4Header;
import org.jspecify.annotations.Nullable;

/**
 * Sends IPv4 packets: to a neighbour, to the gateway, or from one of our addresses to another without the device.
 *
 * <p>Owned by the stack; driver thread only. Sets DF on what is not fragmented (RFC 1191); fragments what is not TCP and too
 * big for its path (RFC 791, 2.3). Without ARP every frame goes to our own station: the device is a loop.
 */
public final class Ipv4Output implements IpOutput {
    private static final int TIME_TO_LIVE = 64;
    private static final int TOTAL_MAX_BYTES = 65_535;

    /** One in so many buffers of the pool is kept for reception; less than TCP leaves, so that ACKs always go out. */
    private static final int RESERVE_SHARE = 32;

    private final Routes routes;
    private final Groups groups;
    private final BufferPool pool;
    private final EthernetOutput ethernet;
    private final @Nullable Arp arp;
    private final int mtuBytes;
    private final PathMtuStore paths;
    private final StackCounters counters;
    private final int reserve;
    private final FragmentIdentifiers identifiers;
    private final FrameQueue looped = new FrameQueue();
    private long loopedNanos;

    /** Makes the output; {@code arp} is null on a device that loops frames back, {@code seed} names fragments. */
    public Ipv4Output(
            Routes routes,
            Groups groups,
            BufferPool pool,
            EthernetOutput ethernet,
            @Nullable Arp arp,
            int mtuBytes,
            PathMtuStore paths,
            StackCounters counters,
            long seed) {
        this.routes = routes;
        this.groups = groups;
        this.pool = pool;
        this.ethernet = ethernet;
        this.arp = arp;
        this.mtuBytes = mtuBytes;
        this.paths = paths;
        this.counters = counters;
        this.reserve = pool.count() / RESERVE_SHARE;
        this.identifiers = new FragmentIdentifiers(seed);
    }

    @Override
    public @Nullable PacketBuffer allocate() {
        PacketBuffer buffer = pool.freeCount() > reserve ? pool.acquire() : null;
        if (buffer == null) {
            counters.buffersRefused++;
        }
        return buffer;
    }

    @Override
    public void send(
            PacketBuffer segment,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int protocol,
            int service,
            long nowNanos) {
        boolean group = routes.isGroup(destinationHigh, destinationLow) && protocol != Ipv4Header.PROTOCOL_TCP;
        boolean leads = group || isInside(destinationLow) || routes.reaches(destinationHigh, destinationLow);
        if (!leads || !IpAddress.isIpv4(destinationHigh, destinationLow)) {
            counters.dropNoRoute++;
            PacketChain.release(segment);
            return;
        }
        int largestBytes = IpOutput.largestBytes(segment) + Ipv4Header.BYTES;
        int limitBytes = protocol == Ipv4Header.PROTOCOL_TCP ? mtuBytes : mtuBytes(destinationHigh, destinationLow);
        boolean inPieces = segment.more != null && segment.segmentKind() == 0;
        if (inPieces || largestBytes > limitBytes) {
            sendFragments(segment, sourceLow, destinationLow, protocol, service, nowNanos);
            return;
        }
        write(segment, sourceLow, destinationLow, protocol, service);
        hand(segment, destinationLow, service, nowNanos);
    }

    private static void write(PacketBuffer packet, long sourceLow, long destinationLow, int protocol, int service) {
        int totalBytes = PacketChain.bytes(packet) + Ipv4Header.BYTES;
        Ipv4Header.write(
                packet.prepend(Ipv4Header.BYTES),
                totalBytes,
                Service.trafficClass(service),
                Service.hopLimit(service, TIME_TO_LIVE),
                protocol,
                (int) sourceLow,
                (int) destinationLow);
    }

    /** Gives the packet, its IP header made, to the link or back to ourselves. */
    private void hand(PacketBuffer packet, long destinationLow, int service, long nowNanos) {
        Arp resolver = arp;
        if (routes.isGroup(0, destinationLow)) {
            handToGroup(packet, destinationLow, service, nowNanos);
        } else if (resolver == null) {
            ethernet.send(packet, ethernet.station(), EthernetHeader.TYPE_IPV4);
        } else if (isInside(destinationLow)) {
            loop(packet, nowNanos);
        } else {
            resolver.send(packet, (int) routes.nextHopLow(0, destinationLow), nowNanos);
        }
    }

    /** Gives a packet to a group: to the link unless its hop limit forbids it, and to ourselves if we listen. */
    private void handToGroup(PacketBuffer packet, long destinationLow, int service, long nowNanos) {
        boolean broadcast = !IpAddress.isIpv4Multicast(destinationLow);
        boolean loops = broadcast || (Service.loops(service) && groups.isMember(0, destinationLow));
        if (arp == null) { // what is sent comes back
            if (loops) {
                ethernet.send(packet, ethernet.station(), EthernetHeader.TYPE_IPV4);
            } else {
                packet.release();
            }
            return;
        }
        PacketBuffer copy = loops ? allocate() : null;
        if (copy != null) {
            Mem.copy(packet.address(), copy.append(packet.length()), packet.length());
            loop(copy, nowNanos);
        }
        if (Service.hopLimit(service, TIME_TO_LIVE) == 0) {
            packet.release();
            return;
        }
        long station = broadcast ? EthernetHeader.BROADCAST : EthernetHeader.groupStation(destinationLow);
        ethernet.send(packet, station, EthernetHeader.TYPE_IPV4);
    }

    private void loop(PacketBuffer packet, long nowNanos) {
        counters.packetsLooped++;
        loopedNanos = looped.count() == 0 ? nowNanos : loopedNanos;
        looped.add(packet);
    }

    /** Returns whether packets to that address of ours go without the device. */
    private boolean isInside(long destinationLow) {
        return arp != null && routes.isLocal(0, destinationLow);
    }

    private void sendFragments(
            PacketBuffer chain, long sourceLow, long destinationLow, int protocol, int service, long nowNanos) {
        int bytes = PacketChain.bytes(chain);
        if (protocol == Ipv4Header.PROTOCOL_TCP || bytes > TOTAL_MAX_BYTES - Ipv4Header.BYTES) {
            counters.dropTooBig++;
            PacketChain.release(chain);
            return;
        }
        int pieceBytes = fragmentBytes(0, destinationLow);
        PacketBuffer cut = FragmentCutter.cut(chain, pieceBytes, this);
        int identifier = identifiers.next(0, destinationLow);
        int offset = 0;
        counters.datagramsFragmented += cut == null ? 0 : 1;
        while (cut != null) {
            PacketBuffer following = cut.more;
            cut.more = null;
            int length = cut.length();
            write(cut, sourceLow, destinationLow, protocol, service);
            Ipv4Header.makeFragment(cut.address(), identifier, offset, following != null);
            counters.fragmentsSent++;
            hand(cut, destinationLow, service, nowNanos);
            offset += length;
            cut = following;
        }
    }

    @Override
    public int linkMtuBytes(long destinationHigh, long destinationLow) {
        return mtuBytes;
    }

    @Override
    public int mtuBytes(long destinationHigh, long destinationLow) {
        return paths.mtuBytes(destinationHigh, destinationLow);
    }

    /** Gives a packet from us to us, window at its IP header, or null. */
    public @Nullable PacketBuffer pollLooped() {
        return looped.poll();
    }

    /** Returns since when the oldest packet from us to us waits, or {@link Long#MAX_VALUE} if none does. */
    public long loopedSinceNanos() {
        return looped.count() == 0 ? Long.MAX_VALUE : loopedNanos;
    }
}
