package io.demijohn.compat.users;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Jdk;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The base of contracts with both ends in one JVM, on the loopback; needs no root. */
abstract class PairTest {
    private static final String VISITED = "visited";

    /** Returns what this class runs over. */
    final Transport transport() {
        return Objects.requireNonNull(getClass().getAnnotation(Over.class)).value();
    }

    /**
     * Runs a program that prints {@code visited}, keeps its connections until its input ends, and then ends; checks its routes and
     * returns what it printed before.
     */
    final List<String> run(Application application, long listenersMin, long connectsMin, String... args)
            throws Exception {
        String program = application.program();
        List<String> command = Jdk.with(List.of(), transport().agentOptions(), program, args);
        try (AppProcess pair = AppProcess.start(command)) {
            pair.awaitLine(VISITED);
            Bypass.assertWhileOpen(transport(), pair);
            pair.endInput();
            List<String> lines = new ArrayList<>(pair.awaitSuccess());
            Bypass.assertReported(transport(), pair, listenersMin, connectsMin);
            return lines.subList(0, lines.indexOf(VISITED));
        }
    }
}
