package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class JdkSelectorActionTest extends SelectorActionContract {
    @Override
    SelectorProvider provider() {
        return Providers.jdk();
    }
}
