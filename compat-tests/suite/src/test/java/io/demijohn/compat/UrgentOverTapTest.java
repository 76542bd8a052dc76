package io.demijohn.compat;

import io.demijohn.compat.harness.Rig;
import org.junit.jupiter.api.Tag;

/** Under the agent, over a tap device that cuts and joins segments. */
@Tag("agent")
final class UrgentOverTapTest extends UrgentContract {
    @Override
    protected Rig openRig() {
        return Rig.tap();
    }
}
