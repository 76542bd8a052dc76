package io.demijohn.sim;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * An endless stream of bytes by seed, the same at every position however it is cut.
 *
 * <p>Immutable; any thread. Repeats after a prime number of bytes, so that bytes out of place by any likely distance differ.
 */
public final class Pattern {
    private static final int PERIOD_BYTES = 1_000_003;
    private static final int PIECE_MAX_BYTES = 65_536;

    private final byte[] bytes;

    public Pattern(long seed) {
        byte[] period = new byte[PERIOD_BYTES];
        new SplittableRandom(seed).nextBytes(period);
        bytes = Arrays.copyOf(period, PERIOD_BYTES + PIECE_MAX_BYTES);
        System.arraycopy(period, 0, bytes, PERIOD_BYTES, PIECE_MAX_BYTES);
    }

    /** Returns the array that holds the stream from {@code position} at {@link #offset}, for up to 65536 bytes. */
    public byte[] array() {
        return bytes;
    }

    /** Returns where in {@link #array} the byte of that stream position is. */
    public int offset(long position) {
        return (int) (position % PERIOD_BYTES);
    }

    /** Returns the index of the first byte that is not the stream's from {@code position} on, or -1 if all are. */
    public int mismatch(long position, byte[] actual, int from, int length) {
        int offset = offset(position);
        return Arrays.mismatch(bytes, offset, offset + length, actual, from, from + length);
    }
}
