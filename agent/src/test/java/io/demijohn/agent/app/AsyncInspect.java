package io.demijohn.agent.app;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** Prints which thread of the default group runs a handler. */
public final class AsyncInspect implements CompletionHandler<Integer, CompletableFuture<Thread>> {
    private AsyncInspect() {}

    public static void main(String[] arguments) throws Exception {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (AsynchronousServerSocketChannel server =
                        AsynchronousServerSocketChannel.open().bind(anyPort);
                AsynchronousSocketChannel client = AsynchronousSocketChannel.open()) {
            Future<AsynchronousSocketChannel> accepted = server.accept();
            client.connect(server.getLocalAddress()).get();
            try (AsynchronousSocketChannel peer = accepted.get()) {
                CompletableFuture<Thread> handled = new CompletableFuture<>();
                peer.read(ByteBuffer.allocate(1), handled, new AsyncInspect());
                client.write(ByteBuffer.allocate(1)).get();
                Thread thread = handled.get();
                Output.line("handled by " + thread.getName());
                Output.line("daemon " + thread.isDaemon());
            }
        }
    }

    @Override
    public void completed(Integer count, CompletableFuture<Thread> handled) {
        handled.complete(Thread.currentThread());
    }

    @Override
    public void failed(Throwable failure, CompletableFuture<Thread> handled) {
        handled.completeExceptionally(failure);
    }
}
