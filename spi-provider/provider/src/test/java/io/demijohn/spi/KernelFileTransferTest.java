package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class KernelFileTransferTest extends FileTransferContract {
    @Override
    SelectorProvider provider() {
        return Providers.kernel();
    }
}
