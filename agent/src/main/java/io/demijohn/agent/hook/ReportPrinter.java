package io.demijohn.agent.hook;

import java.io.PrintStream;
import java.util.function.Consumer;

/**
 * Prints the report at the end of the JVM, for {@code report=exit}.
 *
 * <p>Writes to the standard error stream as it was at the start: the application may have closed or replaced it since.
 */
final class ReportPrinter implements Consumer<String> {
    private final PrintStream stream = System.err;

    @Override
    public void accept(String report) {
        for (String line : report.split("\n", -1)) {
            if (!line.isEmpty()) {
                stream.println("demijohn: " + line);
            }
        }
    }
}
