package io.demijohn.compat;

import io.demijohn.compat.harness.Rig;
import org.junit.jupiter.api.Tag;

/** One end of each echo connection under the agent, the other the kernel's. */
@Tag("agent")
final class EchoOverTapTest extends EchoContract {
    @Override
    protected Rig openRig() {
        return Rig.tap();
    }
}
