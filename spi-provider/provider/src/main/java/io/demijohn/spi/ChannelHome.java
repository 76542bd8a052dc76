package io.demijohn.spi;

import io.demijohn.engine.StreamHandle;
import io.demijohn.spi.RouteCounters.Operation;
import io.demijohn.spi.config.Transport;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * What the channels of one provider share, and how they and the kernel's channels beneath them are made.
 *
 * <p>One per provider; any thread. The subclass decides whether the channels are of the JDK's own family or stand on the
 * public SPI alone.
 */
abstract class ChannelHome {
    private final SelectorProvider provider;
    private final Datapath datapath;
    private final ChannelDefaults defaults = new ChannelDefaults(this);

    ChannelHome(SelectorProvider provider, Datapath datapath) {
        this.provider = provider;
        this.datapath = datapath;
    }

    /** Returns what the application knows as its channels' provider. */
    final SelectorProvider provider() {
        return provider;
    }

    final Datapath datapath() {
        return datapath;
    }

    /** Returns what the options of a fresh kernel channel say. */
    final ChannelDefaults defaults() {
        return defaults;
    }

    /** Opens an unconnected channel of the kernel. */
    abstract SocketChannel openInKernel(ProtocolFamily family) throws IOException;

    /** Opens an unbound listener of the kernel. */
    abstract ServerSocketChannel openServerInKernel(ProtocolFamily family) throws IOException;

    /** Makes an undecided channel over {@code kernel}, which is unconnected and becomes the channel's. */
    abstract BypassSocketChannel undecided(ProtocolFamily family, SocketChannel kernel);

    /** Makes an unbound listener over {@code kernel}, which becomes the listener's. */
    abstract BypassServerSocketChannel listener(ProtocolFamily family, ServerSocketChannel kernel);

    /** Makes the channel of a stream that a listener accepted. */
    abstract BypassSocketChannel accepted(ProtocolFamily family, StreamHandle stream, InetOptions options);

    /** Returns the application's channel for one that a listener of the kernel accepted. */
    abstract SocketChannel acceptedInKernel(ProtocolFamily family, SocketChannel kernel) throws IOException;

    /** Returns whether selectors watch the kernel channels' descriptors themselves: then a close leaves these to them. */
    abstract boolean selectorsWatchDescriptors();

    final SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
        SocketChannel kernel = openInKernel(family);
        if (family == StandardProtocolFamily.UNIX) {
            countUnixDomain();
            return kernel;
        }
        return undecided(family, kernel);
    }

    final ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
        ServerSocketChannel kernel = openServerInKernel(family);
        if (family == StandardProtocolFamily.UNIX) {
            countUnixDomain();
            return kernel;
        }
        return listener(family, kernel);
    }

    private void countUnixDomain() {
        datapath.counters().count(Operation.OPEN, Transport.KERNEL, RouteReason.UNIX_DOMAIN);
    }
}
