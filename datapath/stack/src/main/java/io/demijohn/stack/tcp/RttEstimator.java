package io.demijohn.stack.tcp;

/**
 * The retransmission timeout of one connection (RFC 6298).
 *
 * <p>Takes one sample a round trip; a segment sent again is none unless a timestamp tells which sending it is of (Karn; RFC
 * 7323, 4.1), and a timeout that was doubled stays so until the next sample. Part of a {@link TcpConnection}; driver only.
 */
final class RttEstimator {
    /** G, the granularity that the formula asks for: the stack's timers are about this exact. */
    private static final long GRANULARITY_NANOS = 1_000_000L;
    /** RFC 6298 (5.7). */
    private static final long AFTER_LOST_SYN_NANOS = 3_000_000_000L;

    private final TcpConfig config; // looked into once a round trip or timeout: no copies in each connection
    private long rtoNanos;
    private long smoothedNanos;
    private long variationNanos;
    private boolean measured;
    private long nextSampleFrom = Long.MIN_VALUE;

    RttEstimator(TcpConfig config) {
        this.config = config;
        rtoNanos = config.nanos(TcpTunable.RTO_INITIAL);
    }

    /** Returns the timeout, doubled as often as it ran out since the last sample. */
    long rtoNanos() {
        return rtoNanos;
    }

    /** Returns the ceiling of the timeout. */
    long maxNanos() {
        return config.nanos(TcpTunable.RTO_MAX);
    }

    /** Returns the smoothed round-trip time, 0 before the first sample. */
    long smoothedNanos() {
        return smoothedNanos;
    }

    /**
     * Notes an acknowledgement; takes {@code sampleNanos}, unless negative, as the sample of this round trip.
     *
     * @param sentEnd one beyond the highest number sent: the next sample is of something behind it
     */
    void onAcknowledged(long acknowledgement, long sentEnd, long sampleNanos) {
        if (sampleNanos >= 0 && acknowledgement >= nextSampleFrom) {
            nextSampleFrom = sentEnd;
            sample(sampleNanos);
        }
    }

    /** Doubles the timeout, up to the ceiling (5.5). */
    void backOff() {
        rtoNanos = Math.min(rtoNanos * 2, maxNanos());
    }

    /** Starts data transmission after a SYN was lost (5.7). */
    void resetAfterLostSyn() {
        if (!measured) {
            rtoNanos = Math.min(AFTER_LOST_SYN_NANOS, maxNanos());
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
        rtoNanos = Math.max(config.nanos(TcpTunable.RTO_MIN), Math.min(timeout, maxNanos()));
    }
}
