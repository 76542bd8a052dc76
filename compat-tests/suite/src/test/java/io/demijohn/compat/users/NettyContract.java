package io.demijohn.compat.users;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Rig;
import io.demijohn.compat.harness.TestKeys;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A Netty server and a Netty client, one at our end and one at the kernel's: turns, streams, TLS and a file. */
abstract class NettyContract extends UserRigTest {
    static final List<String> LINES =
            List.of("turns 20x500 OK", "streams 300x200000 OK", "tls 30x200000 OK", "file 10000000 OK");

    @ParameterizedTest
    @EnumSource(names = {"NETTY_4_1", "NETTY_4_2"})
    void server_ofOurs_echoesToTheKernelsClients(Application application) throws Exception {
        AppProcess serving = rig().ours(application.program(), serve(Rig.OURS));
        String[] ports = serving.awaitLine("ready ").split(" ", -1);
        AppProcess visitor = rig().kernel(application.program(), visit(Rig.OURS, ports));
        visitor.awaitLine("visited");
        Bypass.assertWhileOpen(transport(), serving);
        assertEquals(LINES, visitor.out().subList(0, LINES.size()));
        end(visitor);
        end(serving);
        assertEquals(2, serving.out().size(), serving::transcript); // ready and stopped: no connection failed
        Bypass.assertReported(transport(), serving, 2, 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"NETTY_4_1", "NETTY_4_2"})
    void client_ofOurs_echoesThroughTheKernelsServer(Application application) throws Exception {
        AppProcess serving = rig().kernel(application.program(), serve(Rig.KERNEL));
        String[] ports = serving.awaitLine("ready ").split(" ", -1);
        AppProcess visitor = rig().ours(application.program(), visit(Rig.KERNEL, ports));
        visitor.awaitLine("visited");
        Bypass.assertWhileOpen(transport(), visitor);
        assertEquals(LINES, visitor.out().subList(0, LINES.size()));
        end(visitor);
        end(serving);
        assertEquals(2, serving.out().size(), serving::transcript);
        Bypass.assertReported(transport(), visitor, 0, 361); // 20, 300, 30, 1 and 10 connections
    }

    private static String[] serve(String host) {
        return new String[] {"serve", "--host", host, "--keys", TestKeys.file()};
    }

    private static String[] visit(String host, String... ports) {
        return new String[] {
            "visit", "--host", host, "--port", ports[0], "--tlsport", ports[1], "--keys", TestKeys.file()
        };
    }

    private static void end(AppProcess process) throws Exception {
        process.endInput();
        process.awaitSuccess();
    }
}
