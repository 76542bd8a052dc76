package io.demijohn.sim.script;

import io.demijohn.sim.Pattern;
import io.demijohn.sim.script.Packet.Kind;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The peer's end of one connection: turns packets into TCP bytes and back, and knows what numbers are relative to.
 *
 * <p>Owned by the {@link ScriptedPeer}; one thread. Learns the stack's initial sequence number, first timestamp and window
 * scale from its SYN.
 */
final class PeerFlow {
    private static final int INITIAL_SEQUENCE = 0xFFFF_F000; // wraps soon
    private static final int INITIAL_TIMESTAMP = 0xFFFF_FF00; // wraps soon
    private static final int DEFAULT_WINDOW = 65535;
    private static final int HEADER_BYTES = 20;
    private static final int OPTION_BYTES_MAX = 40;

    final String name;
    int host;
    int peerPort;
    int stackPort;

    private final Pattern ours;
    private final Pattern stacks;
    private int stackSequence;
    private boolean stackSequenceKnown;
    private int stackTimestamp;
    private boolean stackTimestampKnown;
    private int stackTimestampLast;
    private int stackScale = Packet.ABSENT;
    private int peerScale = Packet.ABSENT;

    /** Makes the end of a connection that sends {@code ours} and expects {@code stacks}. */
    PeerFlow(String name, int host, int peerPort, int stackPort, Pattern ours, Pattern stacks) {
        this.name = name;
        this.host = host;
        this.peerPort = peerPort;
        this.stackPort = stackPort;
        this.ours = ours;
        this.stacks = stacks;
    }

    /** Returns the wire's number of a stack's relative one. */
    int stackSequence(int relative) {
        return stackSequence + relative;
    }

    /** Returns the TCP bytes of a packet to the stack, their checksum 0. */
    byte[] encode(Packet packet) {
        byte[] options = options(packet);
        int headerBytes = HEADER_BYTES + options.length;
        ByteBuffer bytes = ByteBuffer.allocate(headerBytes + packet.get(Field.LEN, 0));
        boolean syn = packet.has(Packet.SYN);
        if (syn) {
            peerScale = packet.get(Field.SCALE, Packet.ABSENT);
        }
        int shift = !syn && scales() ? peerScale : 0;
        int seq = packet.get(Field.SEQ, 0);
        int offset = packet.get(Field.OFFSET, headerBytes / 4);
        bytes.putShort((short) peerPort);
        bytes.putShort((short) packet.get(Field.TO, stackPort));
        bytes.putInt(INITIAL_SEQUENCE + seq);
        bytes.putInt(packet.has(Field.ACK) ? stackSequence + packet.get(Field.ACK, 0) : 0);
        bytes.put((byte) (offset << 4 | packet.get(Field.RESERVED, 0))).put((byte) packet.flags);
        bytes.putShort((short) (packet.has(Field.WIN) ? packet.get(Field.WIN, 0) >> shift : DEFAULT_WINDOW));
        bytes.putShort((short) 0).putShort((short) packet.get(Field.UP, 0)).put(options);
        bytes.put(ours.array(), ours.offset(Math.max(0, seq - 1)), bytes.remaining());
        return bytes.array();
    }

    /** Returns the packet in TCP bytes from the stack. Fails if anything in it is wrong. */
    Packet decode(byte[] tcp) {
        ByteBuffer bytes = ByteBuffer.wrap(tcp);
        Packet packet = new Packet(Kind.TCP, name);
        packet.flags = tcp[13] & 0xff;
        int headerBytes = ((tcp[12] & 0xf0) >>> 4) * 4;
        int sequence = bytes.getInt(4);
        readOptions(packet, bytes, headerBytes);
        if (packet.has(Packet.SYN)) {
            stackSequence = sequence;
            stackSequenceKnown = true;
            stackScale = packet.get(Field.SCALE, Packet.ABSENT);
        }
        int shift = !packet.has(Packet.SYN) && scales() ? stackScale : 0;
        int length = tcp.length - headerBytes;
        int seq = sequence - stackSequence;
        if (length > 0 && stackSequenceKnown && seq > 0) {
            int wrong = stacks.mismatch(seq - 1, tcp, headerBytes, length);
            ScriptedNetwork.require(wrong < 0, "payload byte " + wrong);
        }
        packet.with(Field.SEQ, seq);
        packet.with(Field.WIN, (bytes.getShort(14) & 0xffff) << shift);
        packet.with(Field.RESERVED, tcp[12] & 0xf).with(Field.UP, bytes.getShort(18));
        if (packet.has(Packet.ACK)) {
            packet.with(Field.ACK, bytes.getInt(8) - INITIAL_SEQUENCE);
        } else {
            ScriptedNetwork.require(bytes.getInt(8) == 0, "acknowledgement number without ACK");
        }
        return length == 0 ? packet : packet.with(Field.LEN, length);
    }

    private boolean scales() {
        return stackScale != Packet.ABSENT && peerScale != Packet.ABSENT;
    }

    /** Each option as most stacks lay it out, the unnamed ones of the script first. */
    private byte[] options(Packet packet) {
        ByteBuffer options = ByteBuffer.allocate(OPTION_BYTES_MAX);
        options.put(packet.rawOptions);
        if (packet.has(Field.MSS)) {
            options.put((byte) 2).put((byte) 4).putShort((short) packet.get(Field.MSS, 0));
        }
        if (packet.has(Field.SACKOK)) {
            options.put((byte) 4).put((byte) 2);
        }
        if (packet.has(Field.TS)) {
            int echo = packet.get(Field.ECHO, 0);
            options.put((byte) 8).put((byte) 10).putInt(INITIAL_TIMESTAMP + packet.get(Field.TS, 0));
            options.putInt(echo == Packet.LAST ? stackTimestampLast : echo == Packet.ANY ? 0 : stackTimestamp + echo);
        }
        if (packet.has(Field.SCALE)) {
            options.put((byte) 3).put((byte) 3).put((byte) packet.get(Field.SCALE, 0));
        }
        if (!packet.sack.isEmpty()) {
            options.put((byte) 5).put((byte) (2 + 4 * packet.sack.size()));
            for (int edge : packet.sack) {
                options.putInt(stackSequence + edge);
            }
        }
        while (options.position() % 4 != 0) {
            options.put((byte) 1);
        }
        return Arrays.copyOf(options.array(), options.position());
    }

    private void readOptions(Packet packet, ByteBuffer bytes, int headerBytes) {
        for (int at = HEADER_BYTES; at < headerBytes && bytes.get(at) != 0; ) {
            int length = bytes.get(at) == 1 ? 1 : bytes.get(at + 1);
            ScriptedNetwork.require(length >= 1 && at + length <= headerBytes, "option length");
            switch (bytes.get(at)) {
                case 1 -> {}
                case 2 -> packet.with(Field.MSS, bytes.getShort(at + 2) & 0xffff);
                case 3 -> packet.with(Field.SCALE, bytes.get(at + 2));
                case 4 -> packet.with(Field.SACKOK, 1);
                case 5 -> {
                    for (int edge = 2; edge < length; edge += 4) {
                        packet.sack.add(bytes.getInt(at + edge) - INITIAL_SEQUENCE);
                    }
                }
                case 8 -> readTimestamps(packet, bytes.getInt(at + 2), bytes.getInt(at + 6));
                default -> ScriptedNetwork.require(false, "option " + bytes.get(at));
            }
            at += length;
        }
    }

    private void readTimestamps(Packet packet, int value, int echo) {
        if (!stackTimestampKnown) {
            stackTimestamp = value;
            stackTimestampKnown = true;
        }
        stackTimestampLast = value;
        packet.with(Field.TS, value - stackTimestamp);
        packet.with(Field.ECHO, packet.has(Packet.ACK) ? echo - INITIAL_TIMESTAMP : echo);
    }
}
