package io.demijohn.stack.wire;

import io.demijohn.device.Mem;

/**
 * The messages of neighbour discovery and their options (RFC 4861, 4), read and written at an ICMPv6 header.
 *
 * <pre>
 *   solicitation, advertisement                       router advertisement
 *   0             4          8       24               0             4     5     6          8           12      16
 *   | ICMP header | R S O, 0 | target | options       | ICMP header | hop | M O | lifetime | reachable | retry | options
 *
 *   an option: | type 1 | length 1, in units of 8 bytes | value |
 * </pre>
 *
 * <p>Callers vouch for the message's bytes; {@link #optionsSound} vouches for its options, which must be asked first.
 */
public final class NeighbourMessage {
    /** Size of a solicitation or advertisement without options. */
    public static final int BYTES = 24;

    /** Size of a router advertisement without options. */
    public static final int ROUTER_BYTES = 16;

    /** Size of the option that carries a station address. */
    public static final int STATION_OPTION_BYTES = 8;

    /** Size of a prefix option. */
    public static final int PREFIX_OPTION_BYTES = 32;

    public static final int OPTION_SOURCE_STATION = 1;
    public static final int OPTION_TARGET_STATION = 2;
    public static final int OPTION_PREFIX = 3;
    public static final int OPTION_MTU = 5;

    /** The sender is a router. */
    public static final int FLAG_ROUTER = 0x8000_0000;

    /** It answers a solicitation. */
    public static final int FLAG_SOLICITED = 0x4000_0000;

    /** It overrides what the receiver knows. */
    public static final int FLAG_OVERRIDE = 0x2000_0000;

    /** No option found. */
    public static final long NONE = 0;

    private static final int OPTION_UNIT_BYTES = 8;
    private static final int PREFIX_ON_LINK = 0x80;
    private static final int PREFIX_AUTONOMOUS = 0x40;

    private NeighbourMessage() {}

    public static long targetHigh(long message) {
        return Mem.getLongBe(message + 8);
    }

    public static long targetLow(long message) {
        return Mem.getLongBe(message + 16);
    }

    /** Writes the target of a solicitation or advertisement; the header is written last, over all. */
    public static void putTarget(long message, long targetHigh, long targetLow) {
        Mem.putLongBe(message + 8, targetHigh);
        Mem.putLongBe(message + 16, targetLow);
    }

    /** Writes an option with a station address at {@code option}. */
    public static void putStation(long option, int type, long station) {
        Mem.putU8(option, type);
        Mem.putU8(option + 1, STATION_OPTION_BYTES / OPTION_UNIT_BYTES);
        EthernetHeader.putStation(option + 2, station);
    }

    // ---- options ---------------------------------------------------------------------------------------------------

    /** Returns whether the options fill {@code bytes} exactly and none has a length of 0 (RFC 4861, 4.6). */
    public static boolean optionsSound(long options, int bytes) {
        int at = 0;
        while (at < bytes) {
            if (bytes - at < OPTION_UNIT_BYTES) {
                return false;
            }
            int length = optionBytes(options + at);
            if (length == 0 || length > bytes - at) {
                return false;
            }
            at += length;
        }
        return true;
    }

    /** Returns the size of one option in bytes. */
    public static int optionBytes(long option) {
        return Mem.getU8(option + 1) * OPTION_UNIT_BYTES;
    }

    public static int optionType(long option) {
        return Mem.getU8(option);
    }

    /** Returns the station of the first such option, or {@link #NONE}; a group or zero address counts as none. */
    public static long station(long options, int bytes, int type) {
        for (int at = 0; at < bytes; at += optionBytes(options + at)) {
            if (optionType(options + at) == type) {
                long station = EthernetHeader.station(options + at + 2);
                return EthernetHeader.isGroup(station) ? NONE : station;
            }
        }
        return NONE;
    }

    // ---- router advertisements -------------------------------------------------------------------------------------

    /** Returns the hop limit that hosts should use, 0 if the router leaves it open. */
    public static int hopLimit(long message) {
        return Mem.getU8(message + 4);
    }

    /** Returns how long it may be a default router, in seconds; 0 if it is none. */
    public static int routerSeconds(long message) {
        return Mem.getU16Be(message + 6);
    }

    /** Returns how long a confirmed neighbour counts as reachable, unsigned; 0 if left open. */
    public static long reachableMillis(long message) {
        return Integer.toUnsignedLong(Mem.getIntBe(message + 8));
    }

    /** Returns the time between solicitations, unsigned; 0 if left open. */
    public static long retransmitMillis(long message) {
        return Integer.toUnsignedLong(Mem.getIntBe(message + 12));
    }

    /** Returns the MTU of an MTU option, unsigned. */
    public static long mtuBytes(long option) {
        return Integer.toUnsignedLong(Mem.getIntBe(option + 4));
    }

    public static int prefixLength(long option) {
        return Mem.getU8(option + 2);
    }

    /** Returns whether addresses of the prefix are neighbours. */
    public static boolean prefixOnLink(long option) {
        return (Mem.getU8(option + 3) & PREFIX_ON_LINK) != 0;
    }

    /** Returns whether hosts may make addresses of the prefix. */
    public static boolean prefixAutonomous(long option) {
        return (Mem.getU8(option + 3) & PREFIX_AUTONOMOUS) != 0;
    }

    /** Returns for how long the prefix is valid, in seconds; 0xFFFFFFFF is for ever. */
    public static long validSeconds(long option) {
        return Integer.toUnsignedLong(Mem.getIntBe(option + 4));
    }

    /** Returns for how long addresses of the prefix are preferred, in seconds; 0xFFFFFFFF is for ever. */
    public static long preferredSeconds(long option) {
        return Integer.toUnsignedLong(Mem.getIntBe(option + 8));
    }

    public static long prefixHigh(long option) {
        return Mem.getLongBe(option + 16);
    }

    public static long prefixLow(long option) {
        return Mem.getLongBe(option + 24);
    }
}
