package io.demijohn.stack;

import java.nio.ByteBuffer;

/** Frames made by hand, byte by byte, with a checksum of their own: an independent judge of what the stack reads and writes. */
public final class Frames {
    public static final long OUR_MAC = 0x02_00_00_00_00_01L;
    public static final long PEER_MAC = 0x02_00_00_00_00_02L;
    public static final int OUR_IP = 0x0A4D0002;
    public static final int PEER_IP = 0x0A4D0001;

    private Frames() {}

    public static byte[] ethernet(long target, long source, int type, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(14 + payload.length);
        station(frame, target);
        station(frame, source);
        return frame.putShort((short) type).put(payload).array();
    }

    public static byte[] arp(int operation, long senderMac, int sender, long targetMac, int target) {
        ByteBuffer arp = ByteBuffer.allocate(28).putShort((short) 1).putShort((short) 0x800);
        arp.put((byte) 6).put((byte) 4).putShort((short) operation);
        station(arp, senderMac);
        arp.putInt(sender);
        station(arp, targetMac);
        arp.putInt(target);
        long to = operation == 1 ? 0xFFFF_FFFF_FFFFL : OUR_MAC;
        return ethernet(to, senderMac, 0x806, arp.array());
    }

    /** Returns a frame from the peer to us. */
    public static byte[] ip(int protocol, byte[] payload) {
        return ethernet(OUR_MAC, PEER_MAC, 0x800, packet(PEER_IP, OUR_IP, protocol, payload));
    }

    public static byte[] packet(int source, int target, int protocol, byte[] payload) {
        ByteBuffer packet = ByteBuffer.allocate(20 + payload.length);
        packet.put((byte) 0x45).put((byte) 0).putShort((short) packet.capacity());
        packet.putInt(0).put((byte) 64).put((byte) protocol).putShort((short) 0);
        packet.putInt(source).putInt(target).put(payload);
        packet.putShort(10, (short) checksum(packet.array(), 0, 20, 0));
        return packet.array();
    }

    /** Returns a frame from {@code source} to us with one fragment, its DF clear. */
    public static byte[] fragment(int source, int identifier, int offset, boolean more, int protocol, byte[] data) {
        ByteBuffer packet = ByteBuffer.wrap(packet(source, OUR_IP, protocol, data));
        packet.putShort(4, (short) identifier).putShort(6, (short) (offset / 8 | (more ? 0x2000 : 0)));
        packet.putShort(10, (short) 0).putShort(10, (short) checksum(packet.array(), 0, 20, 0));
        return ethernet(OUR_MAC, PEER_MAC, 0x800, packet.array());
    }

    public static byte[] icmp(int type, int code, int rest, byte[] data) {
        ByteBuffer message = ByteBuffer.allocate(8 + data.length);
        message.put((byte) type)
                .put((byte) code)
                .putShort((short) 0)
                .putInt(rest)
                .put(data);
        message.putShort(2, (short) checksum(message.array(), 0, message.capacity(), 0));
        return message.array();
    }

    /** Returns a UDP packet from the peer to us without its IP header. */
    public static byte[] udp(int sourcePort, int targetPort, byte[] data, boolean withChecksum) {
        ByteBuffer datagram = ByteBuffer.allocate(8 + data.length);
        datagram.putShort((short) sourcePort).putShort((short) targetPort);
        datagram.putShort((short) datagram.capacity()).putShort((short) 0).put(data);
        if (withChecksum) {
            int sum = checksum(datagram.array(), 0, datagram.capacity(), pseudo(17, datagram.capacity()));
            datagram.putShort(6, (short) (sum == 0 ? 0xffff : sum));
        }
        return datagram.array();
    }

    /** Returns the sum of the pseudo header between the peer and us. */
    public static int pseudo(int protocol, int length) {
        return (OUR_IP >>> 16) + (OUR_IP & 0xffff) + (PEER_IP >>> 16) + (PEER_IP & 0xffff) + protocol + length;
    }

    /** Returns the complement checksum, word by word as RFC 1071 defines it; 0 over bytes that hold theirs. */
    public static int checksum(byte[] bytes, int from, int length, int start) {
        long sum = start;
        for (int index = 0; index < length; index++) {
            int value = bytes[from + index] & 0xff;
            sum += index % 2 == 0 ? value << 8 : value;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }

    public static long station(byte[] frame, int at) {
        ByteBuffer bytes = ByteBuffer.wrap(frame, at, 6);
        return ((bytes.getShort() & 0xffffL) << 32) | (bytes.getInt() & 0xffff_ffffL);
    }

    public static int u16(byte[] frame, int at) {
        return ByteBuffer.wrap(frame).getShort(at) & 0xffff;
    }

    public static int i32(byte[] frame, int at) {
        return ByteBuffer.wrap(frame).getInt(at);
    }

    private static void station(ByteBuffer into, long station) {
        into.putShort((short) (station >>> 32)).putInt((int) station);
    }
}
