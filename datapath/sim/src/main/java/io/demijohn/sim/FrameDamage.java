package io.demijohn.sim;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.wire.Checksum;
import io.demijohn.stack.wire.EthernetHeader;
import io.demijohn.stack.wire.Ipv4Header;
import io.demijohn.stack.wire.TcpHeader;
import java.util.SplittableRandom;

/**
 * Changes frames on the wire as {@link WireFaults} has it: corrupts, truncates, marks, forges.
 *
 * <p>Owned by a {@link SimWire}; changes the wire's own copies. Ethernet headers stay: a real link's checksum guards them.
 */
final class FrameDamage {
    private static final int TCP_PORTS_BYTES = 4;
    private static final int ECN_BITS = 3;
    private static final int IPV4_CHECKSUM = 10;
    private static final int IPV6_ECN_SHIFT = 4;

    private final WireFaults faults;
    private final SplittableRandom random;

    FrameDamage(WireFaults faults, SplittableRandom random) {
        this.faults = faults;
        this.random = random;
    }

    /** Lets chance damage the frame; it is shorter or has other bytes afterwards. */
    void apply(PacketBuffer frame) {
        if (!TcpFrame.isIp(frame)) {
            return;
        }
        if (chance(Fault.MARK)) {
            mark(frame);
        }
        if (chance(Fault.FORGE_HEADER)) {
            forgeHeader(frame);
        }
        if (chance(Fault.FORGE_PAYLOAD)) {
            forgePayload(frame);
        }
        int headersEnd = headersEnd(frame);
        if (chance(Fault.CORRUPT_HEADER)) {
            flip(frame, EthernetHeader.BYTES, headersEnd);
        }
        if (chance(Fault.CORRUPT_PAYLOAD)) {
            flip(frame, headersEnd, frame.length());
        }
        if (chance(Fault.TRUNCATE)) {
            frame.trimTo(EthernetHeader.BYTES + random.nextInt(frame.length() - EthernetHeader.BYTES));
        }
    }

    private static int headersEnd(PacketBuffer frame) {
        int tcp = TcpFrame.offset(frame);
        return tcp == 0 ? frame.length() : TcpFrame.payloadOffset(frame, tcp);
    }

    /** Changes one byte in [from, to), if there is one: the checksums notice any change of a single byte. */
    private void flip(PacketBuffer frame, int from, int to) {
        if (from < to) {
            long at = frame.address() + from + random.nextInt(to - from);
            Mem.putU8(at, Mem.getU8(at) ^ (1 + random.nextInt(255)));
        }
    }

    private static void mark(PacketBuffer frame) {
        long ip = frame.address() + EthernetHeader.BYTES;
        if (!TcpFrame.isIpv4(frame)) {
            int second = Mem.getU8(ip + 1);
            if ((second >> IPV6_ECN_SHIFT & ECN_BITS) != 0) {
                Mem.putU8(ip + 1, second | ECN_BITS << IPV6_ECN_SHIFT);
            }
            return;
        }
        int octet = Ipv4Header.trafficClass(ip);
        if ((octet & ECN_BITS) != 0) {
            Mem.putU8(ip + 1, octet | ECN_BITS);
            Mem.putU16Be(ip + IPV4_CHECKSUM, 0);
            Mem.putU16Be(ip + IPV4_CHECKSUM, Checksum.of(ip, Ipv4Header.headerBytes(ip)));
        }
    }

    private void forgeHeader(PacketBuffer frame) {
        int tcp = TcpFrame.offset(frame);
        if (tcp == 0) {
            return;
        }
        int changeable = TcpFrame.payloadOffset(frame, tcp) - tcp - TCP_PORTS_BYTES;
        long at = frame.address() + tcp + TCP_PORTS_BYTES + random.nextInt(changeable);
        Mem.putU8(at, random.nextInt(256));
        TcpFrame.repairChecksum(frame, tcp);
    }

    private void forgePayload(PacketBuffer frame) {
        int tcp = TcpFrame.offset(frame);
        if (tcp != 0 && TcpHeader.isSound(frame.address() + tcp, frame.length() - tcp)) {
            flip(frame, TcpFrame.payloadOffset(frame, tcp), frame.length());
            TcpFrame.repairChecksum(frame, tcp);
        }
    }

    private boolean chance(Fault fault) {
        double share = faults.chance(fault);
        return share > 0 && random.nextDouble() < share;
    }
}
