package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class KernelSelectorActionTest extends SelectorActionContract {
    @Override
    SelectorProvider provider() {
        return Providers.kernel();
    }
}
