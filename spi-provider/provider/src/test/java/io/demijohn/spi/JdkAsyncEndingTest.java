package io.demijohn.spi;

import java.nio.channels.spi.AsynchronousChannelProvider;

class JdkAsyncEndingTest extends AsyncEndingContract {
    @Override
    AsynchronousChannelProvider provider() {
        return Providers.asyncJdk();
    }
}
