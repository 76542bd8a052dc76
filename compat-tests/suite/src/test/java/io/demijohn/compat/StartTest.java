package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Jdk;
import io.demijohn.compat.harness.Project;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the agent says when it starts: one line, no warning, and nothing on the application's own output. */
@Tag("agent")
final class StartTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "loop=on"})
    void start_ofAnyProgram_printsOneLineAndNoWarning(String options) throws Exception {
        try (AppProcess trouble = AppProcess.start(Jdk.agent(options, "trouble"))) {
            assertEquals(TroubleContract.EXCEPTIONS_OF_THE_JDK, trouble.awaitSuccess(), trouble::transcript);
            assertEquals(1, trouble.err().size(), trouble::transcript);
            assertTrue(trouble.err().get(0).contains("demijohn"), trouble::transcript);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"version", "doctor"})
    void commandLine_withACommand_answersAndEnds(String command) throws Exception {
        List<String> line = List.of(Jdk.launcher(), "-jar", Project.agentJar().toString(), command);
        try (AppProcess process = AppProcess.start(line)) {
            assertTrue(!process.awaitSuccess().isEmpty(), process::transcript);
            assertEquals(List.of(), process.err(), process::transcript);
        }
    }

    @Test
    void exitStatus_ofTheProgram_isUntouched() throws Exception {
        try (AppProcess stock = AppProcess.start(Jdk.stock("echo", "nonsense"));
                AppProcess agent = AppProcess.start(Jdk.agent("", "echo", "nonsense"))) {
            assertEquals(1, stock.awaitExit());
            assertEquals(1, agent.awaitExit());
            assertEquals(stock.err(), agent.err().subList(1, agent.err().size()), agent::transcript);
        }
    }
}
