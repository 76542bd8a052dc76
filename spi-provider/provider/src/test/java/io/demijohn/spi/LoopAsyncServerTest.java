package io.demijohn.spi;

import java.nio.channels.spi.AsynchronousChannelProvider;

class LoopAsyncServerTest extends AsyncServerContract {
    @Override
    AsynchronousChannelProvider provider() {
        return Providers.asyncLoop();
    }
}
