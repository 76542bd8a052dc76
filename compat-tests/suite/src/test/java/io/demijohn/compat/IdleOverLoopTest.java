package io.demijohn.compat;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Jdk;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Both ends of a hundred idle connections in one JVM, through the in-process device; needs no root. */
@Tag("agent")
final class IdleOverLoopTest {
    @Test
    void hundredConnections_bothEndsIdleForTenSeconds_useLessThanOnePercentOfACore() throws Exception {
        try (AppProcess ours = AppProcess.start(Jdk.agent("loop=on", "many", "self", "--connections", "100"))) {
            ours.awaitLine("open 100");
            IdleContract.assertIdle(ours, "IdleOverLoopTest");
        }
    }
}
