package io.demijohn.stack.tcp;

/**
 * HyStart++ (RFC 9406): leaves slow start when round trips grow, through rounds of slower growth in case it was noise.
 *
 * <p>Part of {@link Cubic}; driver only.
 */
final class HyStart {
    private static final long THRESHOLD_MIN_NANOS = 4_000_000;
    private static final long THRESHOLD_MAX_NANOS = 16_000_000;
    private static final int THRESHOLD_DIVISOR = 8;
    private static final int SAMPLES_MIN = 8;
    private static final int GROWTH_DIVISOR = 4;
    private static final int CONSERVATIVE_ROUNDS = 5;
    private static final long UNKNOWN = Long.MAX_VALUE;

    private long lastRoundNanos = UNKNOWN;
    private long thisRoundNanos = UNKNOWN;
    private long baselineNanos = UNKNOWN;
    private int samples;
    private int conservativeRounds;
    private boolean conservative;

    /** Begins anew: at the start, and when slow start begins again. */
    void reset() {
        lastRoundNanos = UNKNOWN;
        thisRoundNanos = UNKNOWN;
        baselineNanos = UNKNOWN;
        samples = 0;
        conservativeRounds = 0;
        conservative = false;
    }

    /** Takes an acknowledgement in slow start; returns whether slow start is over. */
    boolean onAcknowledged(Delivery delivery) {
        if (delivery.roundStarted) {
            lastRoundNanos = thisRoundNanos;
            thisRoundNanos = UNKNOWN;
            samples = 0;
            if (conservative && ++conservativeRounds >= CONSERVATIVE_ROUNDS) {
                return true;
            }
        }
        if (delivery.rttNanos < 0) {
            return false;
        }
        thisRoundNanos = Math.min(thisRoundNanos, delivery.rttNanos);
        samples++;
        if (samples < SAMPLES_MIN) {
            return false;
        }
        if (conservative) {
            conservative = thisRoundNanos >= baselineNanos; // else the growth was spurious: slow start goes on
        } else if (lastRoundNanos != UNKNOWN && thisRoundNanos >= lastRoundNanos + thresholdNanos()) {
            conservative = true;
            conservativeRounds = 0;
            baselineNanos = thisRoundNanos;
        }
        return false;
    }

    /** Returns how much the window grows in slow start for so many bytes acknowledged. */
    int growth(int bytes) {
        return conservative ? bytes / GROWTH_DIVISOR : bytes;
    }

    private long thresholdNanos() {
        return Math.max(THRESHOLD_MIN_NANOS, Math.min(lastRoundNanos / THRESHOLD_DIVISOR, THRESHOLD_MAX_NANOS));
    }
}
