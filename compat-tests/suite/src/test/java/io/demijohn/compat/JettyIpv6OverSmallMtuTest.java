package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.compat.harness.Rig;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jetty under the agent over the smallest link that IPv6 allows. */
@Tag("agent")
final class JettyIpv6OverSmallMtuTest extends JettyContract {
    @Override
    protected Rig openRig() {
        return Rig.tap(",mtu=1280");
    }

    @Override
    String host() {
        return Rig.OURS_IPV6;
    }

    @Test
    void device_underTheAgent_hasTheMtuAskedFor() {
        assertEquals(List.of("1280"), rig().output("cat", "/sys/class/net/" + Rig.TAP + "/mtu"));
    }
}
