package apps.asyncecho;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Accepts in a chain of handlers and echoes each connection in another. */
final class AsyncEchoServer implements AutoCloseable, CompletionHandler<AsynchronousSocketChannel, Object> {
    private static final long END_SECONDS = 10;

    private final AsynchronousChannelGroup group;
    private final AsynchronousServerSocketChannel listener;
    private final AtomicInteger accepted = new AtomicInteger();

    private AsyncEchoServer(AsynchronousChannelGroup group, AsynchronousServerSocketChannel listener) {
        this.group = group;
        this.listener = listener;
    }

    static AsyncEchoServer start(String host, int port, int threads) throws IOException {
        AsynchronousChannelGroup group =
                AsynchronousChannelGroup.withFixedThreadPool(threads, Executors.defaultThreadFactory());
        AsynchronousServerSocketChannel listener = AsynchronousServerSocketChannel.open(group);
        listener.bind(new InetSocketAddress(host, port));
        AsyncEchoServer server = new AsyncEchoServer(group, listener);
        listener.accept("accept", server);
        return server;
    }

    int port() throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    @Override
    public void completed(AsynchronousSocketChannel channel, Object attachment) {
        listener.accept(attachment, this);
        new EchoHandler(channel, accepted.incrementAndGet()).begin();
    }

    @Override
    public void failed(Throwable failure, Object attachment) {
        if (!(failure instanceof AsynchronousCloseException || failure instanceof ClosedChannelException)) {
            System.out.println("FAILED accept: " + failure);
        }
    }

    /** Ends the group with all its channels. */
    @Override
    public void close() throws IOException {
        group.shutdownNow();
        try {
            System.out.println("group ended " + group.awaitTermination(END_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
