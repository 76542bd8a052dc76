package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class KernelChannelVirtualTest extends ChannelVirtualContract {
    @Override
    SelectorProvider provider() {
        return Providers.kernel();
    }
}
