package io.demijohn.linux.loss;

import io.demijohn.sim.Pattern;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One bulk transfer, or several at once, over a bridge of its own between two fresh ends.
 *
 * <p>Used once, by one thread; two threads more for each lane. Every byte is compared with what was sent.
 */
final class Transfer {
    private static final String SENDER = "10.99.0.1";
    private static final String RECEIVER = "10.99.0.2";
    private static final int FIRST_PORT = 20_001;
    private static final int PIECE_BYTES = 65_536;
    private static final long PATIENCE_SECONDS = 60;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Point point;
    private final Direction direction;
    private final long seed;
    private final Pattern content;
    private final AtomicLong receivedBytes = new AtomicLong();
    private final CountDownLatch connected;
    private final CountDownLatch go = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<End.Stream> streams = new ArrayList<>();
    private volatile boolean ending;

    Transfer(Point point, Direction direction, long seed) {
        this.point = point;
        this.direction = direction;
        this.seed = seed;
        this.content = new Pattern(seed);
        this.connected = new CountDownLatch(2 * point.lanes());
    }

    /**
     * What came of a transfer.
     *
     * @param mbits payload received for each lane
     * @param bridge what became of the frames
     */
    record Outcome(double mbits, long bytes, BridgeCounters bridge) {}

    /**
     * Runs to its end.
     *
     * @throws IllegalStateException if a connection fails or a byte is wrong
     */
    Outcome run() throws InterruptedException {
        try (End sender = direction.openSender(SENDER, seed);
                End receiver = direction.openReceiver(RECEIVER, seed + 1);
                LossyBridge bridge = new LossyBridge(
                        sender.port(), receiver.port(), point.plan(), point.lanes(), FIRST_PORT, seed)) {
            for (int lane = 0; lane < point.lanes(); lane++) {
                open(sender, receiver, FIRST_PORT + lane);
            }
            await(connected, "no connection");
            long startNanos = System.nanoTime();
            go.countDown();
            over.await((long) (point.seconds() * NANOS_PER_SECOND), TimeUnit.NANOSECONDS);
            long bytes = receivedBytes.get();
            long nanos = System.nanoTime() - startNanos;
            end();
            BridgeCounters counters = bridge.end();
            fail();
            return new Outcome(bytes * Byte.SIZE * 1e3 / nanos / point.lanes(), bytes, counters);
        }
    }

    private void open(End sender, End receiver, int port) {
        try {
            End.Acceptor acceptor = receiver.listen(port);
            start("receiver-" + port, () -> receive(opened(acceptor.accept())));
            start("sender-" + port, () -> send(opened(sender.connect(new InetSocketAddress(RECEIVER, port)))));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void receive(End.Stream stream) throws IOException {
        byte[] got = new byte[PIECE_BYTES];
        long position = 0;
        for (int count = stream.read(got); count > 0; count = stream.read(got)) {
            int wrong = content.mismatch(position, got, 0, count);
            if (wrong >= 0) {
                throw new IOException("byte " + (position + wrong) + " is wrong");
            }
            position += count;
            receivedBytes.addAndGet(count);
        }
        throw new IOException("the stream ended");
    }

    private void send(End.Stream stream) throws IOException {
        for (long position = 0; ; ) {
            position += stream.write(content.array(), content.offset(position), PIECE_BYTES);
        }
    }

    private End.Stream opened(End.Stream stream) throws InterruptedException {
        synchronized (streams) {
            streams.add(stream);
        }
        connected.countDown();
        go.await();
        return stream;
    }

    /** Aborts every stream and waits for its threads. */
    private void end() throws InterruptedException {
        ending = true;
        synchronized (streams) {
            streams.forEach(End.Stream::abort);
        }
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            if (thread.isAlive()) {
                throw new IllegalStateException(thread.getName() + " does not end");
            }
        }
    }

    private void await(CountDownLatch latch, String otherwise) throws InterruptedException {
        if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            fail();
            throw new IllegalStateException(otherwise + ": " + direction.label() + ", " + point);
        }
    }

    private void fail() {
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new IllegalStateException(direction.label() + ", " + point + ", seed " + seed, thrown);
        }
    }

    private void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException | InterruptedException | RuntimeException e) {
                        if (!ending) {
                            failure.compareAndSet(null, e);
                            over.countDown();
                        }
                    }
                },
                name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    /** What a lane's thread does until the stream is aborted. */
    private interface Work {
        void run() throws IOException, InterruptedException;
    }
}
