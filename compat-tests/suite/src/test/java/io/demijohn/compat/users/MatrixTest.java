package io.demijohn.compat.users;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** MATRIX.md has a row for each application and transport, and each has a test or a reason. */
final class MatrixTest {
    private static final UserTests tests = UserTests.all();

    @Test
    void application_onEachTransport_hasATestOrAReason() {
        List<String> wrong = new ArrayList<>();
        for (Application application : Application.values()) {
            for (Transport transport : Transport.values()) {
                boolean tested = !tests.names(application, transport).isEmpty();
                if (tested != application.reasonAgainst(transport).isEmpty()) {
                    wrong.add(application + " " + transport + ": either a test or a reason");
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void file_inTheProject_isTheTableOfItsOwnRows() throws IOException {
        String expected = Matrix.read().render(tests::names);
        if (Boolean.getBoolean("matrix.write")) {
            Files.writeString(Matrix.FILE, expected);
        }
        assertEquals(expected, Files.readString(Matrix.FILE), "run this test with -Dmatrix.write=true");
    }

    @Test
    void row_inTheProject_namesTheVersionThatIsBuiltAndAKnownState() throws IOException {
        Matrix matrix = Matrix.read();
        List<String> wrong = new ArrayList<>();
        for (Application application : Application.values()) {
            for (Transport transport : Transport.values()) {
                Matrix.Row row = matrix.row(application, transport);
                boolean tested = !tests.names(application, transport).isEmpty();
                for (String state : row.states()) {
                    boolean known = tested
                            ? state.equals(Matrix.PASSED)
                                    || state.equals(Matrix.PASSED_NIGHTLY)
                                    || state.startsWith(Matrix.FAILED)
                                    || state.startsWith(Matrix.NOT_RUN)
                            : state.equals(Matrix.NOT_RUN + application.reasonAgainst(transport));
                    if (!known) {
                        wrong.add(application + " " + transport + ": " + state);
                    }
                }
                if (!row.artifact().equals(application.artifactAndVersion())) {
                    wrong.add(application + ": " + row.artifact() + " is not built");
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void note_ofOneJdk_leavesTheOtherUntilTheVersionChanges() {
        Application application = Application.JDK_HTTP_SERVER;
        Matrix matrix = Matrix.parse(
                List.of("| JDK HttpServer | the JDK's own | tap | passed | failed: X.y | X |", "| no | row |", "text"));
        matrix.note(application, Transport.TAP, "25", Matrix.PASSED);
        assertEquals(
                List.of("passed", "passed"),
                matrix.row(application, Transport.TAP).states());
        Matrix older = Matrix.parse(List.of("| JDK HttpServer | g:a:1 | tap | passed | passed | X |"));
        older.note(application, Transport.TAP, "17", Matrix.PASSED);
        assertEquals(
                List.of("passed", "not run: no run yet"),
                older.row(application, Transport.TAP).states());
        assertTrue(older.render((any, where) -> "").contains("| JDK HttpServer | the JDK's own | tap | passed |"));
    }
}
