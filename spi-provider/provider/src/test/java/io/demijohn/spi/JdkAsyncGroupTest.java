package io.demijohn.spi;

import java.nio.channels.spi.AsynchronousChannelProvider;

class JdkAsyncGroupTest extends AsyncGroupContract {
    @Override
    AsynchronousChannelProvider provider() {
        return Providers.asyncJdk();
    }
}
