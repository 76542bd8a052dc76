package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class LoopChannelConnectTest extends ChannelConnectContract {
    @Override
    SelectorProvider provider() {
        return Providers.loop();
    }
}
