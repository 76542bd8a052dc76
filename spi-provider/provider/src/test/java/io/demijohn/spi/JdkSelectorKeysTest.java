package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class JdkSelectorKeysTest extends SelectorKeysContract {
    @Override
    SelectorProvider provider() {
        return Providers.jdk();
    }
}
