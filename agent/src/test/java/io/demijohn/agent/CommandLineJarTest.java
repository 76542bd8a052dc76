package io.demijohn.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.agent.Jvms.Jvm;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code java -jar demijohn.jar} answers. */
final class CommandLineJarTest {
    private static final String ALL_JVMS = "io.demijohn.agent.Jvms#all";

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void version_asked_isOneLine(Jvm jvm) throws Exception {
        JvmRun run = command(jvm, "version");
        assertEquals(1, run.out().size());
        assertTrue(run.out().get(0).matches("demijohn \\d.*"), run::toString);
        assertEquals(List.of(), run.err());
        assertEquals(0, run.status());
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void doctor_asked_examinesJvmAndDevices(Jvm jvm) throws Exception {
        JvmRun run = command(jvm, "doctor");
        assertTrue(run.out().contains("this JVM: can be hooked"), run::toString);
        for (String scheme : List.of("tap", "loop")) {
            assertTrue(run.out().stream().anyMatch(line -> line.matches("  [+-] " + scheme + ":.*")), run::toString);
        }
        for (String later : List.of("afxdp", "memif", "vhost", "dpdk", "rdma", "spdk", "uring")) {
            assertTrue(
                    run.out().stream().anyMatch(line -> line.matches("  - " + later + ": .*: not in this version")),
                    run::toString);
        }
        assertEquals(List.of(), run.err());
        assertEquals(0, run.status());
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void unknownCommand_asked_printsTheUsage(Jvm jvm) throws Exception {
        for (String[] words : new String[][] {{}, {"frobnicate"}, {"stat", "1"}, {"version", "now"}}) {
            JvmRun run = command(jvm, words);
            assertEquals(2, run.status(), run::toString);
            assertEquals(List.of(), run.out());
            assertTrue(run.err().toString().toLowerCase(Locale.ROOT).contains("usage: java -jar demijohn.jar"));
        }
    }

    private static JvmRun command(Jvm jvm, String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of("-jar", JvmRun.JAR.toString()));
        line.addAll(List.of(words));
        return JvmRun.run(jvm, line);
    }
}
