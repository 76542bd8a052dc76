package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Figures;
import io.demijohn.compat.harness.Rig;
import io.demijohn.compat.harness.RigTest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The java.net echo pair, one end ours, the other the kernel's. */
abstract class EchoContract extends RigTest {
    private static final String STREAM_BYTES = "20000000";

    /** Returns the address at our end. */
    String host() {
        return Rig.OURS;
    }

    /** Returns the address at the kernel's end. */
    String kernelHost() {
        return Rig.KERNEL;
    }

    @Test
    void client_ofOurs_echoesThroughTheKernelsServer() throws Exception {
        String port = rig().kernel("echo", "server", "--host", kernelHost()).awaitLine("ready ");
        assertEchoed(rig().ours("echo", "client", "--host", kernelHost(), "--port", port, "--stream", STREAM_BYTES));
    }

    @Test
    void server_ofOurs_echoesToTheKernelsClient() throws Exception {
        AppProcess server = rig().ours("echo", "server", "--host", host());
        String port = server.awaitLine("ready ");
        assertEchoed(rig().kernel("echo", "client", "--host", host(), "--port", port, "--stream", STREAM_BYTES));
        server.awaitLine("end 2 bytes=" + STREAM_BYTES + " eof");
        server.endInput();
        server.awaitSuccess();
    }

    private void assertEchoed(AppProcess client) throws InterruptedException {
        List<String> lines = client.awaitSuccess();
        assertEquals(2, lines.size());
        assertTrue(lines.get(0).startsWith("pingpong OK rounds=1000 size=64 "), lines.get(0));
        assertTrue(lines.get(1).startsWith("stream OK bytes=" + STREAM_BYTES + " "), lines.get(1));
        Figures.note(getClass().getSimpleName(), lines.get(0));
    }
}
