package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class LoopSocketChannelTest extends SocketChannelContract {
    @Override
    SelectorProvider provider() {
        return Providers.loop();
    }
}
