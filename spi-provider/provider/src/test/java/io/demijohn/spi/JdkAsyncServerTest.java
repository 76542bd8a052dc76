package io.demijohn.spi;

import java.nio.channels.spi.AsynchronousChannelProvider;

class JdkAsyncServerTest extends AsyncServerContract {
    @Override
    AsynchronousChannelProvider provider() {
        return Providers.asyncJdk();
    }
}
