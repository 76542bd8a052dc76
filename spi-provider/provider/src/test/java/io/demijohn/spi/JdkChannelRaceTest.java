package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class JdkChannelRaceTest extends ChannelRaceContract {
    @Override
    SelectorProvider provider() {
        return Providers.jdk();
    }
}
