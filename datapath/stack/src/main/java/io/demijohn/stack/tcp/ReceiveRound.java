package io.demijohn.stack.tcp;

/**
 * One round trip as {@link ReceiveTuning} measures it: what the application read in it, and how long it takes.
 *
 * <p>Part of a {@link TcpConnection} on which much arrived; driver only. State without behaviour.
 */
final class ReceiveRound {
    /** When this round began, and what the application had read by then. */
    long sinceNanos;

    long sinceRead;
    /** How long a round trip takes, 0 while nothing is known. */
    long nanos;
    /** What the application read in the round before. */
    long readBefore;
    /** The timestamp whose echo was the last sample. */
    int lastEcho;
    /** Without timestamps: when a window was offered, and its right edge, 0 for none yet. */
    long windowNanos;

    long windowEnd;
}
