package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class LoopAdaptorTest extends AdaptorContract {
    @Override
    SelectorProvider provider() {
        return Providers.loop();
    }
}
