package io.demijohn.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The command line outside of its jar. */
final class CommandLineTest {
    @Test
    void version_notPackaged_saysSo() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int status = CommandLine.run(new String[] {"version"}, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        assertEquals("demijohn (not packaged)" + System.lineSeparator(), bytes.toString(StandardCharsets.UTF_8));
        assertEquals(0, status);
    }
}
