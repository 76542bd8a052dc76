package io.demijohn.sim.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.tcp.TcpState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class ScriptsTest {
    private static final List<String> EVENTS =
            List.of("syn", "ack", "fin", "rst", "syn-ack", "data", "old", "future", "icmp");

    /** One test per script, named by its folder and file. {@code -Dscript=close/active} runs that one alone. */
    @TestFactory
    Stream<DynamicTest> script_run_stackDoesWhatItSays() throws IOException, URISyntaxException {
        Path root = root();
        return files(root)
                .map(file -> DynamicTest.dynamicTest(root.relativize(file).toString(), () -> run(parse(file))));
    }

    /** Scripts that name no family say the same over IPv6. */
    @TestFactory
    @Tag("proves:rfc8200")
    Stream<DynamicTest> script_overIpv6_stackDoesWhatItSays() throws IOException, URISyntaxException {
        Path root = root();
        return files(root)
                .filter(file -> parse(file).isForBothFamilies())
                .map(file -> DynamicTest.dynamicTest(
                        root.relativize(file) + " over IPv6",
                        () -> run(parse(file).overIpv6())));
    }

    /** RFC 9293, 3.10.7: every event in every state has its script. */
    @Test
    void states_andEvents_wholeTableIsThere() throws URISyntaxException {
        Path root = root().resolve("states");
        List<String> missing = new ArrayList<>();
        for (TcpState state : TcpState.values()) {
            String folder = state.name().toLowerCase(Locale.ROOT).replace('_', '-');
            for (String event : EVENTS) {
                if (!Files.exists(root.resolve(folder).resolve(event + ".script"))) {
                    missing.add(folder + "/" + event);
                }
            }
        }
        assertEquals(List.of(), missing);
    }

    @Test
    void malformedScripts_refusedWithTheLine() {
        assertLine("line 1", "0.0 app connect\n");
        assertLine("line 2", "# x\n0.0 nobody connect\n");
        assertLine("line 2", "# x\nsoon app connect\n");
        assertLine("line 2", "# x\n0.0 in SYN seq\n");
        assertLine("line 3", "# x\n1.0 app connect\n0.5 app close\n");
        assertLine("41 lines", "# x\n" + "\n".repeat(40));
    }

    @Test
    void stackThatDoesOtherwise_failsWithLineAndTranscript() {
        Script script = Script.parse("# x\n0.0 app connect\n0.0 out SYN seq 0\n0.5 out ACK seq 1\n");
        try (ScriptRunner runner = new ScriptRunner(script)) {
            ScriptException failure = assertThrows(ScriptException.class, runner::run);
            String message = String.valueOf(failure.getMessage());
            assertTrue(message.startsWith("line 4"), message);
            assertTrue(message.contains("0.000000 out SYN seq 0"), message);
        }
    }

    private static Path root() throws URISyntaxException {
        return Path.of(Objects.requireNonNull(ScriptsTest.class.getResource("/scripts"))
                .toURI());
    }

    private static Stream<Path> files(Path root) throws IOException {
        String only = System.getProperty("script", "");
        try (Stream<Path> walk = Files.walk(root)) {
            return walk
                    .filter(file -> file.toString().endsWith(".script"))
                    .filter(file -> file.toString().contains(only))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private static Script parse(Path file) {
        try {
            return Script.parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(Script script) {
        try (ScriptRunner runner = new ScriptRunner(script)) {
            runner.run();
        }
    }

    private static void assertLine(String start, String text) {
        ScriptException failure = assertThrows(ScriptException.class, () -> Script.parse(text));
        assertTrue(String.valueOf(failure.getMessage()).startsWith(start), failure.getMessage());
    }
}
