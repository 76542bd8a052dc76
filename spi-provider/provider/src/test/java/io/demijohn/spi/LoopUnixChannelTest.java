package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class LoopUnixChannelTest extends UnixChannelContract {
    @Override
    SelectorProvider provider() {
        return Providers.loop();
    }
}
