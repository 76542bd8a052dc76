package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class JdkChannelVirtualTest extends ChannelVirtualContract {
    @Override
    SelectorProvider provider() {
        return Providers.jdk();
    }
}
