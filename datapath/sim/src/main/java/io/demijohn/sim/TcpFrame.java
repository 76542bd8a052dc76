package io.demijohn.sim;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.wire.Checksum;
import io.demijohn.stack.wire.EthernetHeader;
import io.demijohn.stack.wire.Ipv4Header;
import io.demijohn.stack.wire.Ipv6Header;
import io.demijohn.stack.wire.TcpHeader;

/**
 * Finds TCP in a frame of either family, for wires and filters that look at it.
 *
 * <p>Static; any thread. Trusts nothing: a frame that is too short carries no TCP. An IPv6 packet with extension headers
 * counts as one without TCP.
 */
final class TcpFrame {
    private static final int IPV4_TOTAL_LENGTH = 2;
    private static final int IPV4_CHECKSUM = 10;
    private static final int IPV6_BYTES = 40;
    private static final int IPV6_NEXT_HEADER = 6;
    private static final int IPV6_SOURCE = 8;
    private static final int IPV6_TARGET = 24;

    private TcpFrame() {}

    /** Returns whether the frame carries an IP packet of either family with its whole fixed header. */
    static boolean isIp(PacketBuffer frame) {
        return ipHeaderBytes(frame) > 0;
    }

    /** Returns where TCP's header begins in the frame, or 0 if it carries none with its fixed part. */
    static int offset(PacketBuffer frame) {
        int ipBytes = ipHeaderBytes(frame);
        int offset = EthernetHeader.BYTES + ipBytes;
        if (ipBytes == 0 || frame.length() < offset + TcpHeader.BYTES) {
            return 0;
        }
        long ip = frame.address() + EthernetHeader.BYTES;
        int protocol = isIpv4(frame) ? Ipv4Header.protocol(ip) : Mem.getU8(ip + IPV6_NEXT_HEADER);
        return protocol == Ipv4Header.PROTOCOL_TCP ? offset : 0;
    }

    /** Returns where TCP's payload begins in the frame whose TCP header is at {@code offset}; never beyond its end. */
    static int payloadOffset(PacketBuffer frame, int offset) {
        int headerBytes = Math.max(TcpHeader.BYTES, TcpHeader.headerBytes(frame.address() + offset));
        return Math.min(frame.length(), offset + headerBytes);
    }

    /** Makes the checksum of the TCP header at {@code offset} right, up to the end of the frame. */
    static void repairChecksum(PacketBuffer frame, int offset) {
        long ip = frame.address() + EthernetHeader.BYTES;
        long tcp = frame.address() + offset;
        int bytes = frame.length() - offset;
        TcpHeader.putChecksum(tcp, 0);
        int checksum;
        if (isIpv4(frame)) {
            long source = IpAddress.lowOfIpv4(Ipv4Header.source(ip));
            long target = IpAddress.lowOfIpv4(Ipv4Header.target(ip));
            checksum = Checksum.transport(0, source, 0, target, Ipv4Header.PROTOCOL_TCP, tcp, bytes);
        } else {
            checksum = Checksum.transport(
                    Mem.getLongBe(ip + IPV6_SOURCE),
                    Mem.getLongBe(ip + IPV6_SOURCE + Long.BYTES),
                    Mem.getLongBe(ip + IPV6_TARGET),
                    Mem.getLongBe(ip + IPV6_TARGET + Long.BYTES),
                    Ipv4Header.PROTOCOL_TCP,
                    tcp,
                    bytes);
        }
        TcpHeader.putChecksum(tcp, checksum);
    }

    /** Makes {@code ipBytes} the length of the packet in an IP header without options, and the header's checksum right. */
    static void putIpBytes(PacketBuffer frame, int ipBytes) {
        long ip = frame.address() + EthernetHeader.BYTES;
        if (isIpv4(frame)) {
            Mem.putU16Be(ip + IPV4_TOTAL_LENGTH, ipBytes);
            Mem.putU16Be(ip + IPV4_CHECKSUM, 0);
            Mem.putU16Be(ip + IPV4_CHECKSUM, Checksum.of(ip, Ipv4Header.BYTES));
        } else {
            Ipv6Header.setPayloadBytes(ip, ipBytes - IPV6_BYTES);
        }
    }

    static boolean isIpv4(PacketBuffer frame) {
        return EthernetHeader.type(frame.address()) == EthernetHeader.TYPE_IPV4;
    }

    private static int ipHeaderBytes(PacketBuffer frame) {
        if (frame.length() < EthernetHeader.BYTES + Ipv4Header.BYTES) {
            return 0;
        }
        if (isIpv4(frame)) {
            return Math.max(Ipv4Header.BYTES, Ipv4Header.headerBytes(frame.address() + EthernetHeader.BYTES));
        }
        boolean ipv6 = EthernetHeader.type(frame.address()) == EthernetHeader.TYPE_IPV6;
        return ipv6 && frame.length() >= EthernetHeader.BYTES + IPV6_BYTES ? IPV6_BYTES : 0;
    }
}
