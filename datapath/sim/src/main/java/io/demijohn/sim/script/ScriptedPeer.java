package io.demijohn.sim.script;

import io.demijohn.sim.Pattern;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The peer of a script: turns segments into frames and back, byte by byte and with a checksum of its own, so that it does
 * not inherit the stack's mistakes.
 *
 * <p>Owned by one {@link ScriptRunner}; one thread. Learns the stack's initial sequence number, port and window scale from
 * its SYN.
 */
final class ScriptedPeer {
    static final int ADDRESS = 0x0A000001;
    static final int STACK_ADDRESS = 0x0A000002;
    static final long STACK_STATION = 0x02_00_00_00_00_01L;

    private static final int INITIAL_SEQUENCE = 0xFFFF_F000; // wraps soon
    private static final int DEFAULT_WINDOW = 65535;
    private static final int ETHERNET_BYTES = 14;
    private static final int IP_BYTES = 20;
    private static final int TCP_BYTES = 20;
    private static final int TCP = 6;

    private final Pattern ours;
    private final Pattern stacks;
    private int peerPort = 5000;
    private int stackPort = 80;
    private int stackSequence;
    private boolean stackSequenceKnown;
    private int stackScale;
    private int peerScale;
    private boolean stackOffersScale;
    private boolean peerOffersScale;

    /** Makes a peer that sends {@code ours} and expects {@code stacks}. */
    ScriptedPeer(Pattern ours, Pattern stacks) {
        this.ours = ours;
        this.stacks = stacks;
    }

    /** The stack connects from {@code stackSide} to {@code peerSide}. */
    void ports(int stackSide, int peerSide) {
        stackPort = stackSide;
        peerPort = peerSide;
    }

    /** Returns the frame that carries {@code segment} to the stack. */
    byte[] encode(Segment segment) {
        int optionBytes = (segment.mss() == Segment.UNSET ? 0 : 4) + (segment.scale() == Segment.UNSET ? 0 : 4);
        int headerBytes = TCP_BYTES + optionBytes;
        int tcpBytes = headerBytes + segment.length();
        ByteBuffer frame = ByteBuffer.allocate(ETHERNET_BYTES + IP_BYTES + tcpBytes);
        frame.putShort((short) (STACK_STATION >>> 32)).putInt((int) STACK_STATION);
        frame.putShort((short) (STACK_STATION >>> 32))
                .putInt((int) STACK_STATION + 1)
                .putShort((short) 0x0800);
        frame.putShort((short) 0x4500).putShort((short) (IP_BYTES + tcpBytes)).putInt(0);
        frame.put((byte) 64).put((byte) TCP).putShort((short) 0).putInt(ADDRESS).putInt(STACK_ADDRESS);
        frame.putShort(24, (short) ~sum(frame.array(), ETHERNET_BYTES, IP_BYTES, 0));
        putTcp(frame, segment, headerBytes);
        if (segment.has(Segment.SYN)) {
            peerOffersScale = segment.scale() != Segment.UNSET;
            peerScale = peerOffersScale ? segment.scale() : 0;
        }
        int tcpAt = ETHERNET_BYTES + IP_BYTES;
        int checksum = ~sum(frame.array(), tcpAt, tcpBytes, pseudo(tcpBytes));
        frame.putShort(tcpAt + 16, (short) (segment.checksumWrong() ? checksum + 1 : checksum));
        return frame.array();
    }

    /** Returns the segment in a frame from the stack, or null if it carries no TCP. Fails if anything in it is wrong. */
    @Nullable
    Segment decode(byte[] bytes) {
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        if (frame.getShort(12) != 0x0800 || bytes[23] != TCP) {
            return null;
        }
        int tcpAt = ETHERNET_BYTES + IP_BYTES;
        int tcpBytes = (frame.getShort(16) & 0xffff) - IP_BYTES;
        require(bytes.length == tcpAt + tcpBytes, "IP total length");
        require(sum(bytes, ETHERNET_BYTES, IP_BYTES, 0) == 0xffff, "IP checksum");
        require(sum(bytes, tcpAt, tcpBytes, pseudo(tcpBytes)) == 0xffff, "TCP checksum");
        int flags = bytes[tcpAt + 13] & 0x3f;
        int headerBytes = ((bytes[tcpAt + 12] & 0xf0) >>> 4) * 4;
        int sequence = frame.getInt(tcpAt + 4);
        int mss = Segment.UNSET;
        int scale = Segment.UNSET;
        for (int at = tcpAt + TCP_BYTES; at < tcpAt + headerBytes && bytes[at] != 0; ) {
            if (bytes[at] == 1) {
                at++;
                continue;
            }
            mss = bytes[at] == 2 ? frame.getShort(at + 2) & 0xffff : mss;
            scale = bytes[at] == 3 ? bytes[at + 2] : scale;
            require(bytes[at + 1] >= 2, "option length");
            at += bytes[at + 1];
        }
        boolean syn = (flags & Segment.SYN) != 0;
        if (syn) {
            stackSequence = sequence;
            stackSequenceKnown = true;
            stackOffersScale = scale != Segment.UNSET;
            stackScale = stackOffersScale ? scale : 0;
            stackPort = frame.getShort(tcpAt) & 0xffff;
        }
        int shift = !syn && stackOffersScale && peerOffersScale ? stackScale : 0;
        int length = tcpBytes - headerBytes;
        int seq = sequence - stackSequence;
        if (length > 0 && stackSequenceKnown && seq > 0) {
            int wrong = stacks.mismatch(seq - 1, bytes, tcpAt + headerBytes, length);
            require(wrong < 0, "payload byte " + wrong);
        }
        int ack = (flags & Segment.ACK) == 0 ? Segment.UNSET : frame.getInt(tcpAt + 8) - INITIAL_SEQUENCE;
        int window = (frame.getShort(tcpAt + 14) & 0xffff) << shift;
        return new Segment(flags, seq, ack, length, window, mss, scale, Segment.UNSET, false);
    }

    private void putTcp(ByteBuffer frame, Segment segment, int headerBytes) {
        boolean syn = segment.has(Segment.SYN);
        int shift = !syn && stackOffersScale && peerOffersScale ? peerScale : 0;
        int window = segment.window() == Segment.UNSET ? DEFAULT_WINDOW : segment.window() >> shift;
        int seq = segment.seq() == Segment.UNSET ? 0 : segment.seq();
        int ack = segment.ack() == Segment.UNSET ? 0 : stackSequence + segment.ack();
        frame.putShort((short) peerPort);
        frame.putShort((short) (segment.port() == Segment.UNSET ? stackPort : segment.port()));
        frame.putInt(INITIAL_SEQUENCE + seq).putInt(ack);
        frame.put((byte) ((headerBytes / 4) << 4)).put((byte) segment.flags());
        frame.putShort((short) window).putInt(0);
        if (segment.mss() != Segment.UNSET) {
            frame.put((byte) 2).put((byte) 4).putShort((short) segment.mss());
        }
        if (segment.scale() != Segment.UNSET) {
            frame.put((byte) 1).put((byte) 3).put((byte) 3).put((byte) segment.scale());
        }
        if (segment.length() > 0) {
            frame.put(ours.array(), ours.offset(Math.max(0, seq - 1)), segment.length());
        }
    }

    private static int pseudo(int tcpBytes) {
        return (ADDRESS >>> 16)
                + (ADDRESS & 0xffff)
                + (STACK_ADDRESS >>> 16)
                + (STACK_ADDRESS & 0xffff)
                + TCP
                + tcpBytes;
    }

    /** Returns the ones' complement sum of the bytes, not complemented. */
    private static int sum(byte[] bytes, int from, int length, int start) {
        int total = start;
        for (int index = 0; index < length; index++) {
            int value = bytes[from + index] & 0xff;
            total += index % 2 == 0 ? value << 8 : value;
            total = (total & 0xffff) + (total >>> 16);
        }
        return (total & 0xffff) + (total >>> 16);
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new ScriptException("a frame from the stack has a wrong " + what);
        }
    }
}
