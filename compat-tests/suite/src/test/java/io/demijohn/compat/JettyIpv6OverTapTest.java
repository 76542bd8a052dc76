package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Needs;
import io.demijohn.compat.harness.Rig;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jetty under the agent at the IPv6 address of a tap device. */
@Tag("agent")
final class JettyIpv6OverTapTest extends JettyOverTapContract {
    @Override
    String host() {
        return Rig.OURS_IPV6;
    }

    @Test
    void ping_ofOurAddress_isAnswered() {
        Needs.tool("ping");
        for (String bytes : List.of("56", "4000")) { // the second in fragments, both ways
            List<String> lines =
                    rig().output("ping", "-6", "-c", "3", "-i", "0.2", "-W", "5", "-s", bytes, Rig.OURS_IPV6);
            assertTrue(lines.stream().anyMatch(line -> line.contains(" 3 received")), lines::toString);
        }
    }

    @Test
    void listener_onTheWildcard_isReachedByBothFamiliesOverDeviceAndKernel() throws Exception {
        jetty().endInput();
        jetty().awaitSuccess();
        for (String wildcard : List.of("::", "0.0.0.0")) {
            AppProcess both = rig().ours("jetty-hello", "--host", wildcard);
            String port = both.awaitLine("ready ");
            for (String host : List.of(Rig.OURS_IPV6, Rig.OURS, "::1", "127.0.0.1", Rig.KERNEL_IPV6, Rig.KERNEL)) {
                assertEquals(List.of("hello, world"), hello(host, port), host);
            }
            both.endInput();
            both.awaitSuccess();
            both.awaitErrorLine("accept inet accepted 2"); // the two addresses of the device
        }
    }

    @Test
    void listener_ofAJvmOfIpv4Alone_isNotReachedByIpv6() throws Exception {
        jetty().endInput();
        jetty().awaitSuccess();
        String port = rig().oursWith(List.of("-Djava.net.preferIPv4Stack=true"), "jetty-hello", "--host", "0.0.0.0")
                .awaitLine("ready ");
        assertEquals(List.of("hello, world"), hello(Rig.OURS, port));
        AppProcess refused = rig().tool("curl", "-sSv", "http://[" + Rig.OURS_IPV6 + "]:" + port + "/hello");
        assertEquals(CURL_COULD_NOT_CONNECT, refused.awaitExit());
        assertTrue(refused.err().stream().anyMatch(line -> line.contains("Connection refused")), refused::transcript);
    }

    private List<String> hello(String host, String port) {
        return rig().output("curl", "-sS", "http://" + inUrl(host) + ":" + port + "/hello");
    }
}
