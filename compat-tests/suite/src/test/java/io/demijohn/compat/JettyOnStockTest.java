package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.KernelSocket;
import io.demijohn.compat.harness.Rig;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The same requests to Jetty on the stock JDK. */
final class JettyOnStockTest extends JettyContract {
    @Override
    protected Rig openRig() {
        return Rig.stock();
    }

    @Test
    void listener_onTheStockJdk_isAKernelSocket() {
        List<KernelSocket> sockets = KernelSocket.all(rig());
        assertTrue(
                sockets.stream()
                        .anyMatch(socket ->
                                socket.isHeldBy(jetty()) && socket.local().endsWith(":" + port())),
                () -> "kernel sockets: " + sockets);
    }
}
