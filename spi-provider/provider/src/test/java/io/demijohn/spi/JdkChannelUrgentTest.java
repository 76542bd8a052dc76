package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class JdkChannelUrgentTest extends ChannelUrgentContract {
    @Override
    SelectorProvider provider() {
        return Providers.jdk();
    }
}
