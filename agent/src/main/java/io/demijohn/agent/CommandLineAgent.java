package io.demijohn.agent;

import java.lang.instrument.Instrumentation;
import org.jspecify.annotations.Nullable;

/**
 * Lends the command line an {@link Instrumentation}: the JVM calls this before {@link CommandLine} when the jar is run with
 * {@code -jar} (manifest attribute {@code Launcher-Agent-Class}).
 */
public final class CommandLineAgent {
    private static @Nullable Instrumentation instrumentation;

    private CommandLineAgent() {}

    public static void agentmain(@Nullable String options, Instrumentation lent) {
        instrumentation = lent;
    }

    static @Nullable Instrumentation instrumentation() {
        return instrumentation;
    }
}
