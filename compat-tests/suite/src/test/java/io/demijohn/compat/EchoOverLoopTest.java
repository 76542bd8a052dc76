package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Figures;
import io.demijohn.compat.harness.Jdk;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Both ends in one JVM under the agent, through the in-process device; needs no root. */
@Tag("agent")
final class EchoOverLoopTest {
    @Test
    void pair_inOneJvm_echoesThroughTheLoopDevice() throws Exception {
        try (AppProcess pair = AppProcess.start(
                Jdk.agent("loop=on,report=exit", "echo", "pair", "--rounds", "5000", "--stream", "20000000"))) {
            List<String> lines = pair.awaitSuccess();
            assertTrue(lines.stream().anyMatch(line -> line.startsWith("pingpong OK rounds=5000 ")), pair::transcript);
            assertTrue(lines.stream().anyMatch(line -> line.startsWith("stream OK bytes=20000000 ")), pair::transcript);
            assertReported(pair, "listen inet loop 1");
            assertReported(pair, "connect inet loop 2");
            lines.stream()
                    .filter(line -> line.startsWith("pingpong"))
                    .forEach(line -> Figures.note("EchoOverLoopTest", line));
        }
    }

    @Test
    void httpPair_inOneJvm_answersThroughTheLoopDevice() throws Exception {
        for (String mode : List.of("http", "plain")) {
            try (AppProcess pair = AppProcess.start(Jdk.agent(
                    "loop=on,report=exit", "hello-pair", "--requests", "1000", "--warmup", "500", "--mode", mode))) {
                List<String> lines = pair.awaitSuccess();
                assertTrue(lines.get(0).startsWith("requests=1000 mode=" + mode + " "), pair::transcript);
                assertReported(pair, "listen inet loop 1");
                assertReported(pair, "connect inet loop 1");
                Figures.note("EchoOverLoopTest.hello." + mode, lines.get(0));
            }
        }
    }

    @Test
    void bindAndConnect_thatMustFail_throwTheJdksExceptions() throws Exception {
        try (AppProcess trouble = AppProcess.start(Jdk.agent("loop=on", "trouble"))) {
            assertEquals(TroubleContract.EXCEPTIONS_OF_THE_JDK, trouble.awaitSuccess(), trouble::transcript);
        }
    }

    private static void assertReported(AppProcess process, String line) {
        assertTrue(process.err().stream().anyMatch(reported -> reported.contains(line)), process::transcript);
    }
}
