package io.demijohn.stack.ip;

import io.demijohn.device.BufferPool;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.StackCounters;
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
    private final BufferPool pool;
    private final EthernetOutput ethernet;
    private final @Nullable Arp arp;
    private final int mtuBytes;
    private final StackCounters counters;
    private final int reserve;
    private final FragmentIdentifiers identifiers;
    private final FrameQueue looped = new FrameQueue();
    private long loopedNanos;

    /** Makes the output; {@code arp} is null on a device that loops frames back, {@code seed} names fragments. */
    public Ipv4Output(
            Routes routes,
            BufferPool pool,
            EthernetOutput ethernet,
            @Nullable Arp arp,
            int mtuBytes,
            StackCounters counters,
            long seed) {
        this.routes = routes;
        this.pool = pool;
        this.ethernet = ethernet;
        this.arp = arp;
        this.mtuBytes = mtuBytes;
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
            int trafficClass,
            long nowNanos) {
        boolean leads = isInside(destinationLow) || routes.reaches(destinationHigh, destinationLow);
        if (!leads || !IpAddress.isIpv4(destinationHigh, destinationLow)) {
            counters.dropNoRoute++;
            PacketChain.release(segment);
            return;
        }
        int totalBytes = segment.length() + Ipv4Header.BYTES;
        if (segment.next != null || totalBytes > mtuBytes) {
            sendFragments(segment, sourceLow, destinationLow, protocol, trafficClass, nowNanos);
            return;
        }
        long header = segment.prepend(Ipv4Header.BYTES);
        Ipv4Header.write(
                header, totalBytes, trafficClass, TIME_TO_LIVE, protocol, (int) sourceLow, (int) destinationLow);
        hand(segment, destinationLow, nowNanos);
    }

    /** Gives the packet, its IP header made, to the link or back to ourselves. */
    private void hand(PacketBuffer packet, long destinationLow, long nowNanos) {
        Arp resolver = arp;
        if (resolver == null) {
            ethernet.send(packet, ethernet.station(), EthernetHeader.TYPE_IPV4);
        } else if (isInside(destinationLow)) {
            counters.packetsLooped++;
            loopedNanos = looped.count() == 0 ? nowNanos : loopedNanos;
            looped.add(packet);
        } else {
            resolver.send(packet, (int) routes.nextHopLow(0, destinationLow), nowNanos);
        }
    }

    /** Returns whether packets to that address of ours go without the device. */
    private boolean isInside(long destinationLow) {
        return arp != null && routes.isLocal(0, destinationLow);
    }

    private void sendFragments(
            PacketBuffer chain, long sourceLow, long destinationLow, int protocol, int trafficClass, long nowNanos) {
        int bytes = PacketChain.bytes(chain);
        if (protocol == Ipv4Header.PROTOCOL_TCP || bytes > TOTAL_MAX_BYTES - Ipv4Header.BYTES) {
            counters.dropTooBig++;
            PacketChain.release(chain);
            return;
        }
        int pieceBytes = fragmentBytes(0, destinationLow);
        PacketBuffer cut = isCut(chain, pieceBytes) ? chain : cut(chain, bytes, pieceBytes);
        int identifier = identifiers.next(0, destinationLow);
        int offset = 0;
        counters.datagramsFragmented += cut == null ? 0 : 1;
        while (cut != null) {
            PacketBuffer following = cut.next;
            cut.next = null;
            int length = cut.length();
            long header = cut.prepend(Ipv4Header.BYTES);
            Ipv4Header.write(
                    header, length + Ipv4Header.BYTES, trafficClass, TIME_TO_LIVE, protocol, (int) sourceLow, (int)
                            destinationLow);
            Ipv4Header.makeFragment(header, identifier, offset, following != null);
            counters.fragmentsSent++;
            hand(cut, destinationLow, nowNanos);
            offset += length;
            cut = following;
        }
    }

    /** Returns whether each piece can be a fragment as it is. */
    private static boolean isCut(PacketBuffer chain, int pieceBytes) {
        PacketBuffer piece = chain;
        while (piece.next != null) {
            if (piece.length() > pieceBytes || piece.length() % FRAGMENT_UNIT != 0) {
                return false;
            }
            piece = piece.next;
        }
        return piece.length() <= pieceBytes;
    }

    /** Copies the chain into fresh pieces of the right size and takes it; null if buffers are short. */
    private @Nullable PacketBuffer cut(PacketBuffer chain, int bytes, int pieceBytes) {
        PacketBuffer head = null;
        PacketBuffer last = null;
        for (int offset = 0; offset < bytes; offset += pieceBytes) {
            PacketBuffer piece = allocate();
            if (piece == null) {
                PacketChain.release(head);
                head = null;
                break;
            }
            int length = Math.min(pieceBytes, bytes - offset);
            PacketChain.copyTo(chain, offset, length, piece.append(length));
            head = head == null ? piece : head;
            if (last != null) {
                last.next = piece;
            }
            last = piece;
        }
        PacketChain.release(chain);
        return head;
    }

    @Override
    public int mtuBytes(long destinationHigh, long destinationLow) {
        return mtuBytes;
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
