package io.demijohn.spi;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;

/** A listener with so many connections that nobody accepts that further connects wait. */
final class FullBacklog implements AutoCloseable {
    private static final int CONNECTS_MAX = 64;
    private static final long ANSWER_NANOS_MAX = 500_000_000;

    private final ServerSocketChannel listener;
    private final List<SocketChannel> waiting = new ArrayList<>();
    private final SocketChannel pending;

    FullBacklog(SelectorProvider provider, Loopback loopback) throws IOException {
        listener = provider.openServerSocketChannel();
        boolean stock = provider == Providers.jdk();
        listener.bind(new InetSocketAddress(stock ? loopback.ofKernel() : loopback.address(), 0), 1);
        while (true) {
            SocketChannel channel = provider.openSocketChannel();
            waiting.add(channel);
            channel.configureBlocking(false);
            if (!channel.connect(listener.getLocalAddress()) && !finishes(channel)) {
                pending = channel;
                return;
            }
            if (waiting.size() == CONNECTS_MAX) {
                throw new IOException("a backlog of 1 took " + CONNECTS_MAX + " connections");
            }
        }
    }

    private static boolean finishes(SocketChannel channel) throws IOException {
        long startNanos = System.nanoTime();
        while (System.nanoTime() - startNanos < ANSWER_NANOS_MAX) {
            if (channel.finishConnect()) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) listener.getLocalAddress();
    }

    /** Returns a non-blocking channel whose connect waits. */
    SocketChannel pending() {
        return pending;
    }

    ServerSocketChannel listener() {
        return listener;
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : waiting) {
            channel.close();
        }
        listener.close();
    }
}
