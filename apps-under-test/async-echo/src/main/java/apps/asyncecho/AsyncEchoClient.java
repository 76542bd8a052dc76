package apps.asyncecho;

import apps.common.Bytes;
import apps.common.Latencies;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** What the client does on each of its connections. */
final class AsyncEchoClient {
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final long TOO_SHORT_MILLIS = 50;

    private AsyncEchoClient() {}

    private static AsynchronousSocketChannel connect(String host, int port) throws Exception {
        AsynchronousSocketChannel channel = AsynchronousSocketChannel.open();
        channel.connect(new InetSocketAddress(host, port)).get();
        return channel;
    }

    /** Sends {@code size} bytes, waits for them, and so on; prints the round-trip times. */
    static void pingPong(String host, int port, int rounds, int size) throws Exception {
        try (AsynchronousSocketChannel channel = connect(host, port)) {
            Latencies latencies = new Latencies(rounds);
            byte[] sent = Bytes.range(0, size);
            ByteBuffer got = ByteBuffer.allocate(size);
            for (int i = 0; i < rounds; i++) {
                long startNanos = System.nanoTime();
                writeFully(channel, ByteBuffer.wrap(sent));
                got.clear();
                while (got.hasRemaining() && channel.read(got).get() >= 0) {
                    Thread.onSpinWait();
                }
                latencies.add(System.nanoTime() - startNanos);
                if (!Arrays.equals(sent, got.array())) {
                    throw new IOException("FAILED round " + i + ": " + got.position() + " bytes came back");
                }
            }
            System.out.println("pingpong OK rounds=" + rounds + " size=" + size + " " + latencies.summary());
        }
    }

    /** Sends {@code total} bytes while a chain of handlers reads them back; closes its output first. */
    static void stream(String host, int port, int total) throws Exception {
        try (AsynchronousSocketChannel channel = connect(host, port)) {
            Digesting reader = new Digesting(channel);
            reader.begin();
            for (int sent = 0; sent < total; ) {
                byte[] chunk = Bytes.range(sent, Math.min(CHUNK_BYTES, total - sent));
                writeFully(channel, ByteBuffer.wrap(chunk));
                sent += chunk.length;
            }
            channel.shutdownOutput();
            String got = reader.digest();
            if (reader.gotBytes != total || !got.equals(Bytes.sha256(Bytes.range(0, total)))) {
                throw new IOException("FAILED stream: " + reader.gotBytes + " of " + total + " bytes came back");
            }
            System.out.println("stream OK bytes=" + reader.gotBytes + " sha256=" + got);
        }
    }

    /** Reads where nothing comes; prints how that ends. */
    static void timeOut(String host, int port) throws Exception {
        try (AsynchronousSocketChannel channel = connect(host, port)) {
            CompletableFuture<String> end = new CompletableFuture<>();
            channel.read(ByteBuffer.allocate(1), TOO_SHORT_MILLIS, TimeUnit.MILLISECONDS, end, new Ending());
            System.out.println("timeout OK " + end.get());
        }
    }

    /** Writes {@code size} bytes, reads as many, and prints how the next read ends. */
    static void waitForEnd(String host, int port, int size) throws Exception {
        try (AsynchronousSocketChannel channel = connect(host, port)) {
            writeFully(channel, ByteBuffer.wrap(Bytes.range(0, size)));
            ByteBuffer got = ByteBuffer.allocate(size);
            while (got.hasRemaining() && channel.read(got).get() >= 0) {
                Thread.onSpinWait();
            }
            System.out.println("connected");
            System.out.println("read ended: " + end(channel));
        }
    }

    private static String end(AsynchronousSocketChannel channel) throws InterruptedException {
        try {
            return channel.read(ByteBuffer.allocate(1)).get() < 0 ? "eof" : "a byte";
        } catch (ExecutionException e) {
            return String.valueOf(e.getCause());
        }
    }

    private static void writeFully(AsynchronousSocketChannel channel, ByteBuffer source) throws Exception {
        while (source.hasRemaining()) {
            channel.write(source).get();
        }
    }

    /** Takes how an operation ended. */
    private static final class Ending implements CompletionHandler<Integer, CompletableFuture<String>> {
        @Override
        public void completed(Integer count, CompletableFuture<String> end) {
            end.complete("count " + count);
        }

        @Override
        public void failed(Throwable failure, CompletableFuture<String> end) {
            end.complete(failure.toString());
        }
    }

    /** Reads to the end of the stream. */
    private static final class Digesting implements CompletionHandler<Integer, Object> {
        private final AsynchronousSocketChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK_BYTES);
        private final MessageDigest digest = Bytes.digest();
        private final CompletableFuture<String> end = new CompletableFuture<>();
        private long gotBytes;

        Digesting(AsynchronousSocketChannel channel) {
            this.channel = channel;
        }

        void begin() {
            channel.read(buffer.clear(), "read", this);
        }

        String digest() throws Exception {
            return end.get();
        }

        @Override
        public void completed(Integer count, Object attachment) {
            if (count < 0) {
                end.complete(Bytes.hex(digest));
            } else {
                digest.update(buffer.flip());
                gotBytes += count;
                begin();
            }
        }

        @Override
        public void failed(Throwable failure, Object attachment) {
            end.completeExceptionally(failure);
        }
    }
}
