package io.demijohn.compat.users;

import io.demijohn.compat.harness.Rig;
import io.demijohn.compat.harness.RigTest;
import java.util.Objects;

/** The base of contracts with two ends in two processes; a subclass says with {@link Over} whether one of them has the agent. */
abstract class UserRigTest extends RigTest {
    /** Returns what this class runs over. */
    final Transport transport() {
        return Objects.requireNonNull(getClass().getAnnotation(Over.class)).value();
    }

    @Override
    protected final Rig openRig() {
        return transport() == Transport.TAP ? Rig.tap() : Rig.stock();
    }
}
