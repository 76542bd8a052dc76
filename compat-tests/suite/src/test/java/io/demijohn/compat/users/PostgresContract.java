package io.demijohn.compat.users;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.PostgresServer;
import io.demijohn.compat.harness.Rig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** PostgreSQL's JDBC driver at our end works with a real server at the kernel's, with and without TLS. */
abstract class PostgresContract extends UserRigTest {
    @ParameterizedTest
    @EnumSource(names = "POSTGRESQL_JDBC")
    void driver_ofARealServer_getsEveryAnswer(Application application) throws Exception {
        try (PostgresServer server = PostgresServer.start(rig())) {
            AppProcess client = rig().ours(
                            application.program(),
                            "--host",
                            Rig.KERNEL,
                            "--port",
                            server.port(),
                            "--user",
                            server.user());
            client.awaitLine("visited");
            Bypass.assertWhileOpen(transport(), client);
            client.endInput();
            List<String> lines = client.awaitSuccess();
            assertEquals(expected(), lines, client::transcript);
            Bypass.assertReported(transport(), client, 0, 54); // for either mode 1, at least 1 to cancel, 20 and 5
        }
    }

    private static List<String> expected() {
        List<String> lines = new ArrayList<>();
        for (String mode : List.of("ssl=disable", "ssl=require")) {
            for (String what : List.of(
                    "batch 5000",
                    "cursor 5000",
                    "large 8000000",
                    "copy 200000",
                    "cancel",
                    "notifications 200",
                    "crowd 20x100")) {
                lines.add(mode + " " + what + " OK");
            }
        }
        lines.addAll(List.of("visited", "closed"));
        return lines;
    }
}
