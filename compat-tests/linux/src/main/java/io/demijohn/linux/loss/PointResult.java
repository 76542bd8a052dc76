package io.demijohn.linux.loss;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The rounds of one point, for each direction. Filled and read by one thread. */
final class PointResult {
    private final Point point;
    private final Map<Direction, double[]> mbits = new EnumMap<>(Direction.class);
    private long accidents;

    private PointResult(Point point) {
        this.point = point;
    }

    /** Is told of each transfer. */
    interface Listener {
        void onOutcome(Direction direction, int round, Transfer.Outcome outcome);
    }

    /** Measures the point, the directions by turns; round r of every direction has the same seed, so the same frames are lost. */
    static PointResult measure(Point point, List<Direction> directions, long seed, Listener listener)
            throws InterruptedException {
        PointResult result = new PointResult(point);
        for (int round = 0; round < point.rounds(); round++) {
            for (Direction direction : directions) {
                Transfer.Outcome outcome = new Transfer(point, direction, seed + round).run();
                double[] all = result.mbits.computeIfAbsent(direction, none -> new double[point.rounds()]);
                all[round] = outcome.mbits();
                result.accidents += outcome.bridge().accidents();
                listener.onOutcome(direction, round, outcome);
            }
        }
        return result;
    }

    Point point() {
        return point;
    }

    /** Returns the frames lost otherwise than planned, over all transfers. */
    long accidents() {
        return accidents;
    }

    /** Returns the median of the rounds in Mbit/s for each lane, NaN for a direction that was not measured. */
    double median(Direction direction) {
        double[] all = mbits.get(direction);
        if (all == null) {
            return Double.NaN;
        }
        double[] sorted = all.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Returns ours over Linux to Linux. */
    double ratio(Direction direction) {
        return median(direction) / median(Direction.LINUX_TO_LINUX);
    }

    /** Returns the head of the table whose rows {@link #row} gives. */
    static String head() {
        return """
                | loss % | RTT ms | lanes | Linux -> Linux | ours -> Linux | ratio | Linux -> ours | ratio |
                |---:|---:|---:|---:|---:|---:|---:|---:|
                """;
    }

    String row() {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %.2f | %.2f | %.2f | %.2f | %.2f |%n",
                Point.plain(point.lossPercent()),
                Point.plain(point.rttMillis()),
                point.lanes(),
                median(Direction.LINUX_TO_LINUX),
                median(Direction.OURS_TO_LINUX),
                ratio(Direction.OURS_TO_LINUX),
                median(Direction.LINUX_TO_OURS),
                ratio(Direction.LINUX_TO_OURS));
    }
}
