package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class JdkPipeTest extends PipeContract {
    @Override
    SelectorProvider provider() {
        return Providers.jdk();
    }
}
