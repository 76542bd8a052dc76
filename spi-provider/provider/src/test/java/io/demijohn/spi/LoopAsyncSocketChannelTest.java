package io.demijohn.spi;

import java.nio.channels.spi.AsynchronousChannelProvider;

class LoopAsyncSocketChannelTest extends AsyncSocketChannelContract {
    @Override
    AsynchronousChannelProvider provider() {
        return Providers.asyncLoop();
    }
}
