package io.demijohn.stack.ip;

import io.demijohn.device.PacketBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a transport needs of the Internet layer to send a packet.
 *
 * <p>Driver thread only. Addresses are halves as in {@link io.demijohn.stack.IpAddress}.
 */
public interface IpOutput {
    /**
     * Gives an empty buffer with headroom for all lower headers, or null: the pool is at its bound, or what is left is
     * kept for reception. The caller tries again later.
     */
    @Nullable
    PacketBuffer allocate();

    /**
     * Sends {@code segment}, or drops and counts it. Takes the buffer, whose window is the transport header and payload
     * with the checksum already made.
     *
     * @param protocol the IP protocol number
     * @param trafficClass the IPv4 TOS or IPv6 traffic class byte
     */
    void send(
            PacketBuffer segment,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int protocol,
            int trafficClass,
            long nowNanos);

    /** Returns the largest IP packet in bytes, IP header included, for that destination. */
    int mtuBytes(long destinationHigh, long destinationLow);
}
