package io.demijohn.spi;

import java.nio.channels.spi.AsynchronousChannelProvider;

class KernelAsyncGroupTest extends AsyncGroupContract {
    @Override
    AsynchronousChannelProvider provider() {
        return Providers.asyncKernel();
    }
}
