package io.demijohn.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Simulations of mixed shape, faults and configuration, each drawn from its seed; {@code -Dseed=N} replays one. */
final class MixedSimulationTest {
    private static final int SEEDS = Integer.getInteger("mixed.seeds", 2000);
    private static final int FAILURES_SHOWN_MAX = 5;

    @Test
    @Tag("proves:overlap")
    @Tag("proves:buffers-pressure")
    void mixedSeeds_allFaultsTogether_promisesHold() throws InterruptedException, ExecutionException {
        long[] seeds = Seeds.upTo(SEEDS);
        ExecutorService workers =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        List<String> failures = new ArrayList<>();
        try {
            List<Future<String>> results = Arrays.stream(seeds)
                    .mapToObj(seed -> workers.submit(() -> failureOf(seed)))
                    .toList();
            for (Future<String> result : results) {
                if (!result.get().isEmpty()) {
                    failures.add(result.get());
                }
            }
        } finally {
            workers.shutdownNow();
        }
        List<String> shown = failures.subList(0, Math.min(failures.size(), FAILURES_SHOWN_MAX));
        assertEquals("", String.join("\n\n", shown), () -> failures.size() + " of " + seeds.length + " seeds failed");
    }

    /** Seeds that failed once, each with what was wrong. */
    @TestFactory
    Stream<DynamicTest> keptSeeds_thatFailedOnce_promisesHold() throws IOException {
        try (BufferedReader file = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(MixedSimulationTest.class.getResourceAsStream("/seeds/mixed.txt")),
                StandardCharsets.UTF_8))) {
            List<String> lines =
                    file.lines().filter(line -> !line.startsWith("#")).toList();
            return lines.stream()
                    .map(line -> DynamicTest.dynamicTest(line, () -> {
                        long seed = Long.parseLong(line.substring(0, line.indexOf(' ')));
                        for (boolean segments : new boolean[] {false, true}) {
                            new MixedScenario(seed, false, segments).run();
                            new MixedScenario(seed, true, segments).run();
                        }
                    }));
        }
    }

    private static String failureOf(long seed) {
        try {
            new MixedScenario(seed).run();
            return "";
        } catch (AssertionError failure) {
            Throwable cause = Objects.requireNonNullElse(failure.getCause(), failure);
            String at = cause instanceof AssertionError ? "" : "\n" + Arrays.toString(cause.getStackTrace());
            return failure.getMessage() + at;
        }
    }
}
