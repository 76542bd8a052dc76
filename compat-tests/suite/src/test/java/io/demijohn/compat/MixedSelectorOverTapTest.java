package io.demijohn.compat;

import io.demijohn.compat.harness.Rig;
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
}
