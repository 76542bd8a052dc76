package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class KernelSocketChannelTest extends SocketChannelContract {
    @Override
    SelectorProvider provider() {
        return Providers.kernel();
    }
}
