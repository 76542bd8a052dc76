package apps.common;

import java.util.Arrays;

/** Round-trip times of one run, summed up as median and 99th percentile. Used by one thread. */
public final class Latencies {
    private final long[] nanos;
    private int count;

    /** Makes room for {@code max} samples. */
    public Latencies(int max) {
        this.nanos = new long[max];
    }

    /** Notes one round trip. */
    public void add(long roundTripNanos) {
        nanos[count++] = roundTripNanos;
    }

    /** Returns {@code median_us=... p99_us=...} with one decimal. */
    public String summary() {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return "median_us=" + micros(sorted, 50) + " p99_us=" + micros(sorted, 99);
    }

    private static String micros(long[] sorted, int percent) {
        int index = (int) Math.min(sorted.length - 1L, (long) sorted.length * percent / 100);
        long tenths = sorted[index] / 100;
        return tenths / 10 + "." + tenths % 10;
    }
}
