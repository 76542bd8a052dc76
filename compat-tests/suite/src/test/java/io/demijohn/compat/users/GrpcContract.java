package io.demijohn.compat.users;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Rig;
import io.demijohn.compat.harness.TestKeys;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A gRPC server and a gRPC client, one at our end and one at the kernel's, with and without TLS. */
abstract class GrpcContract extends UserRigTest {
    static final List<String> LINES = List.of(
            "plain in turn 500 OK",
            "plain many 2000 OK",
            "plain streams 50x100 OK",
            "plain large 10000000 OK",
            "tls in turn 500 OK",
            "tls many 2000 OK",
            "tls streams 50x100 OK",
            "tls large 10000000 OK");

    @ParameterizedTest
    @EnumSource(names = "GRPC")
    void server_ofOurs_answersTheKernelsClient(Application application) throws Exception {
        AppProcess serving = rig().ours(application.program(), serve(Rig.OURS));
        String[] ports = serving.awaitLine("ready ").split(" ", -1);
        AppProcess visitor = rig().kernel(application.program(), visit(Rig.OURS, ports));
        visit(visitor, serving, serving);
        Bypass.assertReported(transport(), serving, 2, 0);
    }

    @ParameterizedTest
    @EnumSource(names = "GRPC")
    void client_ofOurs_callsTheKernelsServer(Application application) throws Exception {
        AppProcess serving = rig().kernel(application.program(), serve(Rig.KERNEL));
        String[] ports = serving.awaitLine("ready ").split(" ", -1);
        AppProcess visitor = rig().ours(application.program(), visit(Rig.KERNEL, ports));
        visit(visitor, serving, visitor);
        Bypass.assertReported(transport(), visitor, 0, 2);
    }

    private void visit(AppProcess visitor, AppProcess serving, AppProcess ours) throws Exception {
        visitor.awaitLine("visited");
        Bypass.assertWhileOpen(transport(), ours);
        assertEquals(LINES, visitor.out().subList(0, LINES.size()));
        visitor.endInput();
        visitor.awaitSuccess();
        serving.endInput();
        serving.awaitSuccess();
    }

    private static String[] serve(String host) {
        return new String[] {"serve", "--host", host, "--keys", TestKeys.file()};
    }

    private static String[] visit(String host, String... ports) {
        return new String[] {
            "visit", "--host", host, "--port", ports[0], "--tlsport", ports[1], "--keys", TestKeys.file()
        };
    }
}
