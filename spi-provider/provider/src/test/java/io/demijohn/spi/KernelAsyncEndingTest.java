package io.demijohn.spi;

import java.nio.channels.spi.AsynchronousChannelProvider;

class KernelAsyncEndingTest extends AsyncEndingContract {
    @Override
    AsynchronousChannelProvider provider() {
        return Providers.asyncKernel();
    }
}
