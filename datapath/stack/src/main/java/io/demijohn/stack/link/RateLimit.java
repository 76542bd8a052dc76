package io.demijohn.stack.link;

/**
 * A token bucket: at most {@code burst} at once and {@code perSecond} in the long run.
 *
 * <p>Owned by one protocol; driver thread only. Never allocates.
 */
public final class RateLimit {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final long intervalNanos;
    private final long burstNanos;
    private long usedUpToNanos; // each token moves it one interval on; it lies at most burstNanos in the past

    /** Makes a full bucket at {@code nowNanos}. */
    public RateLimit(int perSecond, int burst, long nowNanos) {
        this.intervalNanos = SECOND_NANOS / perSecond;
        this.burstNanos = intervalNanos * burst;
        this.usedUpToNanos = nowNanos - burstNanos;
    }

    /** Takes one token; false if there is none. */
    public boolean tryTake(long nowNanos) {
        long from = nowNanos - usedUpToNanos > burstNanos ? nowNanos - burstNanos : usedUpToNanos;
        if (from + intervalNanos - nowNanos > 0) {
            return false;
        }
        usedUpToNanos = from + intervalNanos;
        return true;
    }
}
