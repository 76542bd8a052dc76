package io.demijohn.stack.ip;

import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * Sends packets of both families: a v4-mapped destination goes by IPv4, any other by IPv6 (RFC 3493, 3.7).
 *
 * <p>Owned by the stack; driver thread only.
 */
public final class Internet implements IpOutput {
    private final Ipv4Output ipv4;
    private final Ipv6Output ipv6;
    private final PathMtuStore paths;

    public Internet(Ipv4Output ipv4, Ipv6Output ipv6, PathMtuStore paths) {
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
        this.paths = paths;
    }

    @Override
    public @Nullable PacketBuffer allocate() {
        return ipv4.allocate();
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
        if (IpAddress.isIpv4(destinationHigh, destinationLow)) {
            ipv4.send(
                    segment, sourceHigh, sourceLow, destinationHigh, destinationLow, protocol, trafficClass, nowNanos);
        } else {
            ipv6.send(
                    this,
                    segment,
                    sourceHigh,
                    sourceLow,
                    destinationHigh,
                    destinationLow,
                    protocol,
                    trafficClass,
                    nowNanos);
        }
    }

    @Override
    public int linkMtuBytes(long destinationHigh, long destinationLow) {
        return IpAddress.isIpv4(destinationHigh, destinationLow)
                ? ipv4.linkMtuBytes(destinationHigh, destinationLow)
                : ipv6.mtuBytes();
    }

    @Override
    public int mtuBytes(long destinationHigh, long destinationLow) {
        return IpAddress.isIpv4(destinationHigh, destinationLow)
                ? ipv4.mtuBytes(destinationHigh, destinationLow)
                : Math.min(ipv6.mtuBytes(), paths.mtuBytes(destinationHigh, destinationLow));
    }

    /** Gives a packet from us to us, window at its IP header of either version, or null. */
    public @Nullable PacketBuffer pollLooped() {
        PacketBuffer packet = ipv4.pollLooped();
        return packet != null ? packet : ipv6.pollLooped();
    }

    /** Returns since when the oldest packet from us to us waits, or {@link Long#MAX_VALUE} if none does. */
    public long loopedSinceNanos() {
        long since = ipv4.loopedSinceNanos();
        long sinceIpv6 = ipv6.loopedSinceNanos();
        if (since == Long.MAX_VALUE || sinceIpv6 == Long.MAX_VALUE) {
            return Math.min(since, sinceIpv6);
        }
        return since - sinceIpv6 < 0 ? since : sinceIpv6;
    }
}
