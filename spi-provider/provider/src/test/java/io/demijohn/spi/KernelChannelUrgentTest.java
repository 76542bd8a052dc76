package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class KernelChannelUrgentTest extends ChannelUrgentContract {
    @Override
    SelectorProvider provider() {
        return Providers.kernel();
    }
}
