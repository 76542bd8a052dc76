package io.demijohn.linux.bulk;

import io.demijohn.linux.host.Namespace;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Prints Mbit/s of bulk transfers between the kernel and us over a tap interface, side by side for each offload. Needs root.
 *
 * <pre>
 *   [megabytes=1000] [rounds=5]
 * </pre>
 */
public final class BulkMain {
    private static final List<String> OFFLOADS = List.of("on", "checksum", "off");
    private static final long MEGABYTE = 1_000_000;

    private BulkMain() {}

    /** Takes {@code key=value} words. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Optional<String> missing = Namespace.missing();
        if (missing.isPresent()) {
            System.err.println(missing.get());
            System.exit(1);
        }
        long bytes = option(args, "megabytes", 1000) * MEGABYTE;
        int rounds = (int) option(args, "rounds", 5);
        double[][] up = new double[OFFLOADS.size()][rounds];
        double[][] down = new double[OFFLOADS.size()][rounds];
        measure(bytes / 4, new double[OFFLOADS.size()][1], new double[OFFLOADS.size()][1], 0);
        System.out.println("warm");
        for (int round = 0; round < rounds; round++) {
            measure(bytes, up, down, round);
        }
        System.out.println("| offload | Linux -> ours, Mbit/s | ours -> Linux, Mbit/s |\n|---|---:|---:|");
        for (int index = 0; index < OFFLOADS.size(); index++) {
            System.out.printf(
                    Locale.ROOT, "| %s | %.0f | %.0f |%n", OFFLOADS.get(index), median(up[index]), median(down[index]));
        }
    }

    private static void measure(long bytes, double[][] up, double[][] down, int round)
            throws IOException, InterruptedException {
        for (int index = 0; index < OFFLOADS.size(); index++) {
            try (TapRig rig = new TapRig(OFFLOADS.get(index))) {
                up[index][round] = mbits(bytes, BulkTransfer.run(rig, TapRig.OURS, bytes, 0));
                down[index][round] = mbits(bytes, BulkTransfer.run(rig, TapRig.OURS, 0, bytes));
            }
            System.out.printf(
                    Locale.ROOT,
                    "offload=%-8s round %d: Linux -> ours %8.0f Mbit/s, ours -> Linux %8.0f Mbit/s%n",
                    OFFLOADS.get(index),
                    round,
                    up[index][round],
                    down[index][round]);
        }
    }

    private static double mbits(long bytes, long nanos) {
        return bytes * 1e3 * Byte.SIZE / nanos;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static long option(String[] args, String key, long otherwise) {
        return Arrays.stream(args)
                .filter(word -> word.startsWith(key + "="))
                .mapToLong(word -> Long.parseLong(word.substring(key.length() + 1)))
                .reduce(otherwise, (first, second) -> second);
    }
}
