package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.CpuTime;
import io.demijohn.compat.harness.Figures;
import io.demijohn.compat.harness.Rig;
import io.demijohn.compat.harness.RigTest;
import org.junit.jupiter.api.Test;

/** A hundred open connections, half in a selector, half each with a thread blocked in read, cost nothing while nothing happens. */
abstract class IdleContract extends RigTest {
    private static final long SETTLE_SECONDS = 3;
    private static final long OBSERVED_SECONDS = 10;
    private static final double CORE_PERCENT_MAX = 1.0;

    @Test
    void hundredConnections_idleForTenSeconds_useLessThanOnePercentOfACore() throws Exception {
        String port = rig().kernel("echo", "server", "--host", Rig.KERNEL).awaitLine("ready ");
        AppProcess ours = rig().ours("many", "--host", Rig.KERNEL, "--port", port, "--connections", "100");
        ours.awaitLine("open 100");
        assertIdle(ours, getClass().getSimpleName());
    }

    static void assertIdle(AppProcess ours, String figure) throws Exception {
        ours.observe(SETTLE_SECONDS);
        double before = CpuTime.ofProcessSeconds(ours.pid());
        ours.observe(OBSERVED_SECONDS);
        double corePercent = (CpuTime.ofProcessSeconds(ours.pid()) - before) * 100 / OBSERVED_SECONDS;
        Figures.note(figure, corePercent + " % of a core");
        assertTrue(corePercent < CORE_PERCENT_MAX, () -> corePercent + " % of a core");
    }
}
