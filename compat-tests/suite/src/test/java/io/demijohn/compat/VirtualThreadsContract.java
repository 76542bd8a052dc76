package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Jdk;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ten thousand virtual threads that block in sockets and channels share one carrier, and all go on; none ever holds it. */
abstract class VirtualThreadsContract {
    private static final String READERS = "10000";
    private static final List<String> ONE_CARRIER =
            List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1");

    /** Returns the agent's options, or nothing for the stock JDK. */
    abstract String agentOptions();

    /** Looks at what the agent reported. */
    void checkReport(AppProcess process) {}

    @Test
    void readers_tenThousandOnOneCarrier_allGoOnAndNonePins() throws Exception {
        List<String> command =
                Jdk.with(ONE_CARRIER, agentOptions(), "virtual-threads", "--readers", READERS, "--selectors", "50");
        try (AppProcess process = AppProcess.start(command)) {
            List<String> lines = process.awaitSuccess();
            assumeTrue(!lines.contains("none"), "skipped: this JDK has no virtual threads");
            for (String what : List.of("sockets", "channels")) {
                assertEquals(2, count(lines, what + " blocked " + READERS), process::transcript);
                assertEquals(2, count(lines, what + " progressed " + READERS), process::transcript);
                assertEquals(1, count(lines, what + " ended " + READERS), process::transcript);
            }
            assertEquals(2, count(lines, "selectors progressed 50"), process::transcript);
            assertTrue(lines.contains("pinned 0"), process::transcript);
            checkReport(process);
        }
    }

    private static long count(List<String> lines, String line) {
        return lines.stream().filter(line::equals).count();
    }
}
