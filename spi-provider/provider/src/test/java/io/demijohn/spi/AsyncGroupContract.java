package io.demijohn.spi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.IllegalChannelGroupException;
import java.nio.channels.ShutdownChannelGroupException;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link AsynchronousChannelGroup} promises; run on the JDK's provider and ours. */
@Timeout(60)
abstract class AsyncGroupContract {
    private static final String TAG = "tag";
    private static final String NAME = "group-thread";
    private static final long PATIENCE_SECONDS = 20;

    abstract AsynchronousChannelProvider provider();

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private AsynchronousChannelGroup fixed(int threads) throws IOException {
        return provider().openAsynchronousChannelGroup(threads, new Named());
    }

    private AsyncPair pair(AsynchronousChannelGroup group) throws Exception {
        return AsyncPair.open(provider(), Loopback.IPV4, group);
    }

    private static void assertTerminates(AsynchronousChannelGroup group) throws InterruptedException {
        assertTrue(group.awaitTermination(PATIENCE_SECONDS, SECONDS));
        assertTrue(group.isTerminated());
        assertTrue(group.isShutdown());
    }

    // ---- threads ---------------------------------------------------------------------------------------------------

    @Test
    void fixedPool_runsHandlersOnItsFactorysThreads() throws Exception {
        AsynchronousChannelGroup group = fixed(2);
        assertSame(provider(), group.provider());
        try (AsyncPair pair = pair(group)) {
            for (int i = 0; i < 10; i++) {
                Outcome<Integer> read = new Outcome<>();
                Outcome<Integer> written = new Outcome<>();
                pair.server().read(ByteBuffer.allocate(1), TAG, read);
                pair.client().write(bytes("x"), TAG, written);
                assertEquals(1, read.get());
                assertEquals(1, written.get());
                assertEquals(NAME, read.thread().getName());
                assertEquals(NAME, written.thread().getName());
            }
        }
        group.shutdown();
        assertTerminates(group);
    }

    @Test
    void cachedPool_runsHandlersOnItsExecutorsThreads() throws Exception {
        ExecutorService executor = Executors.newCachedThreadPool(new Named());
        AsynchronousChannelGroup group = provider().openAsynchronousChannelGroup(executor, 1);
        try (AsyncPair pair = pair(group)) {
            Outcome<Integer> read = new Outcome<>();
            pair.server().read(ByteBuffer.allocate(1), TAG, read);
            Outcome.get(pair.client().write(bytes("x")));
            assertEquals(1, read.get());
            assertEquals(NAME, read.thread().getName());
        }
        group.shutdown();
        assertTerminates(group);
        assertTrue(executor.isTerminated());
    }

    @Test
    void givenExecutor_runsHandlers() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor(new Named());
        AsynchronousChannelGroup group = provider().openAsynchronousChannelGroup(executor, 0);
        try (AsyncPair pair = pair(group)) {
            Outcome<Integer> read = new Outcome<>();
            pair.server().read(ByteBuffer.allocate(1), TAG, read);
            Outcome.get(pair.client().write(bytes("x")));
            assertEquals(1, read.get());
            assertEquals(NAME, read.thread().getName());
        }
        group.shutdownNow();
        assertTerminates(group);
    }

    @Test
    void defaultGroup_runsHandlersOnDaemonThreads() throws Exception {
        try (AsyncPair pair = AsyncPair.open(provider(), Loopback.IPV4)) {
            Outcome<Integer> read = new Outcome<>();
            pair.server().read(ByteBuffer.allocate(1), TAG, read);
            Outcome.get(pair.client().write(bytes("x")));
            assertEquals(1, read.get());
            assertTrue(read.thread().isDaemon());
        }
    }

    @Test
    void acceptedChannel_isOfTheListenersGroup() throws Exception {
        AsynchronousChannelGroup group = fixed(1);
        try (AsynchronousServerSocketChannel listener = AsyncPair.listen(provider(), Loopback.IPV4, group);
                AsynchronousSocketChannel client = provider().openAsynchronousSocketChannel(null)) {
            Future<AsynchronousSocketChannel> accepted = listener.accept();
            Outcome.get(client.connect(listener.getLocalAddress()));
            try (AsynchronousSocketChannel server = Outcome.get(accepted)) {
                Outcome<Integer> read = new Outcome<>();
                server.read(ByteBuffer.allocate(1), TAG, read);
                Outcome.get(client.write(bytes("x")));
                assertEquals(1, read.get());
                assertEquals(NAME, read.thread().getName());
            }
        }
        group.shutdown();
        assertTerminates(group);
    }

    @Test
    void handlersOnOneThread_neverRunAtTheSameTime() throws Exception {
        AsynchronousChannelGroup group = fixed(1);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<AsyncPair> pairs = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(20);
        for (int i = 0; i < 20; i++) {
            AsyncPair pair = pair(group);
            pairs.add(pair);
            pair.server().read(ByteBuffer.allocate(1), TAG, new Measure(inside, most, done));
        }
        for (AsyncPair pair : pairs) {
            pair.client().write(bytes("x"), TAG, new Outcome<>());
        }
        assertTrue(done.await(PATIENCE_SECONDS, SECONDS));
        assertEquals(1, most.get());
        group.shutdownNow();
        assertTerminates(group);
    }

    @Test
    void longHandler_leavesOtherThreadsToOtherChannels() throws Exception {
        AsynchronousChannelGroup group = fixed(2);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Boolean> first = new CompletableFuture<>();
        try (AsyncPair slow = pair(group);
                AsyncPair quick = pair(group)) {
            slow.server().read(ByteBuffer.allocate(1), first, new Holding(release));
            Outcome.get(slow.client().write(bytes("x")));
            for (int i = 0; i < 50; i++) {
                Outcome<Integer> read = new Outcome<>();
                quick.server().read(ByteBuffer.allocate(1), TAG, read);
                Outcome.get(quick.client().write(bytes("x")));
                assertEquals(1, read.get());
            }
            assertFalse(first.isDone());
            release.countDown();
            assertTrue(first.get(PATIENCE_SECONDS, SECONDS));
        }
        group.shutdown();
        assertTerminates(group);
    }

    @Test
    void handlerThatThrows_endsItsThread_andAnotherTakesItsPlace() throws Exception {
        CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
        AsynchronousChannelGroup group = provider().openAsynchronousChannelGroup(1, task -> {
            Thread thread = new Thread(task, NAME);
            thread.setUncaughtExceptionHandler((dead, thrown) -> uncaught.complete(thrown));
            return thread;
        });
        try (AsyncPair pair = pair(group)) {
            pair.server().read(ByteBuffer.allocate(1), TAG, new Throwing());
            Outcome.get(pair.client().write(bytes("x")));
            assertEquals(
                    "thrown by a handler",
                    uncaught.get(PATIENCE_SECONDS, SECONDS).getMessage());
            Outcome<Integer> next = new Outcome<>();
            pair.server().read(ByteBuffer.allocate(1), TAG, next);
            Outcome.get(pair.client().write(bytes("x")));
            assertEquals(1, next.get());
        }
        group.shutdown();
        assertTerminates(group);
    }

    @Test
    void interruptStatusLeftByAHandler_isCleared() throws Exception {
        AsynchronousChannelGroup group = fixed(1);
        try (AsyncPair pair = pair(group)) {
            CompletableFuture<Boolean> first = new CompletableFuture<>();
            CompletableFuture<Boolean> second = new CompletableFuture<>();
            pair.server().read(ByteBuffer.allocate(1), first, new Interrupting());
            Outcome.get(pair.client().write(bytes("x")));
            assertFalse(first.get(PATIENCE_SECONDS, SECONDS));
            pair.server().read(ByteBuffer.allocate(1), second, new Interrupting());
            Outcome.get(pair.client().write(bytes("x")));
            assertFalse(second.get(PATIENCE_SECONDS, SECONDS));
        }
        group.shutdown();
        assertTerminates(group);
    }

    // ---- nesting ---------------------------------------------------------------------------------------------------

    @Test
    void operationsThatEndAtOnce_begunInHandlers_doNotOverflowTheStack() throws Exception {
        AsynchronousChannelGroup group = fixed(1);
        try (AsyncPair pair = pair(group)) {
            Nesting nesting = new Nesting(pair.client(), 100_000);
            nesting.begin();
            assertEquals(100_000, nesting.outcome.get());
            assertTrue(nesting.deepest > 1, "never direct");
            assertTrue(nesting.deepest < 200, "frames: " + nesting.deepest);
        }
        group.shutdown();
        assertTerminates(group);
    }

    @Test
    void operationBegunOnAnotherGroupsThread_isHandledByItsOwn() throws Exception {
        AsynchronousChannelGroup group = fixed(1);
        AsynchronousChannelGroup other =
                provider().openAsynchronousChannelGroup(1, task -> new Thread(task, "other-thread"));
        try (AsyncPair pair = pair(group);
                AsyncPair begins = pair(other)) {
            Outcome<Integer> written = new Outcome<>();
            begins.server().read(ByteBuffer.allocate(1), written, new WriteOn(pair.client()));
            Outcome.get(begins.client().write(bytes("x")));
            assertEquals(1, written.get());
            assertEquals(NAME, written.thread().getName());
        }
        group.shutdown();
        other.shutdown();
        assertTerminates(group);
        assertTerminates(other);
    }

    // ---- ending ----------------------------------------------------------------------------------------------------

    @Test
    void shutdown_ofAnEmptyGroup_terminatesIt() throws Exception {
        AsynchronousChannelGroup group = fixed(1);
        assertFalse(group.isShutdown());
        assertFalse(group.isTerminated());
        assertFalse(group.awaitTermination(10, TimeUnit.MILLISECONDS));
        group.shutdown();
        group.shutdown();
        assertTerminates(group);
    }

    @Test
    void shutdownGroup_takesNoMoreChannels() throws Exception {
        AsynchronousChannelGroup group = fixed(1);
        group.shutdown();
        assertThrows(ShutdownChannelGroupException.class, () -> provider().openAsynchronousSocketChannel(group));
        assertThrows(ShutdownChannelGroupException.class, () -> provider().openAsynchronousServerSocketChannel(group));
    }

    @Test
    void shutdownGroup_livesUntilItsLastChannelCloses() throws Exception {
        AsynchronousChannelGroup group = fixed(1);
        try (AsyncPair pair = pair(group)) {
            group.shutdown();
            assertTrue(group.isShutdown());
            assertFalse(group.isTerminated());
            Outcome<Integer> read = new Outcome<>();
            pair.server().read(ByteBuffer.allocate(1), TAG, read);
            Outcome.get(pair.client().write(bytes("x")));
            assertEquals(1, read.get());
            pair.listener().close();
            pair.server().close();
            assertFalse(group.isTerminated());
        }
        assertTerminates(group);
    }

    @Test
    void connectionAcceptedAfterShutdown_failsTheAccept() throws Exception {
        AsynchronousChannelGroup group = fixed(1);
        try (AsynchronousServerSocketChannel listener = AsyncPair.listen(provider(), Loopback.IPV4, group);
                AsynchronousSocketChannel client = provider().openAsynchronousSocketChannel(null)) {
            Outcome<AsynchronousSocketChannel> outcome = new Outcome<>();
            listener.accept(TAG, outcome);
            group.shutdown();
            Outcome.get(client.connect(listener.getLocalAddress()));
            Throwable failure = outcome.failure();
            assertSame(IOException.class, failure.getClass());
            assertInstanceOf(ShutdownChannelGroupException.class, failure.getCause());
            assertTrue(listener.isOpen());
        }
        assertTerminates(group);
    }

    @Test
    void shutdownNow_closesEveryChannelAndEndsWhatIsPending() throws Exception {
        AsynchronousChannelGroup group = fixed(2);
        AsynchronousServerSocketChannel listener = AsyncPair.listen(provider(), Loopback.IPV4, group);
        List<AsynchronousSocketChannel> peers = new ArrayList<>(); // in the default group
        List<AsynchronousSocketChannel> members = new ArrayList<>();
        List<Outcome<Integer>> reads = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Future<AsynchronousSocketChannel> accepted = listener.accept();
            AsynchronousSocketChannel peer = provider().openAsynchronousSocketChannel(null);
            Outcome.get(peer.connect(listener.getLocalAddress()));
            Outcome<Integer> read = new Outcome<>();
            Outcome.get(accepted).read(ByteBuffer.allocate(1), TAG, read);
            members.add(Outcome.get(accepted));
            peers.add(peer);
            reads.add(read);
        }
        AsynchronousSocketChannel unconnected = provider().openAsynchronousSocketChannel(group);
        Outcome<AsynchronousSocketChannel> accept = new Outcome<>();
        listener.accept(TAG, accept);
        group.shutdownNow();
        assertInstanceOf(AsynchronousCloseException.class, accept.failure());
        for (Outcome<Integer> read : reads) {
            assertInstanceOf(AsynchronousCloseException.class, read.failure());
        }
        assertTrue(members.stream().noneMatch(AsynchronousSocketChannel::isOpen));
        assertFalse(listener.isOpen());
        assertFalse(unconnected.isOpen());
        assertTerminates(group);
        for (AsynchronousSocketChannel peer : peers) {
            assertEquals(-1, Outcome.get(peer.read(ByteBuffer.allocate(1))));
            peer.close();
        }
    }

    @Test
    void groupWhoseLastConnectionClosed_servesTheNextOne() throws Exception {
        AsynchronousChannelGroup group = fixed(1);
        for (int i = 0; i < 10; i++) {
            try (AsyncPair pair = pair(group)) {
                Outcome<Integer> read = new Outcome<>();
                pair.server().read(ByteBuffer.allocate(1), TAG, read);
                Outcome.get(pair.client().write(bytes("x")));
                assertEquals(1, read.get());
            }
        }
        group.shutdown();
        assertTerminates(group);
    }

    // ---- arguments -------------------------------------------------------------------------------------------------

    @Test
    void groupOfAnotherKind_isRefused() {
        AsynchronousChannelGroup foreign = new ForeignGroup(provider());
        assertThrows(IllegalChannelGroupException.class, () -> provider().openAsynchronousSocketChannel(foreign));
        assertThrows(IllegalChannelGroupException.class, () -> provider().openAsynchronousServerSocketChannel(foreign));
    }

    @Test
    @SuppressWarnings("NullAway") // null is what is refused
    void badArguments_areRefused() {
        assertThrows(IllegalArgumentException.class, () -> provider().openAsynchronousChannelGroup(0, new Named()));
        assertThrows(NullPointerException.class, () -> provider().openAsynchronousChannelGroup(null, 0));
        assertThrows(NullPointerException.class, () -> provider().openAsynchronousChannelGroup(1, null));
    }

    @Test
    void groups_areDifferentEachTime() throws Exception {
        AsynchronousChannelGroup first = fixed(1);
        AsynchronousChannelGroup second = fixed(1);
        assertNotSame(first, second);
        first.shutdown();
        assertTerminates(first);
        assertFalse(second.isShutdown());
        second.shutdown();
        assertTerminates(second);
    }

    // ---- handlers --------------------------------------------------------------------------------------------------

    private static final class Named implements ThreadFactory {
        @Override
        public Thread newThread(Runnable task) {
            Thread thread = new Thread(task, NAME);
            thread.setDaemon(true);
            return thread;
        }
    }

    private record Measure(AtomicInteger inside, AtomicInteger most, CountDownLatch done)
            implements CompletionHandler<Integer, Object> {
        @Override
        public void completed(Integer count, Object attachment) {
            int now = inside.incrementAndGet();
            most.accumulateAndGet(now, Math::max);
            Thread.onSpinWait();
            inside.decrementAndGet();
            done.countDown();
        }

        @Override
        public void failed(Throwable failure, Object attachment) {
            throw new IllegalStateException(failure);
        }
    }

    private record Holding(CountDownLatch release) implements CompletionHandler<Integer, CompletableFuture<Boolean>> {
        @Override
        public void completed(Integer count, CompletableFuture<Boolean> done) {
            try {
                done.complete(release.await(PATIENCE_SECONDS, SECONDS));
            } catch (InterruptedException e) {
                done.completeExceptionally(e);
            }
        }

        @Override
        public void failed(Throwable failure, CompletableFuture<Boolean> done) {
            done.completeExceptionally(failure);
        }
    }

    private static final class Throwing implements CompletionHandler<Integer, Object> {
        @Override
        public void completed(Integer count, Object attachment) {
            throw new IllegalStateException("thrown by a handler");
        }

        @Override
        public void failed(Throwable failure, Object attachment) {
            throw new IllegalStateException(failure);
        }
    }

    /** Tells what the interrupt status was, and sets it. */
    private static final class Interrupting implements CompletionHandler<Integer, CompletableFuture<Boolean>> {
        @Override
        public void completed(Integer count, CompletableFuture<Boolean> status) {
            status.complete(Thread.currentThread().isInterrupted());
            Thread.currentThread().interrupt();
        }

        @Override
        public void failed(Throwable failure, CompletableFuture<Boolean> status) {
            status.completeExceptionally(failure);
        }
    }

    private record WriteOn(AsynchronousSocketChannel channel) implements CompletionHandler<Integer, Outcome<Integer>> {
        @Override
        public void completed(Integer count, Outcome<Integer> written) {
            channel.write(bytes("y"), TAG, written);
        }

        @Override
        public void failed(Throwable failure, Outcome<Integer> written) {
            written.failed(failure, TAG);
        }
    }

    /** Begins an operation that ends at once from the handler of the one before. */
    private static final class Nesting implements CompletionHandler<Integer, Integer> {
        final Outcome<Integer> outcome = new Outcome<>();
        private final AsynchronousSocketChannel channel;
        private final int rounds;
        private int depth;
        int deepest;

        Nesting(AsynchronousSocketChannel channel, int rounds) {
            this.channel = channel;
            this.rounds = rounds;
        }

        void begin() {
            channel.write(ByteBuffer.allocate(0), 1, this);
        }

        @Override
        public void completed(Integer count, Integer round) {
            depth++;
            deepest = Math.max(deepest, depth);
            if (round == rounds) {
                outcome.completed(round, round);
            } else {
                channel.write(ByteBuffer.allocate(0), round + 1, this);
            }
            depth--;
        }

        @Override
        public void failed(Throwable failure, Integer round) {
            outcome.failed(failure, round);
        }
    }

    /** Of a provider, but not one of its own groups. */
    private static final class ForeignGroup extends AsynchronousChannelGroup {
        ForeignGroup(AsynchronousChannelProvider provider) {
            super(provider);
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public void shutdown() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void shutdownNow() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return false;
        }
    }
}
