package io.demijohn.spi;

import java.nio.channels.spi.AsynchronousChannelProvider;

class JdkAsyncSocketChannelTest extends AsyncSocketChannelContract {
    @Override
    AsynchronousChannelProvider provider() {
        return Providers.asyncJdk();
    }
}
