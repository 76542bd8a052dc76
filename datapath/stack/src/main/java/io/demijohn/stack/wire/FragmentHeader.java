package io.demijohn.stack.wire;

import io.demijohn.device.Mem;

/**
 * The IPv6 fragment header (RFC 8200, 4.5); callers vouch for {@link #BYTES} at the address.
 *
 * <pre>
 *   0             1          2                              4                8
 *   | next header | reserved | offset 13, reserved 2, more 1 | identification | fragment
 * </pre>
 */
public final class FragmentHeader {
    public static final int BYTES = 8;

    private static final int MORE = 1;
    private static final int OFFSET_MASK = 0xFFF8;

    private FragmentHeader() {}

    public static int nextHeader(long header) {
        return Mem.getU8(header);
    }

    /** Returns where the fragment belongs, in bytes: a multiple of 8. */
    public static int offsetBytes(long header) {
        return Mem.getU16Be(header + 2) & OFFSET_MASK;
    }

    /** Returns whether fragments with higher offsets follow. */
    public static boolean moreFollow(long header) {
        return (Mem.getU16Be(header + 2) & MORE) != 0;
    }

    public static int identification(long header) {
        return Mem.getIntBe(header + 4);
    }

    /** Writes the whole header. */
    public static void write(long header, int nextHeader, int offsetBytes, boolean moreFollow, int identification) {
        Mem.putU8(header, nextHeader);
        Mem.putU8(header + 1, 0);
        Mem.putU16Be(header + 2, (offsetBytes & OFFSET_MASK) | (moreFollow ? MORE : 0));
        Mem.putIntBe(header + 4, identification);
    }
}
