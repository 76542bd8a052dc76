package io.demijohn.spi;

import io.demijohn.spi.RouteCounters.Operation;
import io.demijohn.spi.config.Transport;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import sun.nio.ch.DjKernelChannels;
import sun.nio.ch.DjSelectorImpl;
import sun.nio.ch.SelectorProviderImpl;

/**
 * Opens selectors and stream channels that choose between the datapath and the kernel at bind and connect.
 *
 * <p>One per JVM, made with the {@link Datapath}; any thread. Unix-domain channels, datagram channels and pipes are the
 * JDK's own; they register with the same selectors.
 */
public final class DemijohnProvider extends SelectorProviderImpl {
    private final Datapath datapath;
    private final ChannelDefaults defaults = new ChannelDefaults(this);

    public DemijohnProvider(Datapath datapath) {
        this.datapath = datapath;
    }

    public Datapath datapath() {
        return datapath;
    }

    @Override
    public AbstractSelector openSelector() throws IOException {
        return new DjSelectorImpl(this, selector -> new SelectorReadiness(selector, datapath.engines()));
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return openSocketChannel(DjKernelChannels.defaultFamily());
    }

    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
        SocketChannel kernel = DjKernelChannels.openSocketChannel(this, family);
        if (family == StandardProtocolFamily.UNIX) {
            countUnixDomain();
            return kernel;
        }
        return new BypassSocketChannel(this, family, kernel);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return openServerSocketChannel(DjKernelChannels.defaultFamily());
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
        ServerSocketChannel kernel = DjKernelChannels.openServerSocketChannel(this, family);
        if (family == StandardProtocolFamily.UNIX) {
            countUnixDomain();
            return kernel;
        }
        return new BypassServerSocketChannel(this, family, kernel);
    }

    /** Returns what the options of a fresh kernel channel say. */
    ChannelDefaults defaults() {
        return defaults;
    }

    private void countUnixDomain() {
        datapath.counters().count(Operation.OPEN, Transport.KERNEL, RouteReason.UNIX_DOMAIN);
    }
}
