package io.demijohn.stack;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** IPv6 frames made by hand, byte by byte, with checksums of their own: the judge of what the stack reads and writes. */
public final class Frames6 {
    private static final int HEADERS = 14 + 40;

    private Frames6() {}

    public static byte[] ours() {
        return address("fd77::2");
    }

    public static byte[] peer() {
        return address("fd77::1");
    }

    public static byte[] ourLinkLocal() {
        return address("fe80::ff:fe00:1");
    }

    public static byte[] peerLinkLocal() {
        return address("fe80::ff:fe00:2");
    }

    public static byte[] nobody() {
        return address("::");
    }

    public static byte[] allNodes() {
        return address("ff02::1");
    }

    public static byte[] allRouters() {
        return address("ff02::2");
    }

    /** Returns the bytes of a literal address. */
    public static byte[] address(String literal) {
        try {
            return java.net.InetAddress.getByName(literal).getAddress();
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(literal, e);
        }
    }

    /** Returns the stack's form of a literal address. */
    public static IpAddress ip(String literal) {
        return IpAddress.ofBytes(address(literal));
    }

    /** Returns the solicited-node group of an address. */
    public static byte[] solicitedGroup(byte[] address) {
        byte[] group = address("ff02::1:ff00:0");
        System.arraycopy(address, 13, group, 13, 3);
        return group;
    }

    /** Returns a frame from the peer's station with that payload, to ours or to the group's. */
    public static byte[] frame(byte[] source, byte[] target, int nextHeader, int hopLimit, byte[] payload) {
        long to = Frames.OUR_MAC;
        if (target[0] == (byte) 0xff) {
            to = 0x3333_0000_0000L | (ByteBuffer.wrap(target).getInt(12) & 0xffff_ffffL);
        }
        return Frames.ethernet(to, Frames.PEER_MAC, 0x86DD, packet(source, target, nextHeader, hopLimit, payload));
    }

    public static byte[] packet(byte[] source, byte[] target, int nextHeader, int hopLimit, byte[] payload) {
        ByteBuffer packet = ByteBuffer.allocate(40 + payload.length);
        packet.putInt(0x6000_0000).putShort((short) payload.length);
        packet.put((byte) nextHeader)
                .put((byte) hopLimit)
                .put(source)
                .put(target)
                .put(payload);
        return packet.array();
    }

    /** Returns an ICMPv6 message with its checksum. */
    public static byte[] icmp(byte[] source, byte[] target, int type, int code, int rest, byte[] data) {
        ByteBuffer message = ByteBuffer.allocate(8 + data.length);
        message.put((byte) type)
                .put((byte) code)
                .putShort((short) 0)
                .putInt(rest)
                .put(data);
        message.putShort(2, (short) checksum(message.array(), source, target, 58));
        return message.array();
    }

    /** Returns a frame from the peer with an ICMPv6 message. */
    public static byte[] icmpFrame(
            byte[] source, byte[] target, int hopLimit, int type, int code, int rest, byte[] data) {
        return frame(source, target, 58, hopLimit, icmp(source, target, type, code, rest, data));
    }

    public static byte[] udp(byte[] source, byte[] target, int sourcePort, int targetPort, byte[] data) {
        ByteBuffer datagram = ByteBuffer.allocate(8 + data.length);
        datagram.putShort((short) sourcePort).putShort((short) targetPort);
        datagram.putShort((short) datagram.capacity()).putShort((short) 0).put(data);
        int sum = checksum(datagram.array(), source, target, 17);
        datagram.putShort(6, (short) (sum == 0 ? 0xffff : sum));
        return datagram.array();
    }

    /** Returns a TCP segment without options with its checksum. */
    public static byte[] tcp(
            byte[] source, byte[] target, int sourcePort, int targetPort, int sequence, int ack, int flags) {
        ByteBuffer segment = ByteBuffer.allocate(20);
        segment.putShort((short) sourcePort)
                .putShort((short) targetPort)
                .putInt(sequence)
                .putInt(ack);
        segment.put((byte) 0x50).put((byte) flags).putShort((short) 0x7fff).putInt(0);
        segment.putShort(16, (short) checksum(segment.array(), source, target, 6));
        return segment.array();
    }

    /** Returns the complement checksum over the pseudo header of RFC 8200, 8.1 and {@code bytes}. */
    public static int checksum(byte[] bytes, byte[] source, byte[] target, int nextHeader) {
        ByteBuffer all = ByteBuffer.allocate(40 + bytes.length);
        all.put(source).put(target).putInt(bytes.length).putInt(nextHeader).put(bytes);
        return Frames.checksum(all.array(), 0, all.capacity(), 0);
    }

    // ---- neighbour discovery ---------------------------------------------------------------------------------------

    /** Returns a solicitation for {@code asked}; a station of 0 leaves the option out. */
    public static byte[] solicitation(byte[] source, byte[] target, byte[] asked, long station) {
        return icmpFrame(source, target, 255, 135, 0, 0, with(asked, 1, station));
    }

    /** Returns an advertisement of {@code told}; flags R, S, O in the highest bits. */
    public static byte[] advertisement(byte[] source, byte[] target, int flags, byte[] told, long station) {
        return icmpFrame(source, target, 255, 136, 0, flags, with(told, 2, station));
    }

    /** Returns a router advertisement with these options. */
    public static byte[] routerAdvertisement(
            byte[] source,
            int hopLimit,
            int lifetimeSeconds,
            int reachableMillis,
            int retransMillis,
            byte[]... options) {
        int bytes = 8;
        for (byte[] option : options) {
            bytes += option.length;
        }
        ByteBuffer rest = ByteBuffer.allocate(bytes).putInt(reachableMillis).putInt(retransMillis);
        for (byte[] option : options) {
            rest.put(option);
        }
        return icmpFrame(source, allNodes(), 255, 134, 0, hopLimit << 24 | lifetimeSeconds, rest.array());
    }

    public static byte[] prefixOption(String prefix, int length, int flags, int validSeconds, int preferredSeconds) {
        return ByteBuffer.allocate(32)
                .put((byte) 3)
                .put((byte) 4)
                .put((byte) length)
                .put((byte) flags)
                .putInt(validSeconds)
                .putInt(preferredSeconds)
                .putInt(0)
                .put(address(prefix))
                .array();
    }

    public static byte[] mtuOption(int bytes) {
        return ByteBuffer.allocate(8).putInt(0x0501_0000).putInt(bytes).array();
    }

    public static byte[] stationOption(int type, long station) {
        ByteBuffer option = ByteBuffer.allocate(8).put((byte) type).put((byte) 1);
        return option.putShort((short) (station >>> 32)).putInt((int) station).array();
    }

    private static byte[] with(byte[] target, int optionType, long station) {
        byte[] option = station == 0 ? new byte[0] : stationOption(optionType, station);
        return ByteBuffer.allocate(16 + option.length).put(target).put(option).array();
    }

    // ---- reading what was sent -------------------------------------------------------------------------------------

    public static boolean isIpv6(byte[] frame) {
        return Frames.u16(frame, 12) == 0x86DD;
    }

    public static byte[] source(byte[] frame) {
        return Arrays.copyOfRange(frame, 14 + 8, 14 + 24);
    }

    public static byte[] target(byte[] frame) {
        return Arrays.copyOfRange(frame, 14 + 24, 14 + 40);
    }

    public static int nextHeader(byte[] frame) {
        return frame[14 + 6] & 0xff;
    }

    public static int hopLimit(byte[] frame) {
        return frame[14 + 7] & 0xff;
    }

    public static byte[] payload(byte[] frame) {
        return Arrays.copyOfRange(frame, HEADERS, frame.length);
    }

    /** Returns the ICMPv6 type of a frame, or -1 if it is something else. */
    public static int icmpType(byte[] frame) {
        return isIpv6(frame) && nextHeader(frame) == 58 ? frame[HEADERS] & 0xff : -1;
    }

    /** Returns the target address of a solicitation or advertisement. */
    public static byte[] asked(byte[] frame) {
        return Arrays.copyOfRange(frame, HEADERS + 8, HEADERS + 24);
    }
}
