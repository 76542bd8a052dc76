package io.demijohn.stack.wire;

import io.demijohn.device.Mem;

/**
 * Multicast listener messages of both versions (RFC 2710, RFC 3810) and the hop-by-hop header with the router alert that
 * they travel behind.
 *
 * <pre>
 *   query:    0              4            6   8          24                  25     26          28
 *             | ICMPv6: 130  | response   | 0 | group 16 | S 1, QRV 3        | QQIC | sources   | source 16 | ...
 *                                                        24 bytes in all: version 1
 *   report 2: | ICMPv6: 143  | reserved 2 | records 2 | record | ...
 *   record:   | type | 0 | sources 2 | group 16 | source 16 | ...
 *   report 1, done: | ICMPv6: 131 or 132 | 0 | 0 | group 16 |
 *   before:   | ICMPv6 58 | 0 | router alert: 5, 2, 0, 0 | PadN: 1, 0 |
 * </pre>
 *
 * <p>Callers vouch for the bytes at the address.
 */
public final class MldMessage {
    /** Size of every message of version 1. */
    public static final int BYTES = 24;

    public static final int QUERY_2_BYTES = 28;
    public static final int RECORD_BYTES = 20;
    public static final int ADDRESS_BYTES = 16;

    public static final int QUERY = 130;
    public static final int REPORT_1 = 131;
    public static final int DONE = 132;
    public static final int REPORT_2 = 143;

    /** Size of the hop-by-hop header. */
    public static final int ALERT_BYTES = 8;

    /** Low half of the group that hears reports of version 2, {@code ff02::16}. */
    public static final long VERSION_2_ROUTERS_LOW = 0x16;

    private static final int GROUP_AT = 8;
    private static final int ROBUSTNESS_AT = 24;
    private static final int INTERVAL_AT = 25;
    private static final int COUNT_AT = 26;
    private static final int ROUTER_ALERT = 0x3A00_0502;
    private static final int ALERT_VALUE_AND_PADDING = 0x0000_0100;

    private MldMessage() {}

    /** Returns the code that says how long an answer may wait: milliseconds in version 1. */
    public static int responseCode(long message) {
        return Mem.getU16Be(message + 4);
    }

    public static long groupHigh(long message) {
        return Mem.getLongBe(message + GROUP_AT);
    }

    public static long groupLow(long message) {
        return Mem.getLongBe(message + GROUP_AT + 8);
    }

    public static int robustness(long query) {
        return Mem.getU8(query + ROBUSTNESS_AT) & 7;
    }

    public static int intervalCode(long query) {
        return Mem.getU8(query + INTERVAL_AT);
    }

    /** Returns how many sources a query of version 2 says that it names. */
    public static int sourceCount(long query) {
        return Mem.getU16Be(query + COUNT_AT);
    }

    public static long sourceHigh(long query, int index) {
        return Mem.getLongBe(query + QUERY_2_BYTES + (long) index * ADDRESS_BYTES);
    }

    public static long sourceLow(long query, int index) {
        return Mem.getLongBe(query + QUERY_2_BYTES + (long) index * ADDRESS_BYTES + 8);
    }

    /** Writes the group of a message of version 1. */
    public static void putGroup(long message, long high, long low) {
        putAddress(message + GROUP_AT, high, low);
    }

    /** Writes one record of a report without its sources. */
    public static void writeRecord(long record, int type, int sources, long groupHigh, long groupLow) {
        Mem.putIntBe(record, type << 24 | sources);
        putAddress(record + 4, groupHigh, groupLow);
    }

    /** Writes a source of the record. */
    public static void putSource(long record, int index, long high, long low) {
        putAddress(record + RECORD_BYTES + (long) index * ADDRESS_BYTES, high, low);
    }

    /** Writes the hop-by-hop header with the router alert of multicast listeners (RFC 2711, 2.1). */
    public static void writeAlert(long header) {
        Mem.putIntBe(header, ROUTER_ALERT);
        Mem.putIntBe(header + 4, ALERT_VALUE_AND_PADDING);
    }

    private static void putAddress(long at, long high, long low) {
        Mem.putLongBe(at, high);
        Mem.putLongBe(at + 8, low);
    }
}
