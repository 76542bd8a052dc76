package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Figures;
import io.demijohn.compat.harness.Rig;
import io.demijohn.compat.harness.RigTest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The echo pair on asynchronous channels, one end ours, the other the kernel's. */
abstract class AsyncEchoContract extends RigTest {
    private static final String STREAM_BYTES = "8000000";

    @Test
    void client_ofOurs_echoesThroughTheKernelsServer() throws Exception {
        for (String host : List.of(Rig.KERNEL, Rig.KERNEL_IPV6)) {
            AppProcess server = rig().kernel("async-echo", "server", "--host", host);
            String port = server.awaitLine("ready ");
            assertEchoed(rig().ours("async-echo", "client", "--host", host, "--port", port, "--stream", STREAM_BYTES));
            server.endInput();
            server.awaitSuccess();
        }
    }

    @Test
    void server_ofOurs_echoesToTheKernelsClient() throws Exception {
        for (String host : List.of(Rig.OURS, Rig.OURS_IPV6)) {
            AppProcess server = rig().ours("async-echo", "server", "--host", host);
            String port = server.awaitLine("ready ");
            assertEchoed(
                    rig().kernel("async-echo", "client", "--host", host, "--port", port, "--stream", STREAM_BYTES));
            server.awaitLine("end 2 bytes=" + STREAM_BYTES + " eof");
            server.endInput();
            assertTrue(server.awaitSuccess().contains("group ended true"), server::transcript);
        }
    }

    @Test
    void wildcardServer_ofOurs_acceptsFromTheKernelsClient() throws Exception {
        AppProcess server = rig().ours("async-echo", "server", "--host", "0.0.0.0");
        String port = server.awaitLine("ready ");
        assertEchoed(rig().kernel("async-echo", "client", "--host", Rig.OURS, "--port", port));
        server.endInput();
        assertTrue(server.awaitSuccess().contains("group ended true"), server::transcript);
    }

    @Test
    void kernelsServer_killed_endsAPendingReadOfOurs() throws Exception {
        AppProcess server = rig().kernel("async-echo", "server", "--host", Rig.KERNEL);
        String port = server.awaitLine("ready ");
        AppProcess client = rig().ours("async-echo", "wait", "--host", Rig.KERNEL, "--port", port);
        client.awaitLine("connected");
        server.endInput();
        server.awaitSuccess();
        assertEquals(List.of("connected", "read ended: eof"), client.awaitSuccess(), client::transcript);
    }

    private void assertEchoed(AppProcess client) throws InterruptedException {
        List<String> lines = client.awaitSuccess();
        assertEquals(3, lines.size(), client::transcript);
        assertTrue(lines.get(0).startsWith("pingpong OK rounds=1000 size=64 "), client::transcript);
        assertTrue(lines.get(1).startsWith("stream OK bytes="), client::transcript);
        assertEquals("timeout OK java.nio.channels.InterruptedByTimeoutException", lines.get(2));
        Figures.note(getClass().getSimpleName(), lines.get(0));
    }
}
