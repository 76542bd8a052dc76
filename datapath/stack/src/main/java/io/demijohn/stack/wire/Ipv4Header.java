package io.demijohn.stack.wire;

import io.demijohn.device.Mem;

/**
 * The IPv4 header (RFC 791, 3.1); callers vouch for {@link #BYTES} at the address.
 *
 * <pre>
 *   0     1     2              4             6                8     9          10         12       16       20
 *   | v+l | tos | total length | identifier  | flags + offset | ttl | protocol | checksum | source | target | options
 * </pre>
 */
public final class Ipv4Header {
    /** Size without options. */
    public static final int BYTES = 20;

    public static final int PROTOCOL_ICMP = 1;
    public static final int PROTOCOL_TCP = 6;
    public static final int PROTOCOL_UDP = 17;

    private static final int VERSION_AND_WORDS = 0x45;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int OFFSET_BITS = 0x1FFF;
    private static final int OFFSET_UNIT = 8;
    private static final int FRAGMENT_BITS = MORE_FRAGMENTS | OFFSET_BITS;
    private static final int OPTION_END = 0;
    private static final int OPTION_NOP = 1;
    private static final int OPTION_LOOSE_SOURCE_ROUTE = 131;
    private static final int OPTION_STRICT_SOURCE_ROUTE = 137;

    private Ipv4Header() {}

    public static int version(long header) {
        return Mem.getU8(header) >>> 4;
    }

    /** Returns the header's own size in bytes as it says, options included: 0 to 60. */
    public static int headerBytes(long header) {
        return (Mem.getU8(header) & 0x0f) * 4;
    }

    public static int trafficClass(long header) {
        return Mem.getU8(header + 1);
    }

    /** Returns the packet's size in bytes as it says, header included. */
    public static int totalBytes(long header) {
        return Mem.getU16Be(header + 2);
    }

    public static int identifier(long header) {
        return Mem.getU16Be(header + 4);
    }

    /** Returns the place of the first byte of data in the whole datagram, in bytes: 0 to 65528. */
    public static int fragmentOffset(long header) {
        return (Mem.getU16Be(header + 6) & OFFSET_BITS) * OFFSET_UNIT;
    }

    /** Returns whether more fragments follow this one. */
    public static boolean moreFragments(long header) {
        return (Mem.getU16Be(header + 6) & MORE_FRAGMENTS) != 0;
    }

    /** Returns whether it is one fragment of several. */
    public static boolean isFragment(long header) {
        return (Mem.getU16Be(header + 6) & FRAGMENT_BITS) != 0;
    }

    public static int timeToLive(long header) {
        return Mem.getU8(header + 8);
    }

    public static int protocol(long header) {
        return Mem.getU8(header + 9);
    }

    public static int source(long header) {
        return Mem.getIntBe(header + 12);
    }

    public static int target(long header) {
        return Mem.getIntBe(header + 16);
    }

    /** Returns whether an option asks for source routing; callers vouch for {@code headerBytes} at the address. */
    public static boolean hasSourceRoute(long header, int headerBytes) {
        int at = BYTES;
        while (at < headerBytes) {
            int kind = Mem.getU8(header + at);
            if (kind == OPTION_END) {
                return false;
            }
            if (kind == OPTION_LOOSE_SOURCE_ROUTE || kind == OPTION_STRICT_SOURCE_ROUTE) {
                return true;
            }
            int length = kind == OPTION_NOP || at + 1 >= headerBytes ? 1 : Mem.getU8(header + at + 1);
            at += Math.max(1, length);
        }
        return false;
    }

    /**
     * Writes the whole header without options, checksum included. DF is set, so that the identifier says nothing and is 0
     * (RFC 6864, 4.1).
     */
    public static void write(
            long header, int totalBytes, int trafficClass, int timeToLive, int protocol, int source, int target) {
        Mem.putU8(header, VERSION_AND_WORDS);
        Mem.putU8(header + 1, trafficClass);
        Mem.putU16Be(header + 2, totalBytes);
        Mem.putIntBe(header + 4, DONT_FRAGMENT);
        Mem.putU8(header + 8, timeToLive);
        Mem.putU8(header + 9, protocol);
        Mem.putU16Be(header + 10, 0);
        Mem.putIntBe(header + 12, source);
        Mem.putIntBe(header + 16, target);
        Mem.putU16Be(header + 10, Checksum.of(header, BYTES));
    }

    /**
     * Clears DF in a header just written, names the datagram and gives the fragment its place; the checksum follows.
     *
     * @param offset place of its data in bytes, a multiple of 8 (RFC 791, 3.1)
     */
    public static void makeFragment(long header, int identifier, int offset, boolean more) {
        Mem.putU16Be(header + 4, identifier);
        Mem.putU16Be(header + 6, offset / OFFSET_UNIT | (more ? MORE_FRAGMENTS : 0));
        Mem.putU16Be(header + 10, 0);
        Mem.putU16Be(header + 10, Checksum.of(header, BYTES));
    }

    /** Makes the header of a first fragment that of the whole datagram, {@code totalBytes} long with it. */
    public static void makeWhole(long header, int headerBytes, int totalBytes) {
        Mem.putU16Be(header + 2, totalBytes);
        Mem.putU16Be(header + 6, 0);
        Mem.putU16Be(header + 10, 0);
        Mem.putU16Be(header + 10, Checksum.of(header, headerBytes));
    }
}
