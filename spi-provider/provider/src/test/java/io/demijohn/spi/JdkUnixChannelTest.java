package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class JdkUnixChannelTest extends UnixChannelContract {
    @Override
    SelectorProvider provider() {
        return Providers.jdk();
    }
}
