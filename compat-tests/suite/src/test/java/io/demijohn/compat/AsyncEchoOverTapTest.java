package io.demijohn.compat;

import io.demijohn.compat.harness.Rig;
import org.junit.jupiter.api.Tag;

/** One end of each asynchronous echo connection under the agent, the other the kernel's. */
@Tag("agent")
final class AsyncEchoOverTapTest extends AsyncEchoContract {
    @Override
    protected Rig openRig() {
        return Rig.tap();
    }
}
