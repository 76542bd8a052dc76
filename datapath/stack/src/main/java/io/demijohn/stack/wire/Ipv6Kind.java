package io.demijohn.stack.wire;

/**
 * What an IPv6 address is for, by its bits (RFC 4291, 2), and the well-known groups; halves as in {@code IpAddress}.
 *
 * <p>Pure functions; any thread.
 */
public final class Ipv6Kind {
    /** High half of every group of the link's scope, {@code ff02::}. */
    public static final long LINK_GROUP_HIGH = 0xFF02_0000_0000_0000L;

    /** Low half of the group of all nodes, {@code ff02::1}. */
    public static final long ALL_NODES_LOW = 1;

    /** Low half of the group of all routers, {@code ff02::2}. */
    public static final long ALL_ROUTERS_LOW = 2;

    /** High half of link-local addresses, {@code fe80::/64}. */
    public static final long LINK_LOCAL_HIGH = 0xFE80_0000_0000_0000L;

    /** Scope of groups that no packet leaves this host for (RFC 4291, 2.7). */
    public static final int SCOPE_HOST = 1;

    private static final long SOLICITED_LOW = 0x1_FF00_0000L;
    private static final long SOLICITED_BITS = 0xFF_FFFFL;
    private static final long GROUP_STATION = 0x3333_0000_0000L;
    private static final long STATION_MASK = 0xFFFF_FFFFL;
    private static final long IPV4_HALF = 0xFFFFL;

    private Ipv6Kind() {}

    public static boolean isMulticast(long high) {
        return high >>> 56 == 0xFF;
    }

    /** Returns the scope of a multicast address. */
    public static int groupScope(long high) {
        return (int) (high >>> 48) & 0xf;
    }

    /** Returns whether it is in {@code fe80::/10}. */
    public static boolean isLinkLocal(long high) {
        return high >>> 54 == LINK_LOCAL_HIGH >>> 54;
    }

    public static boolean isUnspecified(long high, long low) {
        return (high | low) == 0;
    }

    public static boolean isLoopback(long high, long low) {
        return high == 0 && low == 1;
    }

    /** Returns whether it stands for an IPv4 address; such addresses never travel in IPv6 headers. */
    public static boolean isIpv4Mapped(long high, long low) {
        return high == 0 && low >>> 32 == IPV4_HALF;
    }

    /** Returns the low half of the solicited-node group of an address (RFC 4291, 2.7.1); its high half is the link's. */
    public static long solicitedGroupLow(long low) {
        return SOLICITED_LOW | (low & SOLICITED_BITS);
    }

    /** Returns the station address of a group (RFC 2464, 7). */
    public static long groupStation(long low) {
        return GROUP_STATION | (low & STATION_MASK);
    }

    /** Returns the interface identifier of a station address, modified EUI-64 (RFC 4291, appendix A). */
    public static long interfaceId(long station) {
        long flipped = station ^ 0x0200_0000_0000L;
        return (flipped >>> 24) << 40 | 0xFF_FE00_0000L | (flipped & 0xFF_FFFFL);
    }
}
