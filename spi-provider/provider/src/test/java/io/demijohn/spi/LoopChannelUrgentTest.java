package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class LoopChannelUrgentTest extends ChannelUrgentContract {
    @Override
    SelectorProvider provider() {
        return Providers.loop();
    }
}
