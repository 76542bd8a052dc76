package io.demijohn.compat;

import io.demijohn.compat.harness.Rig;
import org.junit.jupiter.api.Tag;

/** Errors under the agent at a tap device's address. */
@Tag("agent")
final class TroubleOverTapTest extends TroubleContract {
    @Override
    protected Rig openRig() {
        return Rig.tap();
    }
}
