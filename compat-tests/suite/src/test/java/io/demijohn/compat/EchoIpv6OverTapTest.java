package io.demijohn.compat;

import io.demijohn.compat.harness.Rig;
import org.junit.jupiter.api.Tag;

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
}
