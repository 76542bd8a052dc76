package io.demijohn.spi;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** An asynchronous listener on the loopback address and the two ends of one connection to it. */
record AsyncPair(
        AsynchronousServerSocketChannel listener, AsynchronousSocketChannel client, AsynchronousSocketChannel server)
        implements AutoCloseable {
    /** A write that takes so long waits for the peer: buffers and windows are full. */
    private static final long STALLED_MILLIS = 300;

    static AsyncPair open(AsynchronousChannelProvider provider, Loopback loopback) throws Exception {
        return open(provider, loopback, null);
    }

    /** @param group of all three, null for the default group */
    static AsyncPair open(
            AsynchronousChannelProvider provider, Loopback loopback, @Nullable AsynchronousChannelGroup group)
            throws Exception {
        AsynchronousServerSocketChannel listener = listen(provider, loopback, group);
        Future<AsynchronousSocketChannel> accepted = listener.accept();
        AsynchronousSocketChannel client = provider.openAsynchronousSocketChannel(group);
        Outcome.get(client.connect(listener.getLocalAddress()));
        return new AsyncPair(listener, client, Outcome.get(accepted));
    }

    static AsynchronousServerSocketChannel listen(
            AsynchronousChannelProvider provider, Loopback loopback, @Nullable AsynchronousChannelGroup group)
            throws IOException {
        AsynchronousServerSocketChannel listener = provider.openAsynchronousServerSocketChannel(group);
        listener.bind(new InetSocketAddress(loopback.address(), 0));
        return listener;
    }

    /** Returns an address that refuses connections: its listener is closed again. */
    static InetSocketAddress refusing(AsynchronousChannelProvider provider, Loopback loopback) throws IOException {
        try (AsynchronousServerSocketChannel listener = listen(provider, loopback, null)) {
            return (InetSocketAddress) listener.getLocalAddress();
        }
    }

    /** Reads exactly {@code count} bytes, or less up to the end of the stream. */
    static String read(AsynchronousSocketChannel channel, int count) throws Exception {
        ByteBuffer target = ByteBuffer.allocate(count);
        while (target.hasRemaining() && Outcome.get(channel.read(target)) >= 0) {
            Thread.onSpinWait();
        }
        return new String(target.array(), 0, target.position(), UTF_8);
    }

    /** Writes until one operation waits for the peer to read, and returns that one; the peer does not read meanwhile. */
    static Future<Integer> fill(AsynchronousSocketChannel channel) throws Exception {
        while (true) {
            Future<Integer> write = channel.write(ByteBuffer.allocate(1 << 20));
            try {
                write.get(STALLED_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException stalled) {
                return write;
            }
        }
    }

    /** Reads and forgets whatever comes, until the channel ends. */
    static void drain(AsynchronousSocketChannel channel) {
        ByteBuffer sink = ByteBuffer.allocate(1 << 20);
        channel.read(sink, sink, new Drain(channel));
    }

    private record Drain(AsynchronousSocketChannel channel) implements CompletionHandler<Integer, ByteBuffer> {
        @Override
        public void completed(Integer count, ByteBuffer sink) {
            if (count >= 0) {
                channel.read(sink.clear(), sink, this);
            }
        }

        @Override
        public void failed(Throwable closed, ByteBuffer sink) {
            sink.clear();
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
        listener.close();
    }
}
