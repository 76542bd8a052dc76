package io.demijohn.sim;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.wire.EthernetHeader;
import io.demijohn.stack.wire.IcmpHeader;
import io.demijohn.stack.wire.Icmpv6Header;
import io.demijohn.stack.wire.Ipv4Header;
import io.demijohn.stack.wire.Ipv6Header;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a router to a packet that its next link cannot carry (RFC 1191, 4; RFC 4443, 3.2).
 *
 * <p>Static; used by {@link SimWire}. Comes from an address of the hosts' own network that no host has.
 */
final class TooBig {
    private static final int ROUTER_ADDRESS = 0x0A0000FE;
    private static final long ROUTER_STATION = 0x02_00_00_00_00_FEL;
    private static final int QUOTED_PAYLOAD_BYTES = 8;
    private static final long ROUTER_LOW = 0xFE;
    private static final int TIME_TO_LIVE = 64;

    private TooBig() {}

    /** Returns {@code empty} with the message about {@code frame}, or null, {@code empty} released, if there is none to send. */
    static @Nullable PacketBuffer answer(PacketBuffer frame, int mtuBytes, PacketBuffer empty) {
        if (TcpFrame.isIp(frame) && !TcpFrame.isIpv4(frame)) {
            return answerIpv6(frame, mtuBytes, empty);
        }
        long ip = frame.address() + EthernetHeader.BYTES;
        int quotedBytes = Ipv4Header.BYTES + QUOTED_PAYLOAD_BYTES;
        if (!TcpFrame.isIp(frame)
                || Ipv4Header.headerBytes(ip) != Ipv4Header.BYTES
                || frame.length() < EthernetHeader.BYTES + quotedBytes) {
            empty.release();
            return null;
        }
        int icmpBytes = IcmpHeader.BYTES + quotedBytes;
        long out = empty.append(EthernetHeader.BYTES + Ipv4Header.BYTES + icmpBytes);
        EthernetHeader.write(out, EthernetHeader.source(frame.address()), ROUTER_STATION, EthernetHeader.TYPE_IPV4);
        long outIp = out + EthernetHeader.BYTES;
        Ipv4Header.write(
                outIp,
                Ipv4Header.BYTES + icmpBytes,
                0,
                TIME_TO_LIVE,
                Ipv4Header.PROTOCOL_ICMP,
                ROUTER_ADDRESS,
                Ipv4Header.source(ip));
        long icmp = outIp + Ipv4Header.BYTES;
        Mem.copy(ip, icmp + IcmpHeader.BYTES, quotedBytes);
        IcmpHeader.write(icmp, IcmpHeader.UNREACHABLE, IcmpHeader.CODE_FRAGMENTATION_NEEDED, mtuBytes, icmpBytes);
        return empty;
    }

    private static PacketBuffer answerIpv6(PacketBuffer frame, int mtuBytes, PacketBuffer empty) {
        long ip = frame.address() + EthernetHeader.BYTES;
        int quotedBytes = Math.min(
                frame.length() - EthernetHeader.BYTES,
                Ipv6Header.MTU_MIN_BYTES - Ipv6Header.BYTES - Icmpv6Header.BYTES);
        int icmpBytes = Icmpv6Header.BYTES + quotedBytes;
        long out = empty.append(EthernetHeader.BYTES + Ipv6Header.BYTES + icmpBytes);
        EthernetHeader.write(out, EthernetHeader.source(frame.address()), ROUTER_STATION, EthernetHeader.TYPE_IPV6);
        long outIp = out + EthernetHeader.BYTES;
        long targetHigh = Ipv6Header.sourceHigh(ip);
        long targetLow = Ipv6Header.sourceLow(ip);
        Ipv6Header.write(
                outIp,
                icmpBytes,
                0,
                Ipv6Header.PROTOCOL_ICMP,
                TIME_TO_LIVE,
                SimHost.IPV6_NETWORK,
                ROUTER_LOW,
                targetHigh,
                targetLow);
        long icmp = outIp + Ipv6Header.BYTES;
        Mem.copy(ip, icmp + Icmpv6Header.BYTES, quotedBytes);
        Icmpv6Header.write(
                icmp,
                Icmpv6Header.PACKET_TOO_BIG,
                0,
                mtuBytes,
                icmpBytes,
                SimHost.IPV6_NETWORK,
                ROUTER_LOW,
                targetHigh,
                targetLow);
        return empty;
    }
}
