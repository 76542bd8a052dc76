package io.demijohn.compat;

import io.demijohn.compat.harness.Rig;

/** The same on the stock JDK and the kernel alone. */
final class AsyncEchoOnStockTest extends AsyncEchoContract {
    @Override
    protected Rig openRig() {
        return Rig.stock();
    }
}
