package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class LoopDualStackTest extends DualStackContract {
    @Override
    SelectorProvider provider() {
        return Providers.loop();
    }
}
