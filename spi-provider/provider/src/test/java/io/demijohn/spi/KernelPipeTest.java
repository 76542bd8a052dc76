package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class KernelPipeTest extends PipeContract {
    @Override
    SelectorProvider provider() {
        return Providers.kernel();
    }
}
