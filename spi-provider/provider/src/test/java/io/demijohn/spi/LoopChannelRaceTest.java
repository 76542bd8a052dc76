package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class LoopChannelRaceTest extends ChannelRaceContract {
    @Override
    SelectorProvider provider() {
        return Providers.loop();
    }
}
