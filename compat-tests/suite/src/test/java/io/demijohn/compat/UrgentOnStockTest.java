package io.demijohn.compat;

import io.demijohn.compat.harness.Rig;

/** The same on the stock JDK and the kernel alone. */
final class UrgentOnStockTest extends UrgentContract {
    @Override
    protected Rig openRig() {
        return Rig.stock();
    }
}
