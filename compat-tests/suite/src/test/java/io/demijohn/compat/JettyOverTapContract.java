package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.KernelSocket;
import io.demijohn.compat.harness.Rig;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Jetty shows under the agent over a tap device, whatever the family. */
abstract class JettyOverTapContract extends JettyContract {
    @Override
    protected Rig openRig() {
        return Rig.tap();
    }

    @Test
    void listener_underTheAgent_isNoKernelSocket() {
        rig().output("curl", "-sS", "-o", "/dev/null", url() + "/hello");
        List<KernelSocket> sockets = KernelSocket.all(rig());
        assertTrue(
                sockets.stream()
                        .noneMatch(socket ->
                                socket.isHeldBy(jetty()) || socket.local().endsWith(":" + port())),
                () -> "kernel sockets: " + sockets);
    }
}
