package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Rig;
import java.util.List;

/** The same on the stock JDK and the kernel alone. */
final class MixedSelectorOnStockTest extends MixedSelectorContract {
    @Override
    protected Rig openRig() {
        return Rig.stock();
    }

    @Override
    String wireSource() {
        return Rig.KERNEL;
    }

    @Override
    void assertRoutes(AppProcess ours) {
        assertEquals(List.of(), ours.err());
    }
}
