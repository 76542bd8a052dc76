package io.demijohn.stack.wire;

import io.demijohn.device.Mem;

/**
 * The IPv6 header (RFC 8200, 3); callers vouch for {@link #BYTES} at the address.
 *
 * <pre>
 *   0                                  4                6             7           8        24       40
 *   | version 4, class 8, flow label 20 | payload length | next header | hop limit | source | target | extensions, payload
 * </pre>
 */
public final class Ipv6Header {
    public static final int BYTES = 40;

    /** Smallest MTU of a link that carries IPv6 (RFC 8200, 5). */
    public static final int MTU_MIN_BYTES = 1280;

    public static final int HOP_BY_HOP = 0;
    public static final int PROTOCOL_TCP = 6;
    public static final int PROTOCOL_UDP = 17;
    public static final int ROUTING = 43;
    public static final int FRAGMENT = 44;
    public static final int PROTOCOL_ICMP = 58;
    public static final int NO_NEXT_HEADER = 59;
    public static final int DESTINATION_OPTIONS = 60;

    private static final int VERSION = 6;
    private static final int NEXT_HEADER_AT = 6;
    private static final int SOURCE_AT = 8;
    private static final int TARGET_AT = 24;

    private Ipv6Header() {}

    public static int version(long header) {
        return Mem.getU8(header) >>> 4;
    }

    public static int trafficClass(long header) {
        return (Mem.getU16Be(header) >>> 4) & 0xff;
    }

    public static int flowLabel(long header) {
        return Mem.getIntBe(header) & 0xf_ffff;
    }

    /** Returns the bytes behind this header as it says, extension headers included. */
    public static int payloadBytes(long header) {
        return Mem.getU16Be(header + 4);
    }

    public static int nextHeader(long header) {
        return Mem.getU8(header + NEXT_HEADER_AT);
    }

    /** Sets the payload length of a packet put together from fragments. */
    public static void setPayloadBytes(long header, int payloadBytes) {
        Mem.putU16Be(header + 4, payloadBytes);
    }

    public static int hopLimit(long header) {
        return Mem.getU8(header + 7);
    }

    public static long sourceHigh(long header) {
        return Mem.getLongBe(header + SOURCE_AT);
    }

    public static long sourceLow(long header) {
        return Mem.getLongBe(header + SOURCE_AT + 8);
    }

    public static long targetHigh(long header) {
        return Mem.getLongBe(header + TARGET_AT);
    }

    public static long targetLow(long header) {
        return Mem.getLongBe(header + TARGET_AT + 8);
    }

    /** Writes the whole header, flow label 0. */
    public static void write(
            long header,
            int payloadBytes,
            int trafficClass,
            int nextHeader,
            int hopLimit,
            long sourceHigh,
            long sourceLow,
            long targetHigh,
            long targetLow) {
        Mem.putIntBe(header, VERSION << 28 | (trafficClass & 0xff) << 20);
        Mem.putU16Be(header + 4, payloadBytes);
        Mem.putU8(header + NEXT_HEADER_AT, nextHeader);
        Mem.putU8(header + 7, hopLimit);
        Mem.putLongBe(header + SOURCE_AT, sourceHigh);
        Mem.putLongBe(header + SOURCE_AT + 8, sourceLow);
        Mem.putLongBe(header + TARGET_AT, targetHigh);
        Mem.putLongBe(header + TARGET_AT + 8, targetLow);
    }
}
