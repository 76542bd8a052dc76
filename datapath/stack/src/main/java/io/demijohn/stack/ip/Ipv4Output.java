package io.demijohn.stack.ip;

import io.demijohn.device.BufferPool;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.link.Arp;
import io.demijohn.stack.link.EthernetOutput;
import io.demijohn.stack.link.FrameQueue;
import io.demijohn.stack.wire.EthernetHeader;
import io.demijohn.stack.wire.Ipv4Header;
import org.jspecify.annotations.Nullable;

/**
 * Sends IPv4 packets: to a neighbour, to the gateway, or from one of our addresses to another without the device.
 *
 * <p>Owned by the stack; driver thread only. Sets DF always (RFC 1191) and never fragments. Without ARP every frame goes to
 * our own station: the device is a loop.
 */
public final class Ipv4Output implements IpOutput {
    private static final int TIME_TO_LIVE = 64;

    /** One in so many buffers of the pool is kept for reception; less than TCP leaves, so that ACKs always go out. */
    private static final int RESERVE_SHARE = 32;

    private final Routes routes;
    private final BufferPool pool;
    private final EthernetOutput ethernet;
    private final @Nullable Arp arp;
    private final int mtuBytes;
    private final StackCounters counters;
    private final int reserve;
    private final FrameQueue looped = new FrameQueue();
    private long loopedNanos;

    /** Makes the output; {@code arp} is null on a device that loops frames back. */
    public Ipv4Output(
            Routes routes,
            BufferPool pool,
            EthernetOutput ethernet,
            @Nullable Arp arp,
            int mtuBytes,
            StackCounters counters) {
        this.routes = routes;
        this.pool = pool;
        this.ethernet = ethernet;
        this.arp = arp;
        this.mtuBytes = mtuBytes;
        this.counters = counters;
        this.reserve = pool.count() / RESERVE_SHARE;
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
        boolean local = arp != null && routes.isLocal(destinationHigh, destinationLow);
        boolean leads = local || routes.reaches(destinationHigh, destinationLow);
        if (!leads || !IpAddress.isIpv4(destinationHigh, destinationLow)) {
            counters.dropNoRoute++;
            segment.release();
            return;
        }
        int totalBytes = segment.length() + Ipv4Header.BYTES;
        if (totalBytes > mtuBytes) {
            counters.dropTooBig++;
            segment.release();
            return;
        }
        long header = segment.prepend(Ipv4Header.BYTES);
        Ipv4Header.write(
                header, totalBytes, trafficClass, TIME_TO_LIVE, protocol, (int) sourceLow, (int) destinationLow);
        if (arp == null) {
            ethernet.send(segment, ethernet.station(), EthernetHeader.TYPE_IPV4);
        } else if (local) {
            counters.packetsLooped++;
            loopedNanos = looped.count() == 0 ? nowNanos : loopedNanos;
            looped.add(segment);
        } else {
            arp.send(segment, (int) routes.nextHopLow(destinationHigh, destinationLow), nowNanos);
        }
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
