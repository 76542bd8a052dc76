package io.demijohn.stack.wire;

import io.demijohn.device.Mem;

/**
 * The ICMP header (RFC 792); callers vouch for {@link #BYTES} at the address.
 *
 * <pre>
 *   0      1      2          4                     8
 *   | type | code | checksum | by type: rest word  | quoted packet or data
 * </pre>
 */
public final class IcmpHeader {
    public static final int BYTES = 8;
    public static final int ECHO_REPLY = 0;
    public static final int UNREACHABLE = 3;
    public static final int ECHO_REQUEST = 8;
    public static final int TIME_EXCEEDED = 11;

    public static final int CODE_REASSEMBLY_TIME = 1;
    public static final int CODE_PROTOCOL_UNREACHABLE = 2;
    public static final int CODE_PORT_UNREACHABLE = 3;
    public static final int CODE_FRAGMENTATION_NEEDED = 4;

    private IcmpHeader() {}

    public static int type(long header) {
        return Mem.getU8(header);
    }

    public static int code(long header) {
        return Mem.getU8(header + 1);
    }

    /** Returns the word after the checksum: echo identifier and number, or the next hop's MTU in its low half. */
    public static int rest(long header) {
        return Mem.getIntBe(header + 4);
    }

    /** Turns an echo request into its reply: type and code become 0, and the checksum follows (RFC 1624, 3). */
    public static void becomeEchoReply(long header) {
        int changed = Mem.getU16Be(header);
        int sum = (~Mem.getU16Be(header + 2) & 0xffff) + (~changed & 0xffff);
        Mem.putU16Be(header, ECHO_REPLY);
        int checksum = ~Checksum.fold(sum) & 0xffff;
        Mem.putU16Be(header + 2, checksum == 0 ? 0xffff : checksum); // 0 would be wrong for a message of zeros alone
    }

    /** Writes the header before {@code messageBytes - BYTES} bytes that are already there, checksum included. */
    public static void write(long header, int type, int code, int rest, int messageBytes) {
        Mem.putU8(header, type);
        Mem.putU8(header + 1, code);
        Mem.putU16Be(header + 2, 0);
        Mem.putIntBe(header + 4, rest);
        Mem.putU16Be(header + 2, Checksum.of(header, messageBytes));
    }
}
