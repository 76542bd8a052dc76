package io.demijohn.spi;

import io.demijohn.engine.StreamHandle;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import sun.nio.ch.DjKernelChannels;

/** Makes channels of the JDK's own family; what the kernel accepts stays the JDK's channel. */
final class FamilyHome extends ChannelHome {
    FamilyHome(SelectorProvider provider, Datapath datapath) {
        super(provider, datapath);
    }

    @Override
    SocketChannel openInKernel(ProtocolFamily family) throws IOException {
        return DjKernelChannels.openSocketChannel(provider(), family);
    }

    @Override
    ServerSocketChannel openServerInKernel(ProtocolFamily family) throws IOException {
        return DjKernelChannels.openServerSocketChannel(provider(), family);
    }

    @Override
    BypassSocketChannel undecided(ProtocolFamily family, SocketChannel kernel) {
        return new FamilySocketChannel(this, family, kernel);
    }

    @Override
    BypassServerSocketChannel listener(ProtocolFamily family, ServerSocketChannel kernel) {
        return new FamilyServerSocketChannel(this, family, kernel);
    }

    @Override
    BypassSocketChannel accepted(ProtocolFamily family, StreamHandle stream, InetOptions options) {
        return new FamilySocketChannel(this, family, stream, options);
    }

    @Override
    SocketChannel acceptedInKernel(ProtocolFamily family, SocketChannel kernel) {
        return kernel;
    }

    @Override
    boolean selectorsWatchDescriptors() {
        return true;
    }
}
