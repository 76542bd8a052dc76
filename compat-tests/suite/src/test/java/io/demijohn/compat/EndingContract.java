package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Rig;
import io.demijohn.compat.harness.RigTest;
import org.junit.jupiter.api.Test;

/** What each end sees when the other one's process goes away. */
abstract class EndingContract extends RigTest {
    @Test
    void peerKilled_withUnreadInput_resetsOurBlockedRead() throws Exception {
        AppProcess peer = rig().kernel("echo", "stall", "--host", Rig.KERNEL);
        String port = peer.awaitLine("ready ");
        AppProcess ours = rig().ours("echo", "wait", "--host", Rig.KERNEL, "--port", port, "--size", "1000");
        ours.awaitLine("connected");
        peer.awaitLine("accepted 1 from ");
        peer.kill();
        assertEquals("java.net.SocketException: Connection reset", ours.awaitLine("read ended: "));
        ours.awaitSuccess();
    }

    @Test
    void peerKilled_withNothingUnread_endsOurBlockedRead() throws Exception {
        AppProcess peer = rig().kernel("echo", "server", "--host", Rig.KERNEL);
        String port = peer.awaitLine("ready ");
        AppProcess ours = rig().ours("echo", "chat", "--host", Rig.KERNEL, "--port", port);
        ours.awaitLine("connected");
        peer.awaitLine("accepted 1 from ");
        peer.kill();
        String end = ours.awaitLine("chat ended: ");
        assertTrue(end.equals("eof") || end.startsWith("java.net.SocketException: "), end);
        ours.awaitSuccess();
    }

    @Test
    void exit_withOpenConnections_closesThemAsTheKernelWould() throws Exception {
        AppProcess peer = rig().kernel("echo", "server", "--host", Rig.KERNEL);
        String port = peer.awaitLine("ready ");
        AppProcess ours = rig().ours("many", "--host", Rig.KERNEL, "--port", port, "--connections", "10");
        ours.awaitLine("open 10");
        peer.awaitLine("accepted 10 from ");
        ours.endInput();
        ours.awaitSuccess();
        for (int i = 1; i <= 10; i++) {
            peer.awaitLine("end " + i + " bytes=1 eof");
        }
    }

    @Test
    void sigterm_withOpenConnections_closesThemAsTheKernelWould() throws Exception {
        AppProcess peer = rig().kernel("echo", "server", "--host", Rig.KERNEL);
        String port = peer.awaitLine("ready ");
        AppProcess ours = rig().ours("many", "--host", Rig.KERNEL, "--port", port, "--connections", "4");
        ours.awaitLine("open 4");
        peer.awaitLine("accepted 4 from ");
        ours.terminate();
        assertEquals(143, ours.awaitExit());
        for (int i = 1; i <= 4; i++) {
            peer.awaitLine("end " + i + " bytes=1 eof");
        }
    }
}
