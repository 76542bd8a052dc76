package io.demijohn.stack.wire;

import io.demijohn.device.Mem;

/**
 * The UDP header (RFC 768); callers vouch for {@link #BYTES} at the address.
 *
 * <pre>
 *   0             2             4        6          8
 *   | source port | target port | length | checksum | data
 * </pre>
 */
public final class UdpHeader {
    public static final int BYTES = 8;

    private UdpHeader() {}

    public static int sourcePort(long header) {
        return Mem.getU16Be(header);
    }

    public static int targetPort(long header) {
        return Mem.getU16Be(header + 2);
    }

    /** Returns the datagram's size in bytes as it says, header included. */
    public static int length(long header) {
        return Mem.getU16Be(header + 4);
    }

    /** Returns the checksum field; 0 says that the sender made none. */
    public static int checksum(long header) {
        return Mem.getU16Be(header + 6);
    }

    /** Writes the whole header with a checksum field of 0. */
    public static void write(long header, int sourcePort, int targetPort, int length) {
        Mem.putU16Be(header, sourcePort);
        Mem.putU16Be(header + 2, targetPort);
        Mem.putU16Be(header + 4, length);
        Mem.putU16Be(header + 6, 0);
    }

    /** Sets the checksum field; a computed 0 travels as 0xFFFF (RFC 768). */
    public static void setChecksum(long header, int checksum) {
        Mem.putU16Be(header + 6, checksum == 0 ? 0xFFFF : checksum);
    }
}
