package io.demijohn.stack.wire;

import io.demijohn.device.Mem;

/**
 * The TCP header (RFC 9293, 3.1) as a static flyweight over its native address.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   |          source port          |       destination port        |  0
 *   |                        sequence number                        |  4
 *   |                     acknowledgement number                    |  8
 *   | offset| rsrvd |C E U A P R S F|            window             | 12
 *   |           checksum            |        urgent pointer         | 16
 *   |                       options, 0 to 40 bytes                  | 20
 * </pre>
 *
 * <p>Callers make sure of {@link #BYTES} bytes, and of {@link #isSound} before they look beyond.
 */
public final class TcpHeader {
    /** Size without options. */
    public static final int BYTES = 20;
    /** Where the checksum stands. */
    public static final int CHECKSUM = 16;

    public static final int FIN = 1;
    public static final int SYN = 2;
    public static final int RST = 4;
    public static final int PSH = 8;
    public static final int ACK = 16;
    public static final int URG = 32;
    /** Congestion echo (RFC 3168). */
    public static final int ECE = 64;
    /** Congestion window reduced (RFC 3168). */
    public static final int CWR = 128;

    private static final int URGENT_POINTER = 18;

    private TcpHeader() {}

    /** Returns whether {@code length} bytes hold a whole header with its options. */
    public static boolean isSound(long address, int length) {
        if (length < BYTES) {
            return false;
        }
        int headerBytes = headerBytes(address);
        return headerBytes >= BYTES && headerBytes <= length;
    }

    public static int sourcePort(long address) {
        return Mem.getU16Be(address);
    }

    public static int destinationPort(long address) {
        return Mem.getU16Be(address + 2);
    }

    public static int sequence(long address) {
        return Mem.getIntBe(address + 4);
    }

    public static int acknowledgement(long address) {
        return Mem.getIntBe(address + 8);
    }

    /** Returns the header's size with options as it claims, 0 to 60. */
    public static int headerBytes(long address) {
        return (Mem.getU8(address + 12) >>> 4) << 2;
    }

    /** Returns the flag bits; the reserved bits are in another octet and never looked at (RFC 9293, 3.1). */
    public static int flags(long address) {
        return Mem.getU8(address + 13);
    }

    /** Returns the window field, not scaled. */
    public static int window(long address) {
        return Mem.getU16Be(address + 14);
    }

    public static int checksum(long address) {
        return Mem.getU16Be(address + CHECKSUM);
    }

    public static void putChecksum(long address, int checksum) {
        Mem.putU16Be(address + CHECKSUM, checksum);
    }

    /** Returns the urgent pointer; it says something with {@link #URG} alone. */
    public static int urgentPointer(long address) {
        return Mem.getU16Be(address + URGENT_POINTER);
    }

    public static void putUrgentPointer(long address, int pointer) {
        Mem.putU16Be(address + URGENT_POINTER, pointer);
    }

    /** Writes a whole header but its options; checksum and urgent pointer are 0. */
    public static void put(
            long address,
            int sourcePort,
            int destinationPort,
            int sequence,
            int acknowledgement,
            int headerBytes,
            int flags,
            int window) {
        Mem.putU16Be(address, sourcePort);
        Mem.putU16Be(address + 2, destinationPort);
        Mem.putIntBe(address + 4, sequence);
        Mem.putIntBe(address + 8, acknowledgement);
        Mem.putU8(address + 12, (headerBytes >>> 2) << 4);
        Mem.putU8(address + 13, flags);
        Mem.putU16Be(address + 14, window);
        Mem.putIntBe(address + CHECKSUM, 0); // and the urgent pointer
    }
}
