package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Rig;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** One selector of a program under the agent, one channel bypassed, one on the kernel's loopback. */
@Tag("agent")
final class MixedSelectorOverTapTest extends MixedSelectorContract {
    @Override
    protected Rig openRig() {
        return Rig.tap();
    }

    @Override
    String wireSource() {
        return Rig.OURS;
    }

    @Override
    void assertRoutes(AppProcess ours) {
        for (String route : List.of("connect inet reached-by-device 1", "connect kernel loopback 1")) {
            assertTrue(ours.err().stream().anyMatch(line -> line.contains(route)), ours::transcript);
        }
    }
}
