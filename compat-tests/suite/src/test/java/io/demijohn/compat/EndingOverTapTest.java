package io.demijohn.compat;

import io.demijohn.compat.harness.Rig;
import org.junit.jupiter.api.Tag;

/** How connections end between a JVM under the agent and the kernel. */
@Tag("agent")
final class EndingOverTapTest extends EndingContract {
    @Override
    protected Rig openRig() {
        return Rig.tap();
    }
}
