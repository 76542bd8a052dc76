package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class LoopChannelOptionTest extends ChannelOptionContract {
    @Override
    SelectorProvider provider() {
        return Providers.loop();
    }
}
