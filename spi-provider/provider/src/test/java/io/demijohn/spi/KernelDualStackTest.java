package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class KernelDualStackTest extends DualStackContract {
    @Override
    SelectorProvider provider() {
        return Providers.kernel();
    }
}
