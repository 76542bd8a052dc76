package io.demijohn.stack.wire;

import io.demijohn.device.Mem;

/**
 * The options of a TCP header (RFC 9293, 3.1 and 3.2) as a static flyweight.
 *
 * <pre>
 *   0             end of list        1                 no operation
 *   2 4 mss(16)   largest segment    3 3 shift(8)      window scale (RFC 7323)
 *   kind length ...                  all others: skipped by their length
 * </pre>
 *
 * <p>The header must be sound ({@link TcpHeader#isSound}). A length below 2 or beyond the header ends the search: what
 * stands before it counts, nothing after it is looked at. Reading changes nothing and never fails.
 */
public final class TcpHeaderOptions {
    /** Size of what {@link #putSyn} writes with a window scale. */
    public static final int SYN_BYTES = 8;
    /** Largest shift that counts; larger ones are taken as this (RFC 7323, 2.3). */
    public static final int SHIFT_MAX = 14;

    private static final int END = 0;
    private static final int NO_OPERATION = 1;
    private static final int MSS = 2;
    private static final int MSS_LENGTH = 4;
    private static final int WINDOW_SCALE = 3;
    private static final int WINDOW_SCALE_LENGTH = 3;

    private TcpHeaderOptions() {}

    /** Returns the largest segment that the sender takes, or 0 if it does not say. */
    public static int mss(long header) {
        long at = find(header, MSS, MSS_LENGTH);
        return at == 0 ? 0 : Mem.getU16Be(at + 2);
    }

    /** Returns the window scale's shift, 0 to {@link #SHIFT_MAX}, or -1 without that option. */
    public static int windowScale(long header) {
        long at = find(header, WINDOW_SCALE, WINDOW_SCALE_LENGTH);
        return at == 0 ? -1 : Math.min(Mem.getU8(at + 2), SHIFT_MAX);
    }

    /** Writes the options of a SYN from {@code address} on and returns their size; a {@code shift} of -1 writes none. */
    public static int putSyn(long address, int mss, int shift) {
        Mem.putU8(address, MSS);
        Mem.putU8(address + 1, MSS_LENGTH);
        Mem.putU16Be(address + 2, mss);
        if (shift < 0) {
            return MSS_LENGTH;
        }
        Mem.putU8(address + 4, NO_OPERATION);
        Mem.putU8(address + 5, WINDOW_SCALE);
        Mem.putU8(address + 6, WINDOW_SCALE_LENGTH);
        Mem.putU8(address + 7, shift);
        return SYN_BYTES;
    }

    /** Returns the address of the first option of that kind and length, or 0. */
    private static long find(long header, int wantedKind, int wantedLength) {
        long at = header + TcpHeader.BYTES;
        long end = header + TcpHeader.headerBytes(header);
        while (at < end) {
            int kind = Mem.getU8(at);
            if (kind == END) {
                return 0;
            }
            if (kind == NO_OPERATION) {
                at++;
                continue;
            }
            if (at + 1 >= end) {
                return 0;
            }
            int length = Mem.getU8(at + 1);
            if (length < 2 || at + length > end) {
                return 0;
            }
            if (kind == wantedKind && length == wantedLength) {
                return at;
            }
            at += length;
        }
        return 0;
    }
}
