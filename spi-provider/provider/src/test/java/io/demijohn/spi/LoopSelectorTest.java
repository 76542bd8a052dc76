package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class LoopSelectorTest extends SelectorContract {
    @Override
    SelectorProvider provider() {
        return Providers.loop();
    }
}
