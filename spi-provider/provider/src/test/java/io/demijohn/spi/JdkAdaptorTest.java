package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class JdkAdaptorTest extends AdaptorContract {
    @Override
    SelectorProvider provider() {
        return Providers.jdk();
    }
}
