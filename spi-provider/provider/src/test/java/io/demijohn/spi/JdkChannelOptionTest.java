package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class JdkChannelOptionTest extends ChannelOptionContract {
    @Override
    SelectorProvider provider() {
        return Providers.jdk();
    }
}
