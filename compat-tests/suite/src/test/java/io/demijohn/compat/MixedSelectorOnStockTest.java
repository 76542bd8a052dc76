package io.demijohn.compat;

import io.demijohn.compat.harness.Rig;

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
}
