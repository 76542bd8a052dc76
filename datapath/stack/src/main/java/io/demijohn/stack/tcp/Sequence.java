package io.demijohn.stack.tcp;

/**
 * Serial arithmetic in one place: sequence numbers inside TCP are longs that never wrap.
 *
 * <p>The low 32 bits of such a long are the number on the wire (RFC 9293, 3.4). A number that arrives is placed next to one
 * that is known; from then on plain comparison is right.
 */
final class Sequence {
    /** A sequence number that is never reached. */
    static final long NEVER = Long.MAX_VALUE;

    private Sequence() {}

    /** Returns an initial sequence number as a long. */
    static long first(int wire) {
        return Integer.toUnsignedLong(wire);
    }

    /** Returns the long nearest to {@code known} whose low 32 bits are {@code wire}. */
    static long near(long known, int wire) {
        return known + (wire - (int) known);
    }
}
