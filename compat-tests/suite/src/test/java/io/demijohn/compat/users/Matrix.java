package io.demijohn.compat.users;

import io.demijohn.compat.harness.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The table of MATRIX.md: for each application and transport the artifact and, for each JDK, how the last run ended that could say
 * it. The file itself is the memory between runs. One thread.
 */
final class Matrix {
    static final Path FILE = Project.root().resolve("compat-tests/MATRIX.md");

    /** The feature releases with a column. */
    static final List<String> JDKS = List.of("17", "25");

    static final String PASSED = "passed";
    static final String PASSED_NIGHTLY = "passed, nightly";
    static final String FAILED = "failed: ";
    static final String NOT_RUN = "not run: ";
    private static final String NO_RUN_YET = NOT_RUN + "no run yet";

    private static final int CELLS = 4 + JDKS.size();

    private final Map<String, Row> rows = new TreeMap<>();

    /** One line: what was run, and the state for each of {@link #JDKS}. */
    record Row(String artifact, List<String> states) {}

    /** Reads the file, or an empty table if there is none. */
    static Matrix read() throws IOException {
        return parse(Files.exists(FILE) ? Files.readAllLines(FILE) : List.of());
    }

    /** Reads the lines of a file; what is no row of the table has no meaning. */
    static Matrix parse(List<String> lines) {
        Matrix matrix = new Matrix();
        for (String line : lines) {
            String[] cells = line.startsWith("| ") ? line.substring(2).split(" \\| | \\|", -1) : new String[0];
            if (cells.length == CELLS + 1) {
                matrix.rows.put(cells[0] + "|" + cells[2], new Row(cells[1], List.of(cells[3], cells[4])));
            }
        }
        return matrix;
    }

    /** Returns what the table says of one combination. */
    Row row(Application application, Transport transport) {
        @Nullable Row row = rows.get(key(application, transport));
        if (row != null) {
            return row;
        }
        String reason = application.reasonAgainst(transport);
        String state = reason.isEmpty() ? NO_RUN_YET : NOT_RUN + reason;
        return new Row(application.artifactAndVersion(), List.of(state, state));
    }

    /** Notes how a run on {@code jdk} ended. What another version of the artifact did says nothing any more. */
    void note(Application application, Transport transport, String jdk, String state) {
        Row old = row(application, transport);
        String artifact = application.artifactAndVersion();
        List<String> states =
                new ArrayList<>(old.artifact().equals(artifact) ? old.states() : List.of(NO_RUN_YET, NO_RUN_YET));
        states.set(JDKS.indexOf(jdk), state);
        rows.put(key(application, transport), new Row(artifact, List.copyOf(states)));
    }

    /** Returns the whole file; {@code shownBy} names the test of each combination that has one. */
    String render(ShownBy shownBy) {
        StringBuilder text = new StringBuilder("# Which applications run, over what, on which JDK\n\n");
        text.append(
                "Made by the tests of `compat-tests/suite`, package `users`; do not edit. A test that passes fails the build if its\n");
        text.append("cell claims anything else, or the row another version; a combination without a test says why. ");
        text.append("`.ci/run` runs all cells of\nJDK 17 ");
        text.append("but the nightly ones, and none of JDK 25. After a change run, as root and for either JDK,\n\n");
        text.append("    mvn -B verify -pl compat-tests/suite -am -Dtest='io.demijohn.compat.users.*Test'");
        text.append(
                " -Dsurefire.failIfNoSpecifiedTests=false \\\n        -Dmatrix.write=true -Dtest.java.home=JDK\n\n");
        text.append("| application | artifact | transport | JDK 17 | JDK 25 | shown by |\n|---|---|---|---|---|---|\n");
        for (Application application : Application.values()) {
            for (Transport transport : Transport.values()) {
                Row row = row(application, transport);
                text.append("| ")
                        .append(application.label())
                        .append(" | ")
                        .append(row.artifact())
                        .append(" | ");
                text.append(transport.label()).append(" | ").append(String.join(" | ", row.states()));
                text.append(" | ").append(shownBy.test(application, transport)).append(" |\n");
            }
        }
        return text.toString();
    }

    private static String key(Application application, Transport transport) {
        return application.label() + "|" + transport.label();
    }

    /** Knows the tests. */
    interface ShownBy {
        /** Returns the names of the tests of one combination, empty if there is none. */
        String test(Application application, Transport transport);
    }
}
