package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class JdkChannelReleaseTest extends ChannelReleaseContract {
    @Override
    SelectorProvider provider() {
        return Providers.jdk();
    }
}
