package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.AppProcess;
import org.junit.jupiter.api.Tag;

/** Under the agent, through the in-process device. */
@Tag("agent")
final class VirtualThreadsOverLoopTest extends VirtualThreadsContract {
    @Override
    String agentOptions() {
        return "loop=on,report=exit";
    }

    @Override
    void checkReport(AppProcess process) {
        assertTrue(
                process.err().stream().anyMatch(line -> line.matches(".*connect inet loop 1\\d{4}.*")),
                process::transcript);
    }
}
