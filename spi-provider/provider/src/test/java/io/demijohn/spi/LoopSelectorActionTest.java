package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class LoopSelectorActionTest extends SelectorActionContract {
    @Override
    SelectorProvider provider() {
        return Providers.loop();
    }
}
