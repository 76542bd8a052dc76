package io.demijohn.spi;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * The main of a JVM in a network namespace: runs the test class named first with whatever transport the properties ask for,
 * and writes its failures, and then how many tests passed, to the file named second.
 */
public final class TapFamilies {
    private static final int FAILURES_MAX = 20;

    private TapFamilies() {}

    public static void main(String[] arguments) throws Exception {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        Launcher launcher = LauncherFactory.create();
        launcher.execute(
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectClass(arguments[0]))
                        .build(),
                listener);
        TestExecutionSummary summary = listener.getSummary();
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(Path.of(arguments[1])))) {
            summary.printFailuresTo(out, FAILURES_MAX);
            out.println("passed " + summary.getTestsSucceededCount());
            out.println("failed " + summary.getTotalFailureCount());
        }
        System.exit(0); // whatever a failed test left running
    }
}
