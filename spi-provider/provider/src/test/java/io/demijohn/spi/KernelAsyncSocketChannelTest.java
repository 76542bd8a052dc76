package io.demijohn.spi;

import java.nio.channels.spi.AsynchronousChannelProvider;

class KernelAsyncSocketChannelTest extends AsyncSocketChannelContract {
    @Override
    AsynchronousChannelProvider provider() {
        return Providers.asyncKernel();
    }
}
