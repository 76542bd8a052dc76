package io.demijohn.stack.tcp;

/**
 * The retransmission timeout of one connection (RFC 6298).
 *
 * <p>Times one segment at a time; a segment sent again is never a sample (Karn), and a timeout that was doubled stays so
 * until the next sample. Part of a {@link TcpConnection}; driver only.
 */
final class RttEstimator {
    /** G, the granularity that the formula asks for: the stack's timers are about this exact. */
    private static final long GRANULARITY_NANOS = 1_000_000L;
    /** RFC 6298 (5.7). */
    private static final long AFTER_LOST_SYN_NANOS = 3_000_000_000L;

    private final long minNanos;
    private final long maxNanos;
    private long rtoNanos;
    private long smoothedNanos;
    private long variationNanos;
    private boolean measured;
    private long timedSequence = Sequence.NEVER;
    private long timedSinceNanos;

    RttEstimator(TcpConfig config) {
        minNanos = config.nanos(TcpTunable.RTO_MIN);
        maxNanos = config.nanos(TcpTunable.RTO_MAX);
        rtoNanos = config.nanos(TcpTunable.RTO_INITIAL);
    }

    /** Returns the timeout, doubled as often as it ran out since the last sample. */
    long rtoNanos() {
        return rtoNanos;
    }

    /** Notes that new data up to {@code endSequence} leaves now; ignored while another segment is timed. */
    void onSent(long endSequence, long nowNanos) {
        if (timedSequence == Sequence.NEVER) {
            timedSequence = endSequence;
            timedSinceNanos = nowNanos;
        }
    }

    /** Notes that something is sent again: what is timed now says nothing any more. */
    void onRetransmitted() {
        timedSequence = Sequence.NEVER;
    }

    /** Notes an acknowledgement; takes the sample if it covers the timed segment. */
    void onAcknowledged(long acknowledgement, long nowNanos) {
        if (timedSequence != Sequence.NEVER && acknowledgement >= timedSequence) {
            timedSequence = Sequence.NEVER;
            sample(Math.max(0, nowNanos - timedSinceNanos));
        }
    }

    /** Doubles the timeout, up to the ceiling (5.5). */
    void backOff() {
        rtoNanos = Math.min(rtoNanos * 2, maxNanos);
    }

    /** Starts data transmission after a SYN was lost (5.7). */
    void resetAfterLostSyn() {
        if (!measured) {
            rtoNanos = Math.min(AFTER_LOST_SYN_NANOS, maxNanos);
        }
    }

    private void sample(long nanos) {
        if (measured) {
            variationNanos += (Math.abs(smoothedNanos - nanos) - variationNanos) / 4;
            smoothedNanos += (nanos - smoothedNanos) / 8;
        } else {
            measured = true;
            smoothedNanos = nanos;
            variationNanos = nanos / 2;
        }
        long timeout = smoothedNanos + Math.max(GRANULARITY_NANOS, 4 * variationNanos);
        rtoNanos = Math.max(minNanos, Math.min(timeout, maxNanos));
    }
}
