package io.demijohn.spi;

import java.nio.channels.spi.AsynchronousChannelProvider;

class LoopAsyncGroupTest extends AsyncGroupContract {
    @Override
    AsynchronousChannelProvider provider() {
        return Providers.asyncLoop();
    }
}
