package io.demijohn.spi;

import java.nio.channels.spi.AsynchronousChannelProvider;

class KernelAsyncServerTest extends AsyncServerContract {
    @Override
    AsynchronousChannelProvider provider() {
        return Providers.asyncKernel();
    }
}
