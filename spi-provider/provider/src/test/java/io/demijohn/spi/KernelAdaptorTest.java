package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class KernelAdaptorTest extends AdaptorContract {
    @Override
    SelectorProvider provider() {
        return Providers.kernel();
    }
}
