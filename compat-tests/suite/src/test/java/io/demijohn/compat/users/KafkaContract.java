package io.demijohn.compat.users;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Rig;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A Kafka broker in KRaft mode with one node, and its clients in another JVM that is ours too, with the kernel as the router. */
abstract class KafkaContract extends UserRigTest {
    static final List<String> LINES =
            List.of("create OK", "produce 20000 OK", "consume 20000 OK", "transactions 3x100 OK");

    @ParameterizedTest
    @EnumSource(names = "KAFKA")
    void broker_withProducersAndConsumers_keepsEveryRecord(Application application, @TempDir Path folder)
            throws Exception {
        AppProcess broker = rig().ours(
                        application.program(),
                        "broker",
                        "--host",
                        Rig.OURS,
                        "--port",
                        "9092",
                        "--controller",
                        "9093",
                        "--data",
                        folder.toString());
        AppProcess client = rig().oursBeyond(application.program(), "visit", "--host", Rig.OURS, "--port", "9092");
        client.awaitLine("visited");
        Bypass.assertWhileOpen(transport(), client);
        Bypass.assertWhileOpen(transport(), broker);
        client.endInput();
        List<String> lines = client.awaitSuccess();
        assertEquals(LINES, lines.subList(0, lines.indexOf("visited")));
        Bypass.assertReported(transport(), client, 0, 4);
        broker.endInput();
        broker.awaitSuccess();
        Bypass.assertReported(transport(), broker, 2, 0);
    }
}
