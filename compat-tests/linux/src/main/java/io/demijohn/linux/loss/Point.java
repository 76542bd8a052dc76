package io.demijohn.linux.loss;

import java.util.Locale;

/**
 * One point of the table and how it is measured.
 *
 * @param lossPercent of the frames, each way, handshakes exempt
 * @param rttMillis round trip without queues; half of it each way
 * @param reorderPercent of the frames that come late, by half the round trip at most 5 ms
 * @param mbits rate of each lane's wire, each way
 * @param lanes transfers at once, each on a wire of its own
 * @param seconds measured, from the end of the handshakes on
 * @param rounds of each direction, interleaved; the median counts
 */
record Point(
        double lossPercent,
        double rttMillis,
        double reorderPercent,
        double mbits,
        int lanes,
        double seconds,
        int rounds) {
    private static final double QUEUE_MIN_BYTES = 128 << 10;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double LATE_MAX_MILLIS = 5;
    private static final double MBITS_DEFAULT = 200;
    private static final double SECONDS_DEFAULT = 10;
    private static final int ROUNDS_DEFAULT = 5;
    private static final int LANES_WHEN_SLOW = 8;
    private static final double HEAVY_PERCENT = 5;
    private static final double SLOW_MILLIS = 10;

    /**
     * Returns the point as the table measures it: several lanes where one alone would have too few losses, or few timeouts
     * decide.
     */
    static Point of(double lossPercent, double rttMillis) {
        boolean slow = (lossPercent > 0 && rttMillis >= SLOW_MILLIS) || lossPercent >= HEAVY_PERCENT;
        int lanes = slow ? LANES_WHEN_SLOW : 1;
        return new Point(lossPercent, rttMillis, 0, MBITS_DEFAULT, lanes, SECONDS_DEFAULT, ROUNDS_DEFAULT);
    }

    /** Returns this point measured otherwise. */
    Point measured(double otherSeconds, int otherRounds) {
        return new Point(lossPercent, rttMillis, reorderPercent, mbits, lanes, otherSeconds, otherRounds);
    }

    /** Returns what each lane does in each direction; the queue holds the bandwidth-delay product, 128 KiB at least. */
    LinkPlan plan() {
        double productBytes = mbits * 1e6 / Byte.SIZE * rttMillis / 1e3;
        return new LinkPlan(
                lossPercent / 100,
                (long) (rttMillis / 2 * NANOS_PER_MILLI),
                reorderPercent / 100,
                (long) (Math.min(rttMillis / 2, LATE_MAX_MILLIS) * NANOS_PER_MILLI),
                mbits * 1e6,
                (long) Math.max(QUEUE_MIN_BYTES, productBytes));
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s %% loss, %s ms", plain(lossPercent), plain(rttMillis))
                + (reorderPercent > 0 ? ", " + plain(reorderPercent) + " % reordered" : "");
    }

    static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
