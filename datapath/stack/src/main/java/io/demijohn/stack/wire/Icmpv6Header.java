package io.demijohn.stack.wire;

import io.demijohn.device.Mem;

/**
 * The ICMPv6 header (RFC 4443, 2.1); callers vouch for {@link #BYTES} at the address.
 *
 * <pre>
 *   0      1      2          4                     8
 *   | type | code | checksum | by type: rest word  | quoted packet, data or neighbour discovery
 * </pre>
 */
public final class Icmpv6Header {
    public static final int BYTES = 8;

    public static final int UNREACHABLE = 1;
    public static final int PACKET_TOO_BIG = 2;
    public static final int TIME_EXCEEDED = 3;
    public static final int PARAMETER_PROBLEM = 4;
    public static final int ECHO_REQUEST = 128;
    public static final int ECHO_REPLY = 129;
    public static final int LISTENER_QUERY = 130;
    public static final int ROUTER_SOLICITATION = 133;
    public static final int ROUTER_ADVERTISEMENT = 134;
    public static final int NEIGHBOUR_SOLICITATION = 135;
    public static final int NEIGHBOUR_ADVERTISEMENT = 136;
    public static final int REDIRECT = 137;

    /** Types from here on inform; those below report errors. */
    public static final int INFORMATIONAL_FIRST = 128;

    /** Of {@link #UNREACHABLE}: nobody has the port. */
    public static final int CODE_PORT_UNREACHABLE = 4;

    /** Of {@link #TIME_EXCEEDED}: the other fragments never came. */
    public static final int CODE_REASSEMBLY_TIME = 1;

    /** Of {@link #PARAMETER_PROBLEM}: a header field is wrong. */
    public static final int CODE_ERRONEOUS_FIELD = 0;

    /** Of {@link #PARAMETER_PROBLEM}: nobody speaks the next header. */
    public static final int CODE_UNKNOWN_NEXT_HEADER = 1;

    /** Of {@link #PARAMETER_PROBLEM}: an option whose sender insists on it. */
    public static final int CODE_UNKNOWN_OPTION = 2;

    private Icmpv6Header() {}

    public static int type(long header) {
        return Mem.getU8(header);
    }

    public static int code(long header) {
        return Mem.getU8(header + 1);
    }

    /** Returns the word after the checksum: echo identifier and number, the MTU of the next link, or a pointer. */
    public static int rest(long header) {
        return Mem.getIntBe(header + 4);
    }

    /** Writes the header before {@code messageBytes - BYTES} bytes that are already there, checksum included. */
    public static void write(
            long header,
            int type,
            int code,
            int rest,
            int messageBytes,
            long sourceHigh,
            long sourceLow,
            long targetHigh,
            long targetLow) {
        writeWithoutChecksum(header, type, code, rest);
        int checksum = Checksum.transport(
                sourceHigh, sourceLow, targetHigh, targetLow, Ipv6Header.PROTOCOL_ICMP, header, messageBytes);
        putChecksum(header, checksum);
    }

    /** Writes the header with a checksum field of 0, for a message in several pieces. */
    public static void writeWithoutChecksum(long header, int type, int code, int rest) {
        Mem.putU8(header, type);
        Mem.putU8(header + 1, code);
        putChecksum(header, 0);
        Mem.putIntBe(header + 4, rest);
    }

    public static void putChecksum(long header, int checksum) {
        Mem.putU16Be(header + 2, checksum);
    }
}
