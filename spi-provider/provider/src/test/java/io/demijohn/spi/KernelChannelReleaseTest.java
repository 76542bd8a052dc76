package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class KernelChannelReleaseTest extends ChannelReleaseContract {
    @Override
    SelectorProvider provider() {
        return Providers.kernel();
    }
}
