package io.demijohn.compat;

import io.demijohn.compat.harness.Rig;
import org.junit.jupiter.api.Tag;

/** Open connections over a tap device that do nothing. */
@Tag("agent")
final class IdleOverTapTest extends IdleContract {
    @Override
    protected Rig openRig() {
        return Rig.tap();
    }
}
