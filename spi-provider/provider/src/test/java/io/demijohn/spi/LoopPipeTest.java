package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class LoopPipeTest extends PipeContract {
    @Override
    SelectorProvider provider() {
        return Providers.loop();
    }
}
