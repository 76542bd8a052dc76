package io.demijohn.stack.wire;

import io.demijohn.device.Mem;

/**
 * The Ethernet II header; callers vouch for {@link #BYTES} at the address.
 *
 * <pre>
 *   0        6        12      14
 *   | target | source | type  |
 * </pre>
 *
 * <p>Station addresses are longs, the first byte on the wire in bits 47 to 40.
 */
public final class EthernetHeader {
    public static final int BYTES = 14;
    public static final int TYPE_IPV4 = 0x0800;
    public static final int TYPE_ARP = 0x0806;
    public static final int TYPE_IPV6 = 0x86DD;

    /** The station address of all stations. */
    public static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    private static final long IPV4_GROUPS = 0x0100_5E00_0000L;
    private static final long GROUP_BIT = 1L << 40;

    private EthernetHeader() {}

    public static long target(long header) {
        return station(header);
    }

    public static long source(long header) {
        return station(header + 6);
    }

    public static int type(long header) {
        return Mem.getU16Be(header + 12);
    }

    /** Returns whether the station address stands for several stations. */
    public static boolean isGroup(long station) {
        return (station & GROUP_BIT) != 0;
    }

    /** Returns whether the station address stands for a group of IPv4 (RFC 1112, 6.4). */
    public static boolean isIpv4Group(long station) {
        return station >>> 23 == IPV4_GROUPS >>> 23;
    }

    /** Returns the station address of an IPv4 group, given by its low half: the last 23 bits of both are the same. */
    public static long groupStation(long low) {
        return IPV4_GROUPS | (low & 0x7F_FFFF);
    }

    /** Writes the whole header. */
    public static void write(long header, long target, long source, int type) {
        putStation(header, target);
        putStation(header + 6, source);
        Mem.putU16Be(header + 12, type);
    }

    /** Returns the six bytes at {@code address} as a station address. */
    static long station(long address) {
        return ((long) Mem.getU16Be(address) << 32) | Integer.toUnsignedLong(Mem.getIntBe(address + 2));
    }

    static void putStation(long address, long station) {
        Mem.putU16Be(address, (int) (station >>> 32));
        Mem.putIntBe(address + 2, (int) station);
    }
}
