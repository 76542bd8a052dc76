package io.demijohn.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.agent.Jvms.Jvm;
import io.demijohn.agent.app.Hello;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the agent adds to the start of a JVM; measured and noted, not bounded: the host may be busy. */
final class StartCostJarTest {
    private static final String ALL_JVMS = "io.demijohn.agent.Jvms#all";
    private static final int ROUNDS = 7;
    private static final Path FIGURES = Path.of("target", "figures.txt");

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void hello_withAndWithoutAgent_isMeasured(Jvm jvm) throws Exception {
        double stockMillis = medianMillis(jvm, List.of());
        double agentMillis = medianMillis(jvm, List.of(JvmRun.agent("log=off")));
        String line = String.format(
                Locale.ROOT,
                "StartCost %s: hello takes %.0f ms, under the agent %.0f ms (wall, median of %d)%n",
                jvm,
                stockMillis,
                agentMillis,
                ROUNDS);
        Files.writeString(FIGURES, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static double medianMillis(Jvm jvm, List<String> options) throws Exception {
        double[] millis = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            JvmRun run = JvmRun.run(jvm, options, Hello.class);
            assertEquals(List.of("hello"), run.out(), run::toString);
            millis[round] = run.nanos() / 1e6;
        }
        Arrays.sort(millis);
        return millis[ROUNDS / 2];
    }
}
