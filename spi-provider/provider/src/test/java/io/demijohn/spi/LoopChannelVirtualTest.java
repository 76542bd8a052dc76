package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class LoopChannelVirtualTest extends ChannelVirtualContract {
    @Override
    SelectorProvider provider() {
        return Providers.loop();
    }
}
