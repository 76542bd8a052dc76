package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class JdkDualStackTest extends DualStackContract {
    @Override
    SelectorProvider provider() {
        return Providers.jdk();
    }
}
