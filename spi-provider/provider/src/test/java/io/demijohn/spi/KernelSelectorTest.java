package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class KernelSelectorTest extends SelectorContract {
    @Override
    SelectorProvider provider() {
        return Providers.kernel();
    }
}
