package io.demijohn.spi;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** What kernel channels say of their addresses, and how one is closed that selectors still watch. Stateless; any thread. */
final class KernelChannels {
    private KernelChannels() {}

    /** Returns the local address of {@code channel}, or {@code lastKnown} once it is closed. */
    static @Nullable InetSocketAddress local(NetworkChannel channel, @Nullable InetSocketAddress lastKnown) {
        try {
            return (InetSocketAddress) channel.getLocalAddress();
        } catch (IOException closed) {
            return lastKnown;
        }
    }

    /** Returns the port that {@code channel} is bound to. */
    static int port(NetworkChannel channel) throws IOException {
        if (channel.getLocalAddress() instanceof InetSocketAddress local) {
            return local.getPort();
        }
        throw JdkErrors.notBound();
    }

    /** Ends the connection as its peer sees it; the descriptor stays open until selectors let go of it. */
    static void endWatched(SocketChannel channel) throws IOException {
        try {
            int lingerSeconds = channel.getOption(StandardSocketOptions.SO_LINGER);
            if (lingerSeconds > 0) {
                channel.setOption(StandardSocketOptions.SO_LINGER, -1);
            }
            if (lingerSeconds != 0 && channel.isConnected()) {
                channel.shutdownOutput();
            }
        } catch (IOException alreadyGone) {
            channel.close();
        }
    }
}
