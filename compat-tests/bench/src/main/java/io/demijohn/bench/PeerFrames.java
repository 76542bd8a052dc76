package io.demijohn.bench;

import io.demijohn.device.Mem;
import io.demijohn.device.Region;
import io.demijohn.stack.wire.TcpHeader;
import io.demijohn.stack.wire.TcpHeaderOptions;
import java.nio.ByteBuffer;

/**
 * Frames of many peers, each a few numbers and one template for all; one thread.
 *
 * <p>Peers have addresses of 10.1.0.0/16 and the ports from 1024. The IP header's sum is mended for each peer's address,
 * the TCP checksum stays zero. With timestamps each segment echoes what the peer saw last and shows a clock that the caller
 * sets.
 */
final class PeerFrames implements AutoCloseable {
    static final int IP_OFFSET = 14;

    private static final int SOURCE_OFFSET = IP_OFFSET + 12;
    private static final int IP_CHECKSUM_OFFSET = IP_OFFSET + 10;
    private static final int IP_LENGTH_OFFSET = IP_OFFSET + 2;
    private static final int TCP_OFFSET = IP_OFFSET + 20;
    private static final int TIMESTAMPS_OFFSET = TCP_OFFSET + 20;
    private static final int TIMESTAMP_VALUE_OFFSET = TIMESTAMPS_OFFSET + 4;
    private static final int TIMESTAMP_ECHO_OFFSET = TIMESTAMPS_OFFSET + 8;
    private static final int SYN_OPTIONS_BYTES = 4 + 4 + TcpHeaderOptions.TIMESTAMPS_BYTES;
    private static final int TIMESTAMPS_KIND = 8;
    private static final int OUR_PORT = 7;
    private static final int FIRST_ADDRESS = 0x0a010000;
    private static final int FIRST_PORT = 1024;
    private static final int PORTS_OF_ONE = 32_768;
    private static final int ISN = 1000;

    private final boolean timestamps;
    private final int headersBytes;
    private final int payloadBytes;
    private final Region template;
    private final int[] sequence;
    private final int[] acknowledgement;
    private final int[] echo;
    private int clock = 1;

    PeerFrames(int count, int payloadBytes, boolean timestamps, long station, int ourAddress) {
        this.timestamps = timestamps;
        this.payloadBytes = payloadBytes;
        this.headersBytes = TCP_OFFSET + 20 + (timestamps ? TcpHeaderOptions.TIMESTAMPS_BYTES : 0);
        this.sequence = new int[count];
        this.acknowledgement = new int[count];
        this.echo = new int[count];
        byte[] bytes = template(station, ourAddress);
        this.template = Region.allocate(bytes.length);
        Mem.copyIn(bytes, 0, template.address(), bytes.length);
    }

    /** Sets the clock that timestamps show. */
    void tick(long nowNanos) {
        clock = (int) (nowNanos >> 20);
    }

    /** Returns the size of the SYN of each peer. */
    int synBytes() {
        return TCP_OFFSET + 20 + (timestamps ? SYN_OPTIONS_BYTES : 0);
    }

    /** Returns the size of a segment with payload, or without. */
    int bytes(boolean payload) {
        return headersBytes + (payload ? payloadBytes : 0);
    }

    /** Writes the SYN of a peer: window scaling and timestamps, or no option at all. */
    void writeSyn(int peer, long at) {
        writeHeaders(peer, at, synBytes(), TCP_OFFSET + 20);
        Mem.putIntBe(at + TCP_OFFSET + 4, ISN);
        Mem.putIntBe(at + TCP_OFFSET + 8, 0);
        int dataOffset = (synBytes() - TCP_OFFSET) / 4;
        Mem.putU16Be(at + TCP_OFFSET + 12, dataOffset << 12 | TcpHeader.SYN);
        if (timestamps) {
            Mem.putIntBe(at + TIMESTAMPS_OFFSET, 0x020405b4); // MSS 1460
            Mem.putIntBe(at + TIMESTAMPS_OFFSET + 4, 0x01030307); // scale 7
            Mem.putIntBe(at + TIMESTAMPS_OFFSET + 8, 0x0101080a);
            Mem.putIntBe(at + TIMESTAMPS_OFFSET + 12, clock);
            Mem.putIntBe(at + TIMESTAMPS_OFFSET + 16, 0);
        }
        sequence[peer] = ISN + 1;
    }

    /** Takes over the timestamp of our segment, and of a SYN-ACK its number. */
    void hear(int peer, long frame) {
        if ((Mem.getU8(frame + TCP_OFFSET + 13) & TcpHeader.SYN) != 0) {
            acknowledgement[peer] = Mem.getIntBe(frame + TCP_OFFSET + 4);
        }
        if (timestamps) {
            int option = TCP_OFFSET + 20;
            while (Mem.getU8(frame + option) != TIMESTAMPS_KIND) {
                option++;
            }
            echo[peer] = Mem.getIntBe(frame + option + 2);
        }
    }

    /** Moves the number that the peer's next segments acknowledge. */
    void acknowledge(int peer, int bytes) {
        acknowledgement[peer] += bytes;
    }

    /** Writes the peer's next segment. */
    void write(int peer, long at, boolean payload) {
        int bytes = bytes(payload);
        writeHeaders(peer, at, bytes, bytes);
        Mem.putIntBe(at + TCP_OFFSET + 4, sequence[peer]);
        Mem.putIntBe(at + TCP_OFFSET + 8, acknowledgement[peer]);
        if (timestamps) {
            Mem.putIntBe(at + TIMESTAMP_VALUE_OFFSET, clock);
            Mem.putIntBe(at + TIMESTAMP_ECHO_OFFSET, echo[peer]);
        }
        sequence[peer] += payload ? payloadBytes : 0;
    }

    @Override
    public void close() {
        template.close();
    }

    private void writeHeaders(int peer, long at, int bytes, int copied) {
        Mem.copy(template.address(), at, copied);
        int address = FIRST_ADDRESS + peer / PORTS_OF_ONE;
        int length = bytes - IP_OFFSET;
        int sum = Mem.getU16Be(at + IP_CHECKSUM_OFFSET) + (address >>> 16) + (address & 0xffff) + length;
        sum = (sum & 0xffff) + (sum >>> 16);
        Mem.putU16Be(at + IP_CHECKSUM_OFFSET, ~((sum & 0xffff) + (sum >>> 16)));
        Mem.putU16Be(at + IP_LENGTH_OFFSET, length);
        Mem.putIntBe(at + SOURCE_OFFSET, address);
        Mem.putU16Be(at + TCP_OFFSET, FIRST_PORT + peer % PORTS_OF_ONE);
    }

    /** A segment of zeros; in place of the IP header's sum stands the part that is the same for every peer, not inverted. */
    private byte[] template(long station, int ourAddress) {
        ByteBuffer frame = ByteBuffer.allocate(headersBytes + payloadBytes);
        frame.putShort((short) (station >>> 32)).putInt((int) station);
        frame.putShort((short) (station >>> 32)).putInt((int) station);
        frame.putShort((short) 0x0800);
        frame.putShort((short) 0x4500).putShort((short) 0).putInt(0x4000);
        frame.put((byte) 64).put((byte) 6).putShort((short) 0);
        frame.putInt(0).putInt(ourAddress);
        int sum = 0;
        for (int index = IP_OFFSET; index < TCP_OFFSET; index += 2) {
            sum += frame.getShort(index) & 0xffff;
        }
        frame.putShort(IP_CHECKSUM_OFFSET, (short) ((sum & 0xffff) + (sum >>> 16)));
        frame.putShort((short) 0).putShort((short) OUR_PORT).putInt(0).putInt(0);
        int dataOffset = (headersBytes - TCP_OFFSET) / 4;
        frame.putShort((short) (dataOffset << 12 | TcpHeader.ACK | TcpHeader.PSH))
                .putShort((short) 0xffff);
        frame.putInt(0);
        if (timestamps) {
            frame.putInt(0x0101080a);
        }
        return frame.array();
    }
}
