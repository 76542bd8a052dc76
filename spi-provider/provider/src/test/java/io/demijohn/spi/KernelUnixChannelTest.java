package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class KernelUnixChannelTest extends UnixChannelContract {
    @Override
    SelectorProvider provider() {
        return Providers.kernel();
    }
}
