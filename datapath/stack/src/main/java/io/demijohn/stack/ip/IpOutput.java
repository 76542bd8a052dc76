package io.demijohn.stack.ip;

import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.wire.Ipv4Header;
import io.demijohn.stack.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/**
 * What a transport needs of the Internet layer to send a packet.
 *
 * <p>Driver thread only. Addresses are halves as in {@link io.demijohn.stack.IpAddress}.
 */
public interface IpOutput {
    /** Fragments but the last carry a multiple of so many bytes (RFC 791, 3.1; RFC 8200, 4.5). */
    int FRAGMENT_UNIT = 8;

    /** What stands before the data in each IPv6 fragment. */
    int IPV6_AND_FRAGMENT_HEADER_BYTES = 48;

    /**
     * Gives an empty buffer with headroom for all lower headers, or null: the pool is at its bound, or what is left is
     * kept for reception. The caller tries again later.
     */
    @Nullable
    PacketBuffer allocate();

    /**
     * Sends {@code segment}, or drops and counts it. Takes the chain of buffers, whose windows are the transport header and
     * payload with the checksum made or left to the device. TCP's is one buffer, or a chain that the device cuts into
     * segments, and is fragmented by IPv6 alone, once a router has lowered the link's MTU; others are if they must, best cut
     * in pieces of {@link #fragmentBytes} already.
     *
     * @param protocol the IP protocol number
     * @param service the IPv4 TOS or IPv6 traffic class byte, or more: see {@link Service}
     */
    void send(
            PacketBuffer segment,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int protocol,
            int service,
            long nowNanos);

    /** Returns the size of the largest transport packet that {@code segment} becomes: of itself, or of what the device cuts. */
    static int largestBytes(PacketBuffer segment) {
        return segment.segmentKind() == 0
                ? PacketChain.bytes(segment)
                : TcpHeader.headerBytes(segment.address()) + segment.segmentBytes();
    }

    /** Returns how many bytes of a datagram one fragment to that destination carries, a multiple of 8. */
    default int fragmentBytes(long destinationHigh, long destinationLow) {
        boolean ipv4 = IpAddress.isIpv4(destinationHigh, destinationLow);
        int headers = ipv4 ? Ipv4Header.BYTES : IPV6_AND_FRAGMENT_HEADER_BYTES;
        return (mtuBytes(destinationHigh, destinationLow) - headers) & -FRAGMENT_UNIT;
    }

    /** Returns the largest IP packet in bytes that we take, whatever the path carries (RFC 6691, 2). */
    default int linkMtuBytes(long destinationHigh, long destinationLow) {
        return mtuBytes(destinationHigh, destinationLow);
    }

    /** Returns the largest IP packet in bytes, IP header included, for that destination. */
    int mtuBytes(long destinationHigh, long destinationLow);
}
