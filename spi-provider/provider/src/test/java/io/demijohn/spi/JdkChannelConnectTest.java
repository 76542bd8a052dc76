package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class JdkChannelConnectTest extends ChannelConnectContract {
    @Override
    SelectorProvider provider() {
        return Providers.jdk();
    }
}
