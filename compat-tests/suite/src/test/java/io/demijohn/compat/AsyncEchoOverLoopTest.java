package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Figures;
import io.demijohn.compat.harness.Jdk;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ends on asynchronous channels in one JVM under the agent, through the in-process device; needs no root. */
@Tag("agent")
final class AsyncEchoOverLoopTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void pair_inOneJvm_echoesThroughTheLoopDevice(String host) throws Exception {
        try (AppProcess pair = AppProcess.start(Jdk.agent(
                "loop=on,report=exit",
                "async-echo",
                "pair",
                "--host",
                host,
                "--rounds",
                "5000",
                "--stream",
                "8000000"))) {
            List<String> lines = pair.awaitSuccess();
            assertTrue(lines.stream().anyMatch(line -> line.startsWith("pingpong OK rounds=5000 ")), pair::transcript);
            assertTrue(lines.stream().anyMatch(line -> line.startsWith("stream OK bytes=8000000 ")), pair::transcript);
            assertTrue(lines.contains("timeout OK java.nio.channels.InterruptedByTimeoutException"), pair::transcript);
            assertTrue(lines.contains("group ended true"), pair::transcript);
            for (String line : List.of("listen inet loop 1", "connect inet loop 3")) {
                assertTrue(pair.err().stream().anyMatch(reported -> reported.contains(line)), pair::transcript);
            }
            Figures.note("AsyncEchoOverLoopTest", lines.get(0));
        }
    }
}
