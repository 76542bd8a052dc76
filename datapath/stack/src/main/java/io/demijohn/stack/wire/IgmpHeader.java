package io.demijohn.stack.wire;

import io.demijohn.device.Mem;

/**
 * IGMP messages of all three versions (RFC 1112, 2236, 3376) and the IPv4 header with the router alert that they travel in.
 *
 * <pre>
 *   query:    0      1          2          4       8                 9      10         12
 *             | 0x11 | response | checksum | group | 4, S 1, QRV 3   | QQIC | sources  | source 4 | ...
 *                                            8 bytes in all: version 1 or 2
 *   report 3: | 0x22 | 0        | checksum | reserved 2 | records 2 | record | ...
 *   record:   | type | 0 | sources 2 | group 4 | source 4 | ...
 *   reports 1 and 2, leave: | type | 0 | checksum | group 4 |
 * </pre>
 *
 * <p>Callers vouch for the bytes at the address.
 */
public final class IgmpHeader {
    public static final int PROTOCOL = 2;
    public static final int BYTES = 8;
    public static final int QUERY_3_BYTES = 12;
    public static final int RECORD_BYTES = 8;
    public static final int SOURCE_BYTES = 4;

    public static final int QUERY = 0x11;
    public static final int REPORT_1 = 0x12;
    public static final int REPORT_2 = 0x16;
    public static final int LEAVE = 0x17;
    public static final int REPORT_3 = 0x22;

    /** Size of an IPv4 header with the router alert option (RFC 2113). */
    public static final int IP_BYTES = Ipv4Header.BYTES + 4;

    private static final int ROUTER_ALERT = 0x9404_0000;
    private static final int VERSION_AND_WORDS = 0x46;
    private static final int INTERNETWORK_CONTROL = 0xC0;
    private static final int DONT_FRAGMENT = 0x4000;

    private IgmpHeader() {}

    public static int type(long message) {
        return Mem.getU8(message);
    }

    /** Returns the octet that says how long an answer may wait; 0 in version 1. */
    public static int responseCode(long message) {
        return Mem.getU8(message + 1);
    }

    public static int group(long message) {
        return Mem.getIntBe(message + 4);
    }

    public static int robustness(long query) {
        return Mem.getU8(query + 8) & 7;
    }

    public static int intervalCode(long query) {
        return Mem.getU8(query + 9);
    }

    /** Returns how many sources a query of version 3 says that it names. */
    public static int sourceCount(long query) {
        return Mem.getU16Be(query + 10);
    }

    public static int source(long query, int index) {
        return Mem.getIntBe(query + QUERY_3_BYTES + (long) index * SOURCE_BYTES);
    }

    /** Writes a report of version 1 or 2, or a leave. */
    public static void writeShort(long message, int type, int group) {
        Mem.putIntBe(message, type << 24);
        Mem.putIntBe(message + 4, group);
        Mem.putU16Be(message + 2, Checksum.of(message, BYTES));
    }

    /** Writes one record of a report without its sources. */
    public static void writeRecord(long record, int type, int sources, int group) {
        Mem.putIntBe(record, type << 24 | sources);
        Mem.putIntBe(record + 4, group);
    }

    /** Writes the header of a report of version 3 before records that are there already. */
    public static void writeReport(long message, int records, int messageBytes) {
        Mem.putIntBe(message, REPORT_3 << 24);
        Mem.putIntBe(message + 4, records);
        Mem.putU16Be(message + 2, Checksum.of(message, messageBytes));
    }

    /** Writes the IPv4 header of a message: TTL 1 and a router alert (RFC 3376, 4). */
    public static void writeIp(long header, int totalBytes, int source, int target) {
        Mem.putU8(header, VERSION_AND_WORDS);
        Mem.putU8(header + 1, INTERNETWORK_CONTROL);
        Mem.putU16Be(header + 2, totalBytes);
        Mem.putIntBe(header + 4, DONT_FRAGMENT);
        Mem.putU8(header + 8, 1);
        Mem.putU8(header + 9, PROTOCOL);
        Mem.putU16Be(header + 10, 0);
        Mem.putIntBe(header + 12, source);
        Mem.putIntBe(header + 16, target);
        Mem.putIntBe(header + 20, ROUTER_ALERT);
        Mem.putU16Be(header + 10, Checksum.of(header, IP_BYTES));
    }
}
