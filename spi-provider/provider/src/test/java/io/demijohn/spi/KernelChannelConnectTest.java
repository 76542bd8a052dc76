package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class KernelChannelConnectTest extends ChannelConnectContract {
    @Override
    SelectorProvider provider() {
        return Providers.kernel();
    }
}
