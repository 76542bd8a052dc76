package io.demijohn.spi;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import org.jspecify.annotations.Nullable;
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
    private final ChannelHome home;

    public DemijohnProvider(Datapath datapath) {
        this.datapath = datapath;
        this.home = new FamilyHome(this, datapath);
    }

    public Datapath datapath() {
        return datapath;
    }

    /** Returns what the options of a fresh kernel channel say. */
    ChannelDefaults defaults() {
        return home.defaults();
    }

    @Override
    public AbstractSelector openSelector() throws IOException {
        return new DjSelectorImpl(this, selector -> new SelectorReadiness(selector, datapath.engines()));
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return openSocketChannel(datapath.defaultFamily());
    }

    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
        return home.openSocketChannel(family);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return openServerSocketChannel(datapath.defaultFamily());
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
        return home.openServerSocketChannel(family);
    }

    /** Returns the JDK's own channel over the socket that this JVM was started with, or null. */
    @Override
    public @Nullable Channel inheritedChannel() throws IOException {
        return DjKernelChannels.inheritedChannel();
    }
}
