package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Needs;
import io.demijohn.compat.harness.Rig;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One end of each IPv6 echo connection under the agent, the other the kernel's. */
@Tag("agent")
final class EchoIpv6OverTapTest extends EchoContract {
    @Override
    protected Rig openRig() {
        return Rig.tap();
    }

    @Override
    String host() {
        return Rig.OURS_IPV6;
    }

    @Override
    String kernelHost() {
        return Rig.KERNEL_IPV6;
    }

    @Test
    void client_toALinkLocalAddressOfTheDevice_isBypassed() throws Exception {
        String port = rig().kernel("echo", "server", "--host", "::").awaitLine("ready ");
        String kernels = linkLocal(
                rig().output("cat", "/sys/class/net/" + Rig.TAP + "/address").get(0));
        AppProcess client = rig().ours("echo", "client", "--host", kernels, "--port", port, "--stream", "100000");
        client.awaitSuccess();
        client.awaitErrorLine("connect inet reached-by-device 2");
    }

    @Test
    void server_onTheWildcard_isReachedAtOurLinkLocalAddressAndSaysTheScope() throws Exception {
        AppProcess server = rig().ours("echo", "server", "--host", "::");
        String port = server.awaitLine("ready ");
        ping(Rig.OURS_IPV6);
        String neighbour = rig().output("ip", "-6", "neighbour", "show", Rig.OURS_IPV6, "dev", Rig.TAP)
                .get(0);
        Matcher station = Pattern.compile("lladdr ([0-9a-f:]+)").matcher(neighbour);
        assertTrue(station.find(), neighbour);
        String ours = linkLocal(station.group(1));
        ping(ours); // answered once the address is checked
        rig().kernel("echo", "client", "--host", ours, "--port", port, "--stream", "100000")
                .awaitSuccess();
        server.awaitLine("end 2 bytes=100000 eof");
        String scope =
                rig().output("cat", "/sys/class/net/" + Rig.TAP + "/ifindex").get(0);
        Pattern scoped = Pattern.compile("accepted 1 from /?\\[?fe80:[0-9a-f:]+%" + scope + "\\b.*");
        assertTrue(server.out().stream().anyMatch(line -> scoped.matcher(line).matches()), server::transcript);
        server.endInput();
        server.awaitSuccess();
        server.awaitErrorLine("accept inet accepted 2");
    }

    private void ping(String address) {
        Needs.tool("ping");
        rig().output("ping", "-6", "-c", "1", "-w", "20", address);
    }

    /** Returns the link-local address made of a station's, on the tap device. */
    private static String linkLocal(String station) {
        int[] parts = Arrays.stream(station.split(":", -1))
                .mapToInt(part -> Integer.parseInt(part, 16))
                .toArray();
        return String.format(
                "fe80::%x:%x:%x:%x%%%s",
                (parts[0] ^ 2) << 8 | parts[1],
                parts[2] << 8 | 0xff,
                0xfe00 | parts[3],
                parts[4] << 8 | parts[5],
                Rig.TAP);
    }
}
