package io.demijohn.compat;

import io.demijohn.compat.harness.Rig;
import org.junit.jupiter.api.Tag;

/** Jedis under the agent, redis-server behind a tap device. */
@Tag("agent")
final class JedisOverTapTest extends JedisContract {
    @Override
    protected Rig openRig() {
        return Rig.tap();
    }
}
