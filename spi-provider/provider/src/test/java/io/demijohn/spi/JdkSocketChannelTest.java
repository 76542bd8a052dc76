package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class JdkSocketChannelTest extends SocketChannelContract {
    @Override
    SelectorProvider provider() {
        return Providers.jdk();
    }
}
