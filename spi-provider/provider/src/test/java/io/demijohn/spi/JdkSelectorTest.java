package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class JdkSelectorTest extends SelectorContract {
    @Override
    SelectorProvider provider() {
        return Providers.jdk();
    }
}
