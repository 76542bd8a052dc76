package io.demijohn.spi;

import java.nio.channels.spi.AsynchronousChannelProvider;

class LoopAsyncEndingTest extends AsyncEndingContract {
    @Override
    AsynchronousChannelProvider provider() {
        return Providers.asyncLoop();
    }
}
