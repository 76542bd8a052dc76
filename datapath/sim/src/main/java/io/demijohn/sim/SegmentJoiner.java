package io.demijohn.sim;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.wire.EthernetHeader;
import io.demijohn.stack.wire.Ipv4Header;
import io.demijohn.stack.wire.Ipv6Header;
import io.demijohn.stack.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/**
 * The part of a simulated device that puts received segments together: those of one flow that follow each other in number and
 * on the wire, alike in all else and right by their checksums.
 *
 * <pre>
 *   | Ethernet, IP, TCP |== payload ==| -more-&gt; [ ... |== payload ==] -more-&gt; [ ... |== payload ==]
 *     of the first, IP's length that of all         headers of the others cut off
 * </pre>
 *
 * <p>Owned by a {@link SimHost}; its thread only. Holds one packet while others may follow.
 */
final class SegmentJoiner {
    private static final int PACKET_MAX_BYTES = 65_535;
    private static final int STATIONS_BYTES = 14;
    private static final int IPV4_ADDRESSES = 12;
    private static final int IPV6_AFTER_LENGTH = 6;
    private static final int TCP_PORTS_BYTES = 4;
    private static final int TCP_ACKNOWLEDGEMENT = 8;
    private static final int TCP_FLAGS = 13;
    private static final int TCP_WINDOW = 14;
    private static final int TCP_OPTIONS = 20;

    private @Nullable PacketBuffer held;
    private @Nullable PacketBuffer last;
    private int heldPayload;
    private int unitBytes;
    private boolean closed;
    private long joined;

    /** Takes a frame whose checksum is right and gives one that nothing can follow any more, or null. */
    @Nullable
    PacketBuffer add(PacketBuffer frame) {
        PacketBuffer before = held;
        if (before != null && follows(before, frame)) {
            join(before, frame);
            return null;
        }
        hold(frame);
        return before;
    }

    /** Gives what is held, or null. */
    @Nullable
    PacketBuffer flush() {
        PacketBuffer before = held;
        held = null;
        last = null;
        return before;
    }

    /** Returns how many segments were put behind others. */
    long joined() {
        return joined;
    }

    private void hold(PacketBuffer frame) {
        int offset = TcpFrame.offset(frame);
        held = frame;
        last = frame;
        unitBytes = frame.length() - TcpFrame.payloadOffset(frame, offset);
        heldPayload = unitBytes;
        closed = !isPlain(frame, offset) || unitBytes == 0;
    }

    /** Returns whether the frame is text alone, without IP options. */
    private static boolean isPlain(PacketBuffer frame, int offset) {
        int flags = TcpHeader.flags(frame.address() + offset);
        boolean plainIp = !TcpFrame.isIpv4(frame) || offset == EthernetHeader.BYTES + Ipv4Header.BYTES;
        return plainIp && (flags & ~TcpHeader.ECE) == TcpHeader.ACK;
    }

    private boolean follows(PacketBuffer before, PacketBuffer frame) {
        int offset = TcpFrame.offset(frame);
        int payload = frame.length() - TcpFrame.payloadOffset(frame, offset);
        int whole = PacketChain.bytes(before) - EthernetHeader.BYTES + payload;
        if (closed || payload == 0 || payload > unitBytes || whole > PACKET_MAX_BYTES) {
            return false;
        }
        long first = before.address();
        long at = frame.address();
        return offset == TcpFrame.offset(before)
                && same(first, at, STATIONS_BYTES)
                && sameIp(first + EthernetHeader.BYTES, at + EthernetHeader.BYTES, TcpFrame.isIpv4(frame))
                && sameTcp(first + offset, at + offset)
                && TcpHeader.sequence(at + offset) == TcpHeader.sequence(first + offset) + heldPayload;
    }

    private static boolean sameIp(long first, long at, boolean ipv4) {
        if (!ipv4) {
            return same(first, at, 4)
                    && same(first + IPV6_AFTER_LENGTH, at + IPV6_AFTER_LENGTH, Ipv6Header.BYTES - IPV6_AFTER_LENGTH);
        }
        return Ipv4Header.headerBytes(at) == Ipv4Header.BYTES
                && Ipv4Header.trafficClass(first) == Ipv4Header.trafficClass(at)
                && Ipv4Header.timeToLive(first) == Ipv4Header.timeToLive(at)
                && same(first + IPV4_ADDRESSES, at + IPV4_ADDRESSES, Ipv4Header.BYTES - IPV4_ADDRESSES);
    }

    /** Only the last may push: what pushes is joined and closes the packet. */
    private static boolean sameTcp(long first, long at) {
        int headerBytes = TcpHeader.headerBytes(first);
        return same(first, at, TCP_PORTS_BYTES)
                && same(first + TCP_ACKNOWLEDGEMENT, at + TCP_ACKNOWLEDGEMENT, TCP_FLAGS - TCP_ACKNOWLEDGEMENT)
                && TcpHeader.flags(first) == (TcpHeader.flags(at) & ~TcpHeader.PSH)
                && same(first + TCP_WINDOW, at + TCP_WINDOW, 2)
                && same(first + TCP_OPTIONS, at + TCP_OPTIONS, headerBytes - TCP_OPTIONS);
    }

    private void join(PacketBuffer before, PacketBuffer frame) {
        int offset = TcpFrame.offset(frame);
        int flags = TcpHeader.flags(frame.address() + offset);
        int payloadOffset = TcpFrame.payloadOffset(frame, offset);
        int payload = frame.length() - payloadOffset;
        frame.trimFront(payloadOffset);
        PacketBuffer tail = last;
        if (tail != null) {
            tail.more = frame;
        }
        last = frame;
        before.markSegments(unitBytes);
        heldPayload += payload;
        joined++;
        Mem.putU8(before.address() + offset + TCP_FLAGS, flags);
        TcpFrame.putIpBytes(before, PacketChain.bytes(before) - EthernetHeader.BYTES);
        closed = payload < unitBytes || (flags & TcpHeader.PSH) != 0;
    }

    private static boolean same(long first, long second, int bytes) {
        for (int index = 0; index < bytes; index++) {
            if (Mem.getU8(first + index) != Mem.getU8(second + index)) {
                return false;
            }
        }
        return true;
    }
}
