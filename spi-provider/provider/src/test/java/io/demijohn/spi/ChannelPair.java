package io.demijohn.spi;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/** A listener on the loopback address and the two ends of one connection to it, all blocking. */
record ChannelPair(ServerSocketChannel listener, SocketChannel client, SocketChannel server) implements AutoCloseable {
    static ChannelPair open(SelectorProvider provider) throws IOException {
        return open(provider, Loopback.IPV4);
    }

    static ChannelPair open(SelectorProvider provider, Loopback loopback) throws IOException {
        ServerSocketChannel listener = listen(provider, loopback);
        SocketChannel client = provider.openSocketChannel();
        client.connect(listener.getLocalAddress());
        return new ChannelPair(listener, client, listener.accept());
    }

    static ServerSocketChannel listen(SelectorProvider provider) throws IOException {
        return listen(provider, Loopback.IPV4);
    }

    static ServerSocketChannel listen(SelectorProvider provider, Loopback loopback) throws IOException {
        ServerSocketChannel listener = provider.openServerSocketChannel();
        boolean stock = provider == Providers.jdk();
        listener.bind(new InetSocketAddress(stock ? loopback.ofKernel() : loopback.address(), 0));
        return listener;
    }

    /** Returns an address that refuses connections: its listener is closed again. */
    static InetSocketAddress refusing(SelectorProvider provider) throws IOException {
        return refusing(provider, Loopback.IPV4);
    }

    static InetSocketAddress refusing(SelectorProvider provider, Loopback loopback) throws IOException {
        try (ServerSocketChannel listener = listen(provider, loopback)) {
            return (InetSocketAddress) listener.getLocalAddress();
        }
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** Reads exactly {@code count} bytes in blocking mode. */
    static String read(SocketChannel channel, int count) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(count);
        while (target.hasRemaining() && channel.read(target) >= 0) {
            Thread.onSpinWait();
        }
        return new String(target.array(), 0, target.position(), java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Closes what a try statement closes again: the compiler warns of that in one method. */
    static void close(Closeable closing) throws IOException {
        closing.close();
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
        listener.close();
    }
}
