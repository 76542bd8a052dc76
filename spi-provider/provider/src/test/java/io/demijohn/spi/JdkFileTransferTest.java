package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class JdkFileTransferTest extends FileTransferContract {
    @Override
    SelectorProvider provider() {
        return Providers.jdk();
    }
}
