package io.demijohn.spi;

import java.nio.channels.spi.SelectorProvider;

class LoopChannelReleaseTest extends ChannelReleaseContract {
    @Override
    SelectorProvider provider() {
        return Providers.loop();
    }

    @Override
    boolean closeReleasesTransfers() {
        return true;
    }
}
