package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.Needs;
import io.demijohn.compat.harness.NetNs;
import io.demijohn.compat.harness.Rig;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jetty under the agent serves a client behind a router of the kernel whose far wire is narrower than ours. */
@Tag("agent")
final class PathMtuOverTapTest {
    private static final int BYTES = 5_000_000;

    private NetNs far;
    private Rig rig;

    @BeforeEach
    void open() {
        Needs.tool("curl");
        far = NetNs.create();
        rig = Rig.tap();
        NetNs router = rig.namespace();
        router.addWire("near", far, "far");
        router.output("ip", "link", "set", "near", "mtu", "1280", "up");
        router.output("ip", "address", "add", "fd78::1/64", "dev", "near");
        router.set("net/ipv6/conf/all/forwarding", "1");
        far.output("ip", "link", "set", "far", "up"); // wider: its segment size does not tell of the path
        far.output("ip", "address", "add", "fd78::2/64", "dev", "far");
        far.output("ip", "-6", "route", "add", "default", "via", "fd78::1");
    }

    @AfterEach
    void close() {
        if (rig != null) {
            rig.close();
        }
        if (far != null) {
            far.close();
        }
    }

    @Test
    @Tag("proves:rfc8201")
    void narrowWireBehindARouter_isLearntFromItsReport_andTheBodyArrivesWhole() throws Exception {
        String port = rig.ours("jetty-hello", "--host", Rig.OURS_IPV6).awaitLine("ready ");
        assertEquals(0, tooBigReports());
        String url = "http://[" + Rig.OURS_IPV6 + "]:" + port + "/bytes/" + BYTES;
        for (int count = 0; count < 2; count++) {
            assertEquals(
                    List.of(Integer.toString(BYTES)),
                    far.output("curl", "-sS", "-o", "/dev/null", "-w", "%{size_download}\\n", url));
        }
        long reports = tooBigReports();
        assertTrue(reports > 0, "the router never had to report");
        assertTrue(reports < 50, () -> reports + " reports: the path was learnt again and again");
    }

    private long tooBigReports() {
        return rig.output("cat", "/proc/net/snmp6").stream()
                .filter(line -> line.startsWith("Icmp6OutPktTooBigs"))
                .mapToLong(line -> Long.parseLong(
                        line.substring(line.lastIndexOf('\t') + 1).strip()))
                .sum();
    }
}
