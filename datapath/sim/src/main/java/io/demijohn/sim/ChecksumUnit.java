package io.demijohn.sim;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.wire.EthernetHeader;
import io.demijohn.stack.wire.Ipv4Header;
import io.demijohn.stack.wire.Ipv6Header;
import io.demijohn.stack.wire.TcpHeader;

/** The part of a simulated device that checks TCP's checksums for the stack. Constants only, any thread. */
final class ChecksumUnit {
    private static final int IPV6_PAYLOAD_LENGTH = 4;

    private ChecksumUnit() {}

    /** Returns whether the frame carries TCP whose checksum is right; leaves the frame as it is. */
    static boolean isRight(PacketBuffer frame) {
        int offset = TcpFrame.offset(frame);
        if (offset == 0 || !isWhole(frame)) {
            return false;
        }
        long tcp = frame.address() + offset;
        int held = TcpHeader.checksum(tcp);
        TcpFrame.repairChecksum(frame, offset);
        boolean right = TcpHeader.checksum(tcp) == held;
        TcpHeader.putChecksum(tcp, held);
        return right;
    }

    /** Returns whether IP means the whole frame: what it cuts off the sum must not cover. */
    private static boolean isWhole(PacketBuffer frame) {
        long ip = frame.address() + EthernetHeader.BYTES;
        int ipBytes = frame.length() - EthernetHeader.BYTES;
        return TcpFrame.isIpv4(frame)
                ? Ipv4Header.totalBytes(ip) == ipBytes && !Ipv4Header.isFragment(ip)
                : Ipv6Header.BYTES + Mem.getU16Be(ip + IPV6_PAYLOAD_LENGTH) == ipBytes;
    }
}
