package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class LoopSelectorKeysTest extends SelectorKeysContract {
    @Override
    SelectorProvider provider() {
        return Providers.loop();
    }
}
