package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class KernelChannelOptionTest extends ChannelOptionContract {
    @Override
    SelectorProvider provider() {
        return Providers.kernel();
    }
}
