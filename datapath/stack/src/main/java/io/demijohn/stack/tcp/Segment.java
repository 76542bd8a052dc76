package io.demijohn.stack.tcp;

import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.wire.TcpHeader;
import io.demijohn.stack.wire.TcpHeaderOptions;
import org.jspecify.annotations.Nullable;

/**
 * The segment that is being processed: one reused value, valid until {@link Tcp#receive} returns.
 *
 * <p>Holds the packet until somebody takes it. Trimming changes sequence, offset and length together; driver only.
 */
final class Segment {
    long localHigh;
    long localLow;
    int localPort;
    long remoteHigh;
    long remoteLow;
    int remotePort;

    int wireSequence;
    int wireAcknowledgement;
    int flags;
    int windowField;
    /** Means something with the flag URG alone. */
    int urgentPointer;
    /** TOS or traffic class of the IP header. */
    int trafficClass;
    /** The header's options. */
    final TcpHeaderOptions options = new TcpHeaderOptions();

    /** Sequence number of the first payload byte or control, beside what the connection expects. */
    long sequence;
    /** Acknowledgement number, beside what the connection sent. */
    long acknowledgement;
    /** First payload byte within the packet, counted over all its pieces. */
    int offset;
    /** Payload bytes that count. */
    int length;
    /** Payload of each segment of several that came as one, 0 if it came alone. */
    int unitBytes;

    private @Nullable PacketBuffer packet;

    /** Takes a packet, one buffer or a chain, with a sound header in the first. */
    void set(
            PacketBuffer taken,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int ipTrafficClass) {
        trafficClass = ipTrafficClass;
        long header = taken.address();
        packet = taken;
        localHigh = destinationHigh;
        localLow = destinationLow;
        localPort = TcpHeader.destinationPort(header);
        remoteHigh = sourceHigh;
        remoteLow = sourceLow;
        remotePort = TcpHeader.sourcePort(header);
        wireSequence = TcpHeader.sequence(header);
        wireAcknowledgement = TcpHeader.acknowledgement(header);
        flags = TcpHeader.flags(header);
        windowField = TcpHeader.window(header);
        urgentPointer = TcpHeader.urgentPointer(header);
        offset = TcpHeader.headerBytes(header);
        length = PacketChain.bytes(taken) - offset;
        unitBytes = taken.segmentBytes();
        options.read(header);
    }

    /** Sets the four-tuple alone: what a connection that we begin is made from. */
    void setAddresses(long fromHigh, long fromLow, int fromPort, long toHigh, long toLow, int toPort) {
        localHigh = fromHigh;
        localLow = fromLow;
        localPort = fromPort;
        remoteHigh = toHigh;
        remoteLow = toLow;
        remotePort = toPort;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    void clear(int flag) {
        flags &= ~flag;
    }

    /** Returns SEG.LEN: payload and the controls that occupy sequence space (RFC 9293, 3.4). */
    int sequenceLength() {
        return length + (has(TcpHeader.SYN) ? 1 : 0) + (has(TcpHeader.FIN) ? 1 : 0);
    }

    /** Returns the payload of the largest segment in it. */
    int fullBytes() {
        return unitBytes == 0 ? length : Math.min(length, unitBytes);
    }

    /** Returns how many segments of the sender's these are, at least 1. */
    int count() {
        return length <= unitBytes || unitBytes == 0 ? 1 : (length + unitBytes - 1) / unitBytes;
    }

    /** Drops payload bytes from the front, at most all. */
    void trimFront(int bytes) {
        sequence += bytes;
        offset += bytes;
        length -= bytes;
    }

    /** Drops payload from the back, and a FIN behind it. */
    void trimTo(int bytes) {
        length = bytes;
        clear(TcpHeader.FIN);
    }

    /** Returns whether less than one {@code divisor}th of the pool that the packet came from is free. */
    boolean poolIsBelow(int divisor) {
        PacketBuffer held = packet;
        return held != null && held.pool().freeCount() < held.pool().count() / divisor;
    }

    /** Returns how many bytes of buffers are free in the pool that the packet came from. */
    long poolFreeBytes() {
        PacketBuffer held = packet;
        return held == null ? 0 : (long) held.pool().freeCount() * held.pool().slotBytes();
    }

    /** Returns how many buffers the packet takes. */
    int pieces() {
        PacketBuffer held = packet;
        return held == null ? 0 : PacketChain.pieces(held);
    }

    /** Gives the packet to a new owner. */
    PacketBuffer take() {
        PacketBuffer given = packet;
        if (given == null) {
            throw new IllegalStateException("bug: the segment's packet was taken before");
        }
        packet = null;
        return given;
    }

    /** Releases the packet unless somebody took it. */
    void release() {
        PacketBuffer left = packet;
        if (left != null) {
            packet = null;
            left.release();
        }
    }
}
