package io.demijohn.stack.tcp;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.wire.Checksum;
import io.demijohn.stack.wire.TcpHeader;
import io.demijohn.stack.wire.TcpHeaderOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Assertions;

/**
 * One TCP against crafted segments. Numbers are relative: the peer's stream starts after sequence number 0, ours likewise.
 *
 * <p>A segment reads {@code "A 1:11(10) ack 1 win 1000"}: flags of S F R P A, first and last number, payload bytes; {@code of
 * 1000} behind these says what a packet is to be cut into.
 */
final class TcpScript implements AutoCloseable {
    static final long MILLI = TcpPair.MILLI;
    static final long SECOND = TcpPair.SECOND;
    static final int LOCAL_PORT = 80;
    static final int PEER_PORT = 5555;
    static final int PEER_INITIAL = 0xffff_fff0; // wraps soon
    static final int PEER_WINDOW = 60_000;
    private static final int SYN_OPTION_BYTES = 4;

    final TcpHost host;
    final IpAddress peer = IpAddress.ofIpv4(0x0a00_0063);
    long now;
    int localPort = LOCAL_PORT;
    int peerPort = PEER_PORT;
    int window = PEER_WINDOW;
    private int localInitial;

    TcpScript() {
        this(TcpConfig.defaults());
    }

    TcpScript(TcpConfig config) {
        this(new TcpHost(1, config, 7, 0));
    }

    /** Takes the host over. */
    TcpScript(TcpHost host) {
        this.host = host;
    }

    /** Advances time, firing what is due at its moment. */
    void advanceTo(long untilNanos) {
        while (host.tcp.nextDeadlineNanos() <= untilNanos) {
            now = Math.max(now, host.tcp.nextDeadlineNanos());
            host.tcp.advance(now);
        }
        now = untilNanos;
    }

    /** Lets the peer send; sequence and acknowledgement are relative to the two initial numbers. */
    void inject(int flags, int sequence, int acknowledgement, int bytes) {
        PacketBuffer packet = Objects.requireNonNull(host.pool.acquire());
        boolean syn = (flags & TcpHeader.SYN) != 0;
        int headerBytes = TcpHeader.BYTES + (syn ? SYN_OPTION_BYTES : 0);
        long header = packet.append(headerBytes + bytes);
        TcpHeader.put(
                header,
                peerPort,
                localPort,
                PEER_INITIAL + sequence,
                (flags & TcpHeader.ACK) == 0 ? 0 : localInitial + acknowledgement,
                headerBytes,
                flags,
                window);
        if (syn) {
            TcpHeaderOptions.putSyn(header + TcpHeader.BYTES, 1000, -1, false, false, 0, 0);
        }
        for (int index = 0; index < bytes; index++) {
            Mem.putU8(header + headerBytes + index, (sequence + index) & 0xff);
        }
        long from = peer.low();
        long to = host.address.low();
        TcpHeader.putChecksum(header, Checksum.transport(0, from, 0, to, 6, header, packet.length()));
        host.tcp.receive(packet, 0, from, 0, to, 0, false, now);
    }

    /**
     * Lets the peer send several segments of {@code unitBytes} that arrive as one, in buffers of {@code pieceBytes}; the device
     * vouches for the checksum.
     */
    void injectTogether(int flags, int sequence, int acknowledgement, int bytes, int unitBytes, int pieceBytes) {
        PacketBuffer head = together(flags, sequence, acknowledgement, bytes, pieceBytes);
        head.markSegments(unitBytes);
        host.tcp.receive(head, 0, peer.low(), 0, host.address.low(), 0, true, now);
    }

    /** Lets one segment of the peer arrive in buffers of {@code pieceBytes}, its checksum off by {@code error}. */
    void injectInPieces(int sequence, int acknowledgement, int bytes, int pieceBytes, int error) {
        PacketBuffer head = together(TcpHeader.ACK, sequence, acknowledgement, bytes, pieceBytes);
        int segmentBytes = PacketChain.bytes(head);
        int pseudo = Checksum.pseudo(0, peer.low(), 0, host.address.low(), 6, segmentBytes);
        TcpHeader.putChecksum(head.address(), (~PacketChain.sum(head, segmentBytes, pseudo) & 0xffff) + error);
        host.tcp.receive(head, 0, peer.low(), 0, host.address.low(), 0, false, now);
    }

    /** Lets a segment arrive whose header ends in the second buffer. */
    void injectHeaderInTwo(int sequence, int acknowledgement) {
        PacketBuffer head = together(TcpHeader.ACK, sequence, acknowledgement, 100, 100);
        PacketBuffer rest = Objects.requireNonNull(host.pool.acquire());
        int split = TcpHeader.BYTES / 2;
        Mem.copy(head.address() + split, rest.append(head.length() - split), head.length() - split);
        head.trimTo(split);
        head.more = rest;
        host.tcp.receive(head, 0, peer.low(), 0, host.address.low(), 0, true, now);
    }

    private PacketBuffer together(int flags, int sequence, int acknowledgement, int bytes, int pieceBytes) {
        PacketBuffer head = Objects.requireNonNull(host.pool.acquire());
        TcpHeader.put(
                head.append(TcpHeader.BYTES),
                peerPort,
                localPort,
                PEER_INITIAL + sequence,
                localInitial + acknowledgement,
                TcpHeader.BYTES,
                flags,
                window);
        PacketBuffer last = head;
        for (int done = 0; done < bytes; ) {
            int length = Math.min(pieceBytes, bytes - done);
            if (done > 0) {
                PacketBuffer piece = Objects.requireNonNull(host.pool.acquire());
                last.more = piece;
                last = piece;
            }
            long at = last.append(length);
            for (int index = 0; index < length; index++) {
                Mem.putU8(at + index, (sequence + done + index) & 0xff);
            }
            done += length;
        }
        return head;
    }

    void ack(int sequence, int acknowledgement) {
        inject(TcpHeader.ACK, sequence, acknowledgement, 0);
    }

    /** Returns what was sent since the last call, and forgets it. */
    List<String> sent() {
        List<String> lines = new ArrayList<>();
        PacketBuffer segment = host.sent.poll();
        while (segment != null) {
            lines.add(text(segment));
            segment.release();
            segment = host.sent.poll();
        }
        return lines;
    }

    /** Checks that exactly these segments were sent since the last look; the window is not compared. */
    void expect(String... lines) {
        Assertions.assertEquals(List.of(lines), sent());
    }

    /** Opens actively up to ESTABLISHED; the peer's MSS is 1000, without window scaling. */
    TcpConnection connectActively() {
        TcpConnection connection = beginConnect();
        inject(TcpHeader.SYN | TcpHeader.ACK, 0, 1, 0);
        expect("A 1:1(0) ack 1");
        Assertions.assertEquals(TcpState.ESTABLISHED, connection.state());
        connection.takeEvents();
        return connection;
    }

    /** Sends our SYN and learns its number. */
    TcpConnection beginConnect() {
        return beginConnect(0);
    }

    /** Opens actively with a receive buffer of that size. */
    TcpConnection connectWithBuffer(int receiveBytes) {
        TcpConnection connection = beginConnect(receiveBytes);
        inject(TcpHeader.SYN | TcpHeader.ACK, 0, 1, 0);
        sent();
        return connection;
    }

    private TcpConnection beginConnect(int receiveBytes) {
        TcpConnection connection = Objects.requireNonNull(host.tcp.connect(
                host.address, 0, false, peer, PEER_PORT, new TcpOptions(true, false, 0, receiveBytes, 0), now));
        localPort = connection.localPort();
        localInitial = (int) connection.sendInitial;
        expect("S 0:0(0)");
        return connection;
    }

    /** Lets the peer open a connection to {@code listener} up to ESTABLISHED. */
    TcpConnection acceptFrom(TcpListener listener) {
        inject(TcpHeader.SYN, 0, 0, 0);
        learnInitial();
        expect("SA 0:0(0) ack 1");
        ack(1, 1);
        TcpConnection connection = Objects.requireNonNull(listener.accept());
        connection.setNoDelay(true);
        connection.takeEvents();
        return connection;
    }

    /** Takes our initial number from the SYN that waits to be looked at. */
    void learnInitial() {
        PacketBuffer syn = Objects.requireNonNull(host.sent.peekLast());
        localInitial = TcpHeader.sequence(syn.address());
    }

    /** Returns the kinds of segments that waiting packets are to be cut into, 0 for those of one segment. */
    List<Integer> kinds() {
        return host.sent.stream().map(PacketBuffer::segmentKind).toList();
    }

    void write(TcpConnection connection, int bytes) {
        Assertions.assertEquals(bytes, host.write(connection, new byte[bytes], now));
    }

    private String text(PacketBuffer segment) {
        long header = segment.address();
        int segmentBytes = PacketChain.bytes(segment);
        int pseudo = Checksum.pseudo(0, host.address.low(), 0, peer.low(), 6, segmentBytes);
        if (segment.wantsChecksum()) {
            Assertions.assertEquals(Checksum.fold(pseudo), TcpHeader.checksum(header), "the pseudo header's sum");
        } else {
            Assertions.assertEquals(0xffff, PacketChain.sum(segment, segmentBytes, pseudo), "checksum");
        }
        int flags = TcpHeader.flags(header);
        int bytes = segmentBytes - TcpHeader.headerBytes(header);
        int sequence = TcpHeader.sequence(header) - localInitial;
        StringBuilder line = new StringBuilder();
        line.append((flags & TcpHeader.SYN) != 0 ? "S" : "")
                .append((flags & TcpHeader.FIN) != 0 ? "F" : "")
                .append((flags & TcpHeader.RST) != 0 ? "R" : "")
                .append((flags & TcpHeader.PSH) != 0 ? "P" : "")
                .append((flags & TcpHeader.ACK) != 0 ? "A" : "");
        line.append(' ')
                .append(sequence)
                .append(':')
                .append(sequence + bytes)
                .append('(')
                .append(bytes)
                .append(')');
        if (segment.segmentKind() != 0) {
            line.append(" of ").append(segment.segmentBytes());
        }
        if ((flags & TcpHeader.ACK) != 0) {
            line.append(" ack ").append(TcpHeader.acknowledgement(header) - PEER_INITIAL);
        }
        return line.toString();
    }

    @Override
    public void close() {
        host.close();
    }
}
