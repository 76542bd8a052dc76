package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class LoopFileTransferTest extends FileTransferContract {
    @Override
    SelectorProvider provider() {
        return Providers.loop();
    }
}
