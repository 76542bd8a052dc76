package io.demijohn.agent;

import java.lang.instrument.Instrumentation;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the JVM calls for {@code -javaagent:demijohn.jar}: starts the datapath and hooks the JDK, or says in one line why not.
 *
 * <p>Runs once, on the main thread, before the application's main class is loaded. Never throws: a trouble of ours either
 * ends the start with status 1 (the user's configuration cannot be used) or leaves the application on the kernel.
 */
public final class AgentMain {
    static final int STATUS_BAD_CONFIGURATION = 1;

    private static boolean started;

    private AgentMain() {}

    /** Starts under {@code -javaagent}; {@code options} is the text behind the equals sign, or null. */
    public static void premain(@Nullable String options, Instrumentation instrumentation) {
        if (hasSecurityManager()) {
            StandardError.print("demijohn: off: a SecurityManager is installed; the application runs on the kernel");
            return;
        }
        if (started) {
            StandardError.print("demijohn: -javaagent names demijohn.jar twice; allowed: once");
            end(STATUS_BAD_CONFIGURATION);
        }
        started = true;
        Map.Entry<Integer, List<String>> outcome;
        try {
            outcome = DatapathLayer.open(instrumentation).call("start", instrumentation, options);
        } catch (LayerException cannotLoad) {
            StandardError.print("demijohn: off: " + cannotLoad.getMessage() + "; the application runs on the kernel");
            return;
        }
        for (String line : outcome.getValue()) {
            StandardError.print(line);
        }
        if (outcome.getKey() != 0) {
            end(outcome.getKey());
        }
    }

    /** Answers a late attach: nothing is changed, since what the application opened before would stay on the kernel. */
    public static void agentmain(@Nullable String options, Instrumentation instrumentation) {
        StandardError.print("demijohn: not loaded: sockets and selectors that a running application has already opened"
                + " would stay on the kernel; start the application with -javaagent:demijohn.jar");
    }

    /** Ends the JVM before the application began; only the shutdown hooks of earlier agents run. */
    private static void end(int status) {
        System.exit(status);
    }

    /** JDK 17 may still have one; its policy covers neither our code nor the application's calls through it. */
    @SuppressWarnings("removal") // the question is meant for the releases that can still have one
    private static boolean hasSecurityManager() {
        return System.getSecurityManager() != null;
    }
}
