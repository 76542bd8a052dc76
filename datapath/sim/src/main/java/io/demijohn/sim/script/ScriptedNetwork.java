package io.demijohn.sim.script;

import io.demijohn.stack.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The network between a script's peer and the stack: addresses, Ethernet and IP headers of both families, checksums, all by
 * a codec of its own, so that it does not inherit the stack's mistakes.
 *
 * <p>The stack is host 2, the peer host 1 unless a packet says otherwise: 10.0.0.N/24 or fd00::N/64. Immutable.
 */
final class ScriptedNetwork {
    static final long STACK_STATION = 0x02_00_00_00_00_01L;
    static final int STACK_HOST = 2;
    static final int PEER_HOST = 1;
    static final int ICMP = 1;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMP_OF_SIX = 58;

    private static final int ETHERNET_BYTES = 14;
    private static final int FOUR_BYTES = 20;
    private static final int SIX_BYTES = 40;
    private static final int TYPE_FOUR = 0x0800;
    private static final int TYPE_SIX = 0x86DD;
    private static final int HOPS = 64;

    private final boolean six;

    ScriptedNetwork(boolean six) {
        this.six = six;
    }

    /** A packet from the stack, without its IP header. */
    static final class Received {
        final int protocol;
        final int host;
        final byte[] transport;
        private final byte[] header;

        Received(int protocol, int host, byte[] header, byte[] transport) {
            this.protocol = protocol;
            this.host = host;
            this.header = header;
            this.transport = transport;
        }

        /** Adds what the IP header says. */
        Packet describe(Packet packet) {
            boolean isSix = header.length == SIX_BYTES;
            packet.with(Field.ECN, (isSix ? header[1] >> 4 : header[1]) & 3);
            packet.with(Field.TTL, header[isSix ? 7 : 8] & 0xff);
            return isSix ? packet : packet.with(Field.DF, header[6] >> 6 & 1);
        }
    }

    boolean six() {
        return six;
    }

    int prefixLength() {
        return six ? 64 : 24;
    }

    int icmpProtocol() {
        return six ? ICMP_OF_SIX : ICMP;
    }

    /** Returns the address of a host. */
    IpAddress address(int host) {
        return six ? new IpAddress(0xfd00L << 48, host) : IpAddress.ofIpv4(0x0A000000 | host);
    }

    /** Returns the frame that carries the transport's bytes to the stack; puts their checksum at {@code checksumAt}. */
    byte[] frame(Packet packet, int protocol, int host, byte[] transport, int checksumAt) {
        if (!packet.wrong.contains("no-checksum")) {
            int sum = ~sum(transport, 0, transport.length, pseudo(protocol, host, STACK_HOST, transport.length));
            int checksum = packet.wrong.contains("checksum") ? sum + 1 : sum;
            transport[checksumAt] = (byte) (checksum >> 8);
            transport[checksumAt + 1] = (byte) checksum;
        }
        byte[] header = ipHeader(protocol, host, STACK_HOST, transport.length, packet);
        ByteBuffer frame =
                ByteBuffer.allocate(ETHERNET_BYTES + header.length + transport.length + packet.get(Field.PAD, 0));
        frame.putShort((short) (STACK_STATION >>> 32)).putInt((int) STACK_STATION);
        frame.putShort((short) (STACK_STATION >>> 32)).putInt((int) STACK_STATION + 1);
        frame.putShort((short) (six ? TYPE_SIX : TYPE_FOUR)).put(header).put(transport);
        return frame.array();
    }

    /** Returns the IP header of a packet of so many bytes from the stack to a host, as an ICMP error quotes it. */
    byte[] quotedHeader(int protocol, int host, int packetBytes) {
        int transportBytes = packetBytes - (six ? SIX_BYTES : FOUR_BYTES);
        return ipHeader(protocol, STACK_HOST, host, transportBytes, new Packet(Packet.Kind.ICMP, ""));
    }

    /** Opens a frame from the stack; null if it carries no IP. Fails if anything in its headers is wrong. */
    @Nullable
    Received open(byte[] bytes) {
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        int type = frame.getShort(12) & 0xffff;
        if (type != (six ? TYPE_SIX : TYPE_FOUR)) {
            return null;
        }
        int headerBytes = six ? SIX_BYTES : FOUR_BYTES;
        int length = six ? frame.getShort(18) & 0xffff : (frame.getShort(16) & 0xffff) - FOUR_BYTES;
        require(bytes.length == ETHERNET_BYTES + headerBytes + length, "IP length");
        require(six || sum(bytes, ETHERNET_BYTES, FOUR_BYTES, 0) == 0xffff, "IP checksum");
        int protocol = bytes[six ? 20 : 23] & 0xff;
        int host = bytes[ETHERNET_BYTES + headerBytes - 1] & 0xff;
        byte[] header = Arrays.copyOfRange(bytes, ETHERNET_BYTES, ETHERNET_BYTES + headerBytes);
        byte[] transport = Arrays.copyOfRange(bytes, ETHERNET_BYTES + headerBytes, bytes.length);
        if (protocol == TCP || protocol == UDP || protocol == icmpProtocol()) {
            int sum = sum(transport, 0, length, pseudo(protocol, STACK_HOST, host, length));
            require(sum == 0xffff, "checksum of protocol " + protocol);
        }
        return new Received(protocol, host, header, transport);
    }

    private byte[] ipHeader(int protocol, int from, int to, int transportBytes, Packet packet) {
        int ecn = packet.get(Field.ECN, 0);
        if (six) {
            ByteBuffer header = ByteBuffer.allocate(SIX_BYTES);
            header.putInt(0x6000_0000 | ecn << 20);
            header.putShort((short) packet.get(Field.TOTAL, transportBytes));
            header.put((byte) protocol).put((byte) HOPS).put(wire(from)).put(wire(to));
            return header.array();
        }
        ByteBuffer header = ByteBuffer.allocate(FOUR_BYTES);
        header.put((byte) 0x45).put((byte) ecn);
        header.putShort((short) packet.get(Field.TOTAL, FOUR_BYTES + transportBytes))
                .putInt(0);
        header.put((byte) HOPS)
                .put((byte) protocol)
                .putShort((short) 0)
                .put(wire(from))
                .put(wire(to));
        int checksum = ~sum(header.array(), 0, FOUR_BYTES, 0);
        header.putShort(10, (short) (packet.wrong.contains("ip-checksum") ? checksum + 1 : checksum));
        return header.array();
    }

    private byte[] wire(int host) {
        byte[] address =
                six ? new byte[] {(byte) 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0} : new byte[] {10, 0, 0, 0};
        address[address.length - 1] = (byte) host;
        return address;
    }

    private int pseudo(int protocol, int from, int to, int bytes) {
        if (protocol == ICMP) {
            return 0;
        }
        byte[] addresses = ByteBuffer.allocate(32).put(wire(from)).put(wire(to)).array();
        return sum(addresses, 0, addresses.length, protocol + bytes);
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

    static void require(boolean holds, String what) {
        if (!holds) {
            throw new ScriptException("a frame from the stack has a wrong " + what);
        }
    }
}
