package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Jdk;
import io.demijohn.compat.harness.Needs;
import io.demijohn.compat.harness.NetNs;
import io.demijohn.compat.harness.PublicFolder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user who typed something wrong reads: one line that names it, and the application does not start. */
@Tag("agent")
final class BadInputTest {
    /** The user and group that own nothing. */
    private static final String NOBODY = "65534";

    @ParameterizedTest
    @CsvSource({
        "'nett=tap:dj0', nett",
        "'loop=maybe', loop",
        "'net=tap:dj0,address=10.77.0.300/24', address",
        "'spin=soon', spin",
        "'config=/nonexistent/demijohn.yaml', /nonexistent/demijohn.yaml",
        "'net=nosuchscheme:x,address=10.77.0.2/24', nosuchscheme",
        "'net=tap:a-name-that-is-too-long,address=10.77.0.2/24', a-name-that-is-too-long",
    })
    void option_thatIsWrong_endsTheStartWithOneLine(String options, String named) throws Exception {
        assertOneLine(Jdk.agent(options, "trouble"), named);
    }

    @Test
    void tap_withoutPermission_endsTheStartWithOneLine() throws Exception {
        Needs.tun();
        Needs.tool("setpriv");
        try (PublicFolder folder = PublicFolder.create();
                NetNs namespace = NetNs.create()) {
            List<String> command = new ArrayList<>(
                    List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--no-new-privs"));
            command.addAll(folder.agent("net=tap:dj0,address=10.77.0.2/24", "trouble"));
            assertOneLine(namespace.inside(command), "tap:dj0");
        }
    }

    private static void assertOneLine(List<String> command, String named) throws InterruptedException {
        try (AppProcess process = AppProcess.start(command)) {
            assertNotEquals(0, process.awaitExit(), process::transcript);
            assertEquals(List.of(), process.out(), process::transcript);
            assertEquals(1, process.err().size(), process::transcript);
            assertTrue(process.err().get(0).contains(named), process::transcript);
        }
    }
}
