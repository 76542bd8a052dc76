package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class KernelSelectorKeysTest extends SelectorKeysContract {
    @Override
    SelectorProvider provider() {
        return Providers.kernel();
    }
}
