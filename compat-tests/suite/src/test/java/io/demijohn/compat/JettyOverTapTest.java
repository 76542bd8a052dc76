package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Needs;
import io.demijohn.compat.harness.Rig;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jetty under the agent at the address of a tap device. */
@Tag("agent")
final class JettyOverTapTest extends JettyOverTapContract {
    @Test
    void frames_fromOurAddress_carryOurMac() throws Exception {
        Needs.tool("tcpdump");
        AppProcess tcpdump = rig().tool("tcpdump", "-i", Rig.TAP, "-e", "-n", "-l", "-c", "8", "tcp");
        tcpdump.awaitErrorLine("listening on");
        rig().output("curl", "-sS", "-o", "/dev/null", url() + "/bytes/10000");
        List<String> frames = tcpdump.awaitSuccess();
        Set<String> macs = frames.stream()
                .filter(frame -> frame.contains(" " + Rig.OURS + "." + port() + " > "))
                .map(JettyOverTapTest::sourceMac)
                .collect(Collectors.toSet());
        assertEquals(1, macs.size(), () -> "source addresses of our frames: " + macs);
        String mac = macs.iterator().next();
        assertEquals(2, Integer.parseInt(mac.substring(0, 2), 16) & 3, () -> mac + " is no local unicast address");
        assertNotEquals(rig().output("cat", "/sys/class/net/" + Rig.TAP + "/address"), List.of(mac));
    }

    @Test
    void ping_ofOurAddress_isAnswered() {
        Needs.tool("ping");
        List<String> lines = rig().output("ping", "-c", "3", "-i", "0.2", "-W", "5", Rig.OURS);
        assertTrue(lines.stream().anyMatch(line -> line.contains(" 3 received")), lines::toString);
    }

    @Test
    void listener_onTheWildcard_isReachedOverDeviceAndKernel() throws Exception {
        jetty().endInput();
        jetty().awaitSuccess();
        String port = rig().ours("jetty-hello", "--host", "0.0.0.0").awaitLine("ready ");
        for (String address : List.of(Rig.OURS, "127.0.0.1", Rig.KERNEL)) {
            assertEquals(
                    List.of("hello, world"), rig().output("curl", "-sS", "http://" + address + ":" + port + "/hello"));
        }
    }

    /** Takes the first address of a line such as {@code 12:00:00.000000 02:.. > 06:.., ethertype ...}. */
    private static String sourceMac(String frame) {
        int start = frame.indexOf(' ') + 1;
        return frame.substring(start, frame.indexOf(' ', start));
    }
}
