package io.demijohn.linux.loss;

import io.demijohn.linux.host.Namespace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Measures one point, or several, and prints each transfer and a table. Needs root; see the module's README.
 *
 * <pre>
 *   loss=1 rtt=20 [reorder=0] [rate=200] [lanes=8] [seconds=5] [rounds=3] [warmup=1] [seed=1] [directions=OURS_TO_LINUX,...]
 * </pre>
 *
 * {@code loss} and {@code rtt} may be lists: {@code loss=0,0.1,1,5 rtt=1,20,100} is the whole table.
 */
public final class LossMain {
    private static final List<Direction> THREE =
            List.of(Direction.LINUX_TO_LINUX, Direction.OURS_TO_LINUX, Direction.LINUX_TO_OURS);
    private static final double WARMUP_SECONDS = 1;

    private LossMain() {}

    /** Takes {@code key=value} words. */
    public static void main(String[] args) throws InterruptedException {
        Optional<String> missing = Namespace.missing();
        if (missing.isPresent()) {
            System.err.println(missing.get());
            System.exit(1);
        }
        Map<String, String> options = Arrays.stream(args)
                .collect(Collectors.toMap(
                        word -> word.substring(0, word.indexOf('=')),
                        word -> word.substring(word.indexOf('=') + 1),
                        (first, second) -> second,
                        TreeMap::new));
        List<Direction> directions = options.containsKey("directions")
                ? Arrays.stream(options.get("directions").split(",", -1))
                        .map(Direction::valueOf)
                        .toList()
                : THREE;
        long seed = Long.parseLong(options.getOrDefault("seed", "1"));
        List<PointResult> results = new ArrayList<>();
        for (String loss : options.getOrDefault("loss", "0").split(",", -1)) {
            for (String rtt : options.getOrDefault("rtt", "1").split(",", -1)) {
                Point point = point(Double.parseDouble(loss), Double.parseDouble(rtt), options);
                System.out.println(
                        point + ", " + point.lanes() + " lane(s) of " + Point.plain(point.mbits()) + " Mbit/s");
                int warmups = Integer.parseInt(options.getOrDefault("warmup", results.isEmpty() ? "1" : "0"));
                if (warmups > 0) {
                    PointResult.measure(
                            point.measured(WARMUP_SECONDS, warmups), directions, seed - warmups, LossMain::print);
                    System.out.println("  warm");
                }
                results.add(PointResult.measure(point, directions, seed, LossMain::print));
            }
        }
        StringBuilder table = new StringBuilder(PointResult.head());
        results.forEach(result -> table.append(result.row()));
        System.out.print(table);
    }

    private static Point point(double loss, double rtt, Map<String, String> options) {
        Point usual = Point.of(loss, rtt);
        return new Point(
                loss,
                rtt,
                Double.parseDouble(options.getOrDefault("reorder", "0")),
                Double.parseDouble(options.getOrDefault("rate", Double.toString(usual.mbits()))),
                Integer.parseInt(options.getOrDefault("lanes", Integer.toString(usual.lanes()))),
                Double.parseDouble(options.getOrDefault("seconds", "5")),
                Integer.parseInt(options.getOrDefault("rounds", "3")));
    }

    private static void print(Direction direction, int round, Transfer.Outcome outcome) {
        System.out.printf(
                Locale.ROOT,
                "  %-14s round %d: %8.2f Mbit/s  %s%n",
                direction.label(),
                round,
                outcome.mbits(),
                outcome.bridge());
    }
}
