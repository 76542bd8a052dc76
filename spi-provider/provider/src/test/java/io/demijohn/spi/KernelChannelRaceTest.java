package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class KernelChannelRaceTest extends ChannelRaceContract {
    @Override
    SelectorProvider provider() {
        return Providers.kernel();
    }
}
