package io.demijohn.stack.tcp;

import io.demijohn.device.PacketBuffer;
import io.demijohn.device.VirtioNetHeader;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.ip.IpOutput;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.wire.Checksum;
import io.demijohn.stack.wire.TcpHeader;
import io.demijohn.stack.wire.TcpHeaderOptions;
import org.jspecify.annotations.Nullable;

/**
 * Writes segments into fresh packets and gives them to IP.
 *
 * <p>Knows headers and checksums, not when to send. Each method returns whether it could: no packet buffer, no segment, and
 * nothing changed. Owned by {@link Tcp}; driver only; never allocates.
 */
final class SegmentWriter {
    private static final int PROTOCOL = 6;
    private static final int IPV4_AND_TCP_BYTES = 40;
    private static final int IPV6_AND_TCP_BYTES = 60;

    private final IpOutput output;
    private final boolean fillChecksum;
    private final TcpCounters counters;

    SegmentWriter(IpOutput output, boolean fillChecksum, TcpCounters counters) {
        this.output = output;
        this.fillChecksum = fillChecksum;
        this.counters = counters;
    }

    /** Returns the most payload bytes of one segment towards a peer, by the MTU. */
    int mssOf(long remoteHigh, long remoteLow) {
        return output.mtuBytes(remoteHigh, remoteLow) - headerBytes(remoteHigh, remoteLow);
    }

    /** Returns the most payload bytes of one segment that we take from a peer, by the link's MTU. */
    int linkMssOf(long remoteHigh, long remoteLow) {
        return output.linkMtuBytes(remoteHigh, remoteLow) - headerBytes(remoteHigh, remoteLow);
    }

    private static int headerBytes(long remoteHigh, long remoteLow) {
        return IpAddress.isIpv4(remoteHigh, remoteLow) ? IPV4_AND_TCP_BYTES : IPV6_AND_TCP_BYTES;
    }

    /** Returns how many payload bytes fit into the largest packet that a device cuts, which IP makes of {@code packetBytes}. */
    static int payloadOf(TcpConnection connection, int packetBytes) {
        return packetBytes - headerBytes(connection.remoteHigh, connection.remoteLow) - connection.nextOptionBytes();
    }

    /** Writes a SYN or SYN-ACK with the options that we offer or that both ends have. */
    boolean syn(TcpConnection connection, int flags, int windowField, long nowNanos) {
        PacketBuffer packet = output.allocate();
        if (packet == null) {
            return false;
        }
        long header = packet.append(TcpHeader.BYTES + TcpHeaderOptions.SYN_BYTES_MAX);
        boolean answers = (flags & TcpHeader.ACK) != 0;
        int optionBytes = TcpHeaderOptions.putSyn(
                header + TcpHeader.BYTES,
                connection.receiveMss,
                connection.receiveScale,
                connection.sackOn,
                connection.timestampsOn,
                connection.timestampValue(nowNanos),
                answers ? connection.timestampRecent : 0);
        int headerBytes = TcpHeader.BYTES + optionBytes;
        packet.trimTo(headerBytes);
        int acknowledgement = answers ? (int) connection.receiveNext : 0;
        TcpHeader.put(
                header,
                connection.localPort,
                connection.remotePort,
                (int) connection.sendInitial,
                acknowledgement,
                headerBytes,
                flags,
                windowField);
        send(packet, connection, nowNanos);
        return true;
    }

    /** Answers a SYN with a cookie. */
    boolean cookie(Segment syn, SynCookies cookie, int mss, int shift, int windowField, long nowNanos) {
        PacketBuffer packet = output.allocate();
        if (packet == null) {
            return false;
        }
        long header = packet.append(TcpHeader.BYTES + TcpHeaderOptions.SYN_BYTES_MAX);
        int headerBytes = TcpHeader.BYTES
                + TcpHeaderOptions.putSyn(
                        header + TcpHeader.BYTES,
                        mss,
                        shift,
                        cookie.sackOn,
                        cookie.timestampsOn,
                        cookie.timestampValue,
                        syn.options.timestampValue());
        packet.trimTo(headerBytes);
        TcpHeader.put(
                header,
                syn.localPort,
                syn.remotePort,
                cookie.sequence,
                syn.wireSequence + 1,
                headerBytes,
                TcpHeader.SYN | TcpHeader.ACK | (cookie.ecnOn ? TcpHeader.ECE : 0),
                windowField);
        send(packet, syn.localHigh, syn.localLow, syn.remoteHigh, syn.remoteLow, 0, nowNanos);
        return true;
    }

    /**
     * Writes {@code length} bytes of the send queue, or none, from {@code sequence} on. With URG the pointer leads behind the
     * last urgent byte, as all implementations have it (RFC 6093, 3.4).
     */
    boolean segment(
            TcpConnection connection,
            long sequence,
            int length,
            int flags,
            int windowField,
            int trafficClass,
            long nowNanos) {
        PacketBuffer packet = output.allocate();
        if (packet == null) {
            return false;
        }
        int headerBytes = TcpHeader.BYTES + connection.nextOptionBytes();
        long header = packet.append(headerBytes + length);
        putHeader(connection, header, sequence, headerBytes, flags, windowField);
        if ((flags & TcpHeader.URG) != 0) {
            TcpHeader.putUrgentPointer(header, (int) (connection.urgentEnd() - sequence));
        }
        if (headerBytes > TcpHeader.BYTES) {
            putOptions(connection, header + TcpHeader.BYTES, nowNanos);
        }
        if (length > 0) {
            connection.sendQueue().copyTo(sequence - connection.sendInitial - 1, length, header + headerBytes);
        }
        send(
                packet,
                connection.localHigh,
                connection.localLow,
                connection.remoteHigh,
                connection.remoteLow,
                trafficClass,
                nowNanos);
        return true;
    }

    /**
     * Writes {@code length} bytes of the send queue from {@code sequence} on as one packet that the device cuts into segments
     * of {@code unitBytes}, the last one of what is left.
     */
    boolean segments(
            TcpConnection connection,
            long sequence,
            int length,
            int unitBytes,
            int flags,
            int windowField,
            int trafficClass,
            long nowNanos) {
        int headerBytes = TcpHeader.BYTES + connection.nextOptionBytes();
        PacketBuffer head = chain(headerBytes + length);
        if (head == null) {
            return false;
        }
        long header = head.address();
        putHeader(connection, header, sequence, headerBytes, flags, windowField);
        putOptions(connection, header + TcpHeader.BYTES, nowNanos);
        long position = sequence - connection.sendInitial - 1;
        int skip = headerBytes;
        for (PacketBuffer piece = head; piece != null; piece = piece.more) {
            int bytes = piece.length() - skip;
            connection.sendQueue().copyTo(position, bytes, piece.address() + skip);
            position += bytes;
            skip = 0;
        }
        wantChecksum(
                head,
                connection.localHigh,
                connection.localLow,
                connection.remoteHigh,
                connection.remoteLow,
                headerBytes + length);
        boolean ipv4 = IpAddress.isIpv4(connection.remoteHigh, connection.remoteLow);
        int kind = ipv4 ? VirtioNetHeader.TCP4 : VirtioNetHeader.TCP6;
        head.wantSegments((flags & TcpHeader.CWR) != 0 ? kind | VirtioNetHeader.ECN : kind, unitBytes);
        counters.segmentsSent += (length + unitBytes - 1) / unitBytes;
        counters.packetsSentTogether++;
        output.send(
                head,
                connection.localHigh,
                connection.localLow,
                connection.remoteHigh,
                connection.remoteLow,
                PROTOCOL,
                trafficClass,
                nowNanos);
        return true;
    }

    /** Returns as many buffers as {@code bytes} need, their windows set, or null. */
    private @Nullable PacketBuffer chain(int bytes) {
        PacketBuffer head = null;
        PacketBuffer last = null;
        for (int left = bytes; left > 0; ) {
            PacketBuffer piece = output.allocate();
            if (piece == null) {
                PacketChain.release(head);
                return null;
            }
            int part = Math.min(left, piece.tailroom());
            piece.append(part);
            left -= part;
            if (last == null) {
                head = piece;
            } else {
                last.more = piece;
            }
            last = piece;
        }
        return head;
    }

    private static void putHeader(
            TcpConnection connection, long header, long sequence, int headerBytes, int flags, int windowField) {
        TcpHeader.put(
                header,
                connection.localPort,
                connection.remotePort,
                (int) sequence,
                (int) connection.receiveNext,
                headerBytes,
                flags,
                windowField);
    }

    private static void putOptions(TcpConnection connection, long address, long nowNanos) {
        long at = address;
        if (connection.timestampsOn) {
            TcpHeaderOptions.putTimestamps(at, connection.timestampValue(nowNanos), connection.timestampRecent);
            at += TcpHeaderOptions.TIMESTAMPS_BYTES;
        }
        SackReport report = connection.sackReport;
        int blocks = report == null ? 0 : report.blocks(connection.sackBlocksMax());
        if (report != null && blocks > 0) {
            report.write(at, blocks);
        }
    }

    /** Writes an RST with our number, an acknowledgement, and timestamps if they are agreed on (RFC 7323, 3.2). */
    boolean reset(TcpConnection connection, int sequence, long nowNanos) {
        int optionBytes = connection.timestampsOn ? TcpHeaderOptions.TIMESTAMPS_BYTES : 0;
        PacketBuffer packet = bare(
                connection.localPort,
                connection.remotePort,
                sequence,
                (int) connection.receiveNext,
                optionBytes,
                TcpHeader.RST | TcpHeader.ACK,
                0);
        if (packet == null) {
            return false;
        }
        if (connection.timestampsOn) {
            long at = packet.address() + TcpHeader.BYTES;
            TcpHeaderOptions.putTimestamps(at, connection.timestampValue(nowNanos), connection.timestampRecent);
        }
        send(packet, connection, nowNanos);
        return true;
    }

    /** Writes what TIME_WAIT answers: an acknowledgement with the connection's last numbers. */
    boolean timeWaitAck(TimeWait entry, long nowNanos) {
        int optionBytes = entry.timestampsOn ? TcpHeaderOptions.TIMESTAMPS_BYTES : 0;
        PacketBuffer packet = bare(
                entry.localPort,
                entry.remotePort,
                (int) entry.sendNext,
                (int) entry.receiveNext,
                optionBytes,
                TcpHeader.ACK,
                entry.window);
        if (packet == null) {
            return false;
        }
        if (entry.timestampsOn) {
            long at = packet.address() + TcpHeader.BYTES;
            TcpHeaderOptions.putTimestamps(at, entry.timestampValue(nowNanos), entry.timestampRecent);
        }
        send(packet, entry, nowNanos);
        return true;
    }

    /** Answers a segment that belongs nowhere with an RST (RFC 9293, 3.10.7.1). */
    void reset(Segment segment, long nowNanos) {
        boolean acknowledges = segment.has(TcpHeader.ACK);
        PacketBuffer packet = bare(
                segment.localPort,
                segment.remotePort,
                acknowledges ? segment.wireAcknowledgement : 0,
                acknowledges ? 0 : segment.wireSequence + segment.sequenceLength(),
                0,
                acknowledges ? TcpHeader.RST : TcpHeader.RST | TcpHeader.ACK,
                0);
        if (packet == null) {
            counters.dropNoBuffer++;
            return;
        }
        counters.resetsSent++;
        send(packet, segment.localHigh, segment.localLow, segment.remoteHigh, segment.remoteLow, 0, nowNanos);
    }

    private @Nullable PacketBuffer bare(
            int localPort,
            int remotePort,
            int sequence,
            int acknowledgement,
            int optionBytes,
            int flags,
            int windowField) {
        PacketBuffer packet = output.allocate();
        if (packet != null) {
            int headerBytes = TcpHeader.BYTES + optionBytes;
            long header = packet.append(headerBytes);
            TcpHeader.put(header, localPort, remotePort, sequence, acknowledgement, headerBytes, flags, windowField);
        }
        return packet;
    }

    private void send(PacketBuffer packet, Flow flow, long nowNanos) {
        send(packet, flow.localHigh, flow.localLow, flow.remoteHigh, flow.remoteLow, flow.trafficClass, nowNanos);
    }

    private void send(
            PacketBuffer packet,
            long localHigh,
            long localLow,
            long remoteHigh,
            long remoteLow,
            int trafficClass,
            long nowNanos) {
        long header = packet.address();
        if (fillChecksum) {
            TcpHeader.putChecksum(
                    header,
                    Checksum.transport(localHigh, localLow, remoteHigh, remoteLow, PROTOCOL, header, packet.length()));
        } else {
            wantChecksum(packet, localHigh, localLow, remoteHigh, remoteLow, packet.length());
        }
        counters.segmentsSent++;
        output.send(packet, localHigh, localLow, remoteHigh, remoteLow, PROTOCOL, trafficClass, nowNanos);
    }

    /** Leaves the checksum of a packet of {@code bytes} to the device. */
    private static void wantChecksum(
            PacketBuffer packet, long localHigh, long localLow, long remoteHigh, long remoteLow, int bytes) {
        int pseudo = Checksum.pseudo(localHigh, localLow, remoteHigh, remoteLow, PROTOCOL, bytes);
        TcpHeader.putChecksum(packet.address(), Checksum.fold(pseudo));
        packet.wantChecksum(0, TcpHeader.CHECKSUM);
    }
}
