package io.demijohn.spi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.InterruptedByTimeoutException;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How the operations of {@link AsynchronousSocketChannel} end other than well; run on the JDK's provider and ours, over both families. */
@ParameterizedClass
@EnumSource(Loopback.class)
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit fills the family in
abstract class AsyncEndingContract {
    private static final int MEGABYTE = 1 << 20;
    private static final String TAG = "tag";

    @Parameter
    Loopback loopback;

    abstract AsynchronousChannelProvider provider();

    private AsyncPair pair() throws Exception {
        return AsyncPair.open(provider(), loopback);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    // ---- half closing ----------------------------------------------------------------------------------------------

    @Test
    void shutdownOutput_endsThePeersInput_andRefusesWrites() throws Exception {
        try (AsyncPair pair = pair()) {
            Outcome.get(pair.client().write(bytes("last")));
            assertSame(pair.client(), pair.client().shutdownOutput());
            pair.client().shutdownOutput();
            assertEquals("last", AsyncPair.read(pair.server(), 10));
            assertEquals(-1, Outcome.get(pair.server().read(ByteBuffer.allocate(1))));
            assertInstanceOf(
                    ClosedChannelException.class,
                    Outcome.failureOf(pair.client().write(bytes("x"))));
            Outcome<Integer> outcome = new Outcome<>();
            pair.client().write(bytes("x"), TAG, outcome);
            assertInstanceOf(ClosedChannelException.class, outcome.failure());
            Outcome.get(pair.server().write(bytes("still")));
            assertEquals("still", AsyncPair.read(pair.client(), 5));
        }
    }

    @Test
    void shutdownInput_endsThePendingReadAndLaterOnes() throws Exception {
        try (AsyncPair pair = pair()) {
            Future<Integer> pending = pair.client().read(ByteBuffer.allocate(1));
            assertSame(pair.client(), pair.client().shutdownInput());
            assertEquals(-1, Outcome.get(pending));
            assertEquals(-1, Outcome.get(pair.client().read(ByteBuffer.allocate(1))));
            assertEquals(-1, Outcome.get(pair.client().read(ByteBuffer.allocate(0))));
            Outcome<Long> scattered = new Outcome<>();
            pair.client().read(new ByteBuffer[] {ByteBuffer.allocate(1)}, 0, 1, 0, SECONDS, TAG, scattered);
            assertEquals(-1, scattered.get());
            assertEquals(1, Outcome.get(pair.client().write(bytes("x"))));
        }
    }

    @Test
    void peersClose_endsAPendingRead() throws Exception {
        try (AsyncPair pair = pair()) {
            Outcome<Integer> outcome = new Outcome<>();
            pair.client().read(ByteBuffer.allocate(1), TAG, outcome);
            pair.server().close();
            assertEquals(-1, outcome.get());
            assertEquals(-1, Outcome.get(pair.client().read(ByteBuffer.allocate(1))));
        }
    }

    @Test
    void peersReset_failsAPendingReadWithTheJdksText() throws Exception {
        try (AsyncPair pair = pair()) {
            Outcome.get(pair.client().write(bytes("never read")));
            Outcome<Integer> outcome = new Outcome<>();
            pair.client().read(ByteBuffer.allocate(1), TAG, outcome);
            Outcome.get(pair.server().read(ByteBuffer.allocate(1)));
            pair.server().close(); // unread bytes make it a reset
            Throwable failure = outcome.failure();
            assertSame(IOException.class, failure.getClass());
            assertEquals("Connection reset", failure.getMessage());
            assertTrue(pair.client().isOpen());
        }
    }

    @Test
    void write_afterThePeersReset_failsWithAnIoException() throws Exception {
        try (AsyncPair pair = pair()) {
            Outcome.get(pair.client().write(bytes("never read")));
            Outcome.get(pair.server().read(ByteBuffer.allocate(1)));
            pair.server().close();
            assertInstanceOf(IOException.class, Outcome.failureOf(pair.client().read(ByteBuffer.allocate(1))));
            Throwable failure = Outcome.failureOf(pair.client().write(bytes("x")));
            assertSame(IOException.class, failure.getClass());
            assertEquals("Broken pipe", failure.getMessage());
        }
    }

    // ---- closing ---------------------------------------------------------------------------------------------------

    @Test
    void close_endsPendingOperationsWithAsynchronousClose() throws Exception {
        try (AsyncPair pair = pair()) {
            Outcome<Integer> read = new Outcome<>();
            pair.client().read(ByteBuffer.allocate(1), TAG, read);
            Future<Integer> write = AsyncPair.fill(pair.client());
            pair.client().close();
            assertInstanceOf(AsynchronousCloseException.class, read.failure());
            assertNotEquals(Thread.currentThread(), read.thread());
            assertInstanceOf(AsynchronousCloseException.class, Outcome.failureOf(write));
            pair.client().close();
            assertFalse(pair.client().isOpen());
        }
    }

    @Test
    void closedChannel_failsLaterOperationsThroughFutureAndHandler() throws Exception {
        AsyncPair pair = pair();
        pair.close();
        AsynchronousSocketChannel client = pair.client();
        assertInstanceOf(ClosedChannelException.class, Outcome.failureOf(client.read(ByteBuffer.allocate(1))));
        assertInstanceOf(ClosedChannelException.class, Outcome.failureOf(client.write(bytes("x"))));
        assertInstanceOf(
                ClosedChannelException.class,
                Outcome.failureOf(client.connect(new InetSocketAddress(loopback.address(), 1))));
        Outcome<Integer> outcome = new Outcome<>();
        client.read(ByteBuffer.allocate(1), TAG, outcome);
        assertSame(ClosedChannelException.class, outcome.failure().getClass());
        assertThrows(ClosedChannelException.class, client::getLocalAddress);
        assertThrows(ClosedChannelException.class, client::getRemoteAddress);
        assertThrows(ClosedChannelException.class, client::shutdownInput);
        assertThrows(ClosedChannelException.class, client::shutdownOutput);
        assertThrows(ClosedChannelException.class, () -> client.bind(null));
        assertThrows(ClosedChannelException.class, () -> client.getOption(StandardSocketOptions.TCP_NODELAY));
        assertThrows(ClosedChannelException.class, () -> client.setOption(StandardSocketOptions.TCP_NODELAY, true));
    }

    @Test
    void unconnectedChannel_closed_isClosed() throws Exception {
        AsynchronousSocketChannel channel = provider().openAsynchronousSocketChannel(null);
        channel.bind(new InetSocketAddress(loopback.address(), 0));
        channel.close();
        assertFalse(channel.isOpen());
        assertThrows(ClosedChannelException.class, channel::getLocalAddress);
    }

    @Test
    void bytesWritten_beforeClose_arrive() throws Exception {
        try (AsyncPair pair = pair()) {
            Outcome.get(pair.client().write(bytes("good bye")));
            pair.client().close();
            assertEquals("good bye", AsyncPair.read(pair.server(), 100));
        }
    }

    // ---- time and cancellation -------------------------------------------------------------------------------------

    @Test
    void read_timedOut_failsAndAllowsNoMoreReads() throws Exception {
        try (AsyncPair pair = pair()) {
            Outcome<Integer> outcome = new Outcome<>();
            pair.client().read(ByteBuffer.allocate(1), 20, MILLISECONDS, TAG, outcome);
            assertInstanceOf(InterruptedByTimeoutException.class, outcome.failure());
            assertNotEquals(Thread.currentThread(), outcome.thread());
            assertTrue(pair.client().isOpen());
            Throwable refused = assertThrows(
                    IllegalStateException.class, () -> pair.client().read(ByteBuffer.allocate(1)));
            assertEquals("Reading not allowed due to timeout or cancellation", refused.getMessage());
            assertEquals(1, Outcome.get(pair.client().write(bytes("x"))));
        }
    }

    @Test
    void scatteringRead_timedOut_fails() throws Exception {
        try (AsyncPair pair = pair()) {
            Outcome<Long> outcome = new Outcome<>();
            pair.client().read(new ByteBuffer[] {ByteBuffer.allocate(1)}, 0, 1, 20, MILLISECONDS, TAG, outcome);
            assertInstanceOf(InterruptedByTimeoutException.class, outcome.failure());
        }
    }

    @Test
    void write_timedOut_failsAndAllowsNoMoreWrites() throws Exception {
        try (AsyncPair pair = pair()) {
            Outcome<Integer> outcome = new Outcome<>();
            Throwable failure = null;
            while (failure == null) { // until the buffers are full
                Outcome<Long> next = new Outcome<>();
                pair.client()
                        .write(new ByteBuffer[] {ByteBuffer.allocate(MEGABYTE)}, 0, 1, 300, MILLISECONDS, TAG, next);
                try {
                    next.get();
                } catch (ExecutionException e) {
                    failure = e.getCause();
                }
            }
            assertInstanceOf(InterruptedByTimeoutException.class, failure);
            Throwable refused = assertThrows(
                    IllegalStateException.class, () -> pair.client().write(bytes("x"), TAG, outcome));
            assertEquals("Writing not allowed due to timeout or cancellation", refused.getMessage());
            assertFalse(outcome.isDone());
        }
    }

    @Test
    void operationWithTimeout_thatEndsInTime_keepsTheChannelUsable() throws Exception {
        try (AsyncPair pair = pair()) {
            for (int i = 0; i < 20; i++) {
                Outcome<Integer> outcome = new Outcome<>();
                pair.client().read(ByteBuffer.allocate(1), 10, SECONDS, TAG, outcome);
                Outcome.get(pair.server().write(bytes("x")));
                assertEquals(1, outcome.get());
            }
            Outcome<Integer> endless = new Outcome<>();
            pair.client().read(ByteBuffer.allocate(1), -1, SECONDS, TAG, endless);
            Outcome.get(pair.server().write(bytes("x")));
            assertEquals(1, endless.get());
        }
    }

    @Test
    void pendingFuture_waitedForTooShort_throwsTimeoutAndGoesOn() throws Exception {
        try (AsyncPair pair = pair()) {
            Future<Integer> read = pair.client().read(ByteBuffer.allocate(1));
            assertThrows(TimeoutException.class, () -> read.get(20, MILLISECONDS));
            assertFalse(read.isDone());
            Outcome.get(pair.server().write(bytes("x")));
            assertEquals(1, Outcome.get(read));
            assertTrue(read.isDone());
            assertFalse(read.cancel(true));
            assertFalse(read.isCancelled());
            assertTrue(pair.client().isOpen());
        }
    }

    @Test
    void cancelWithInterrupt_ofAPendingRead_closesTheChannel() throws Exception {
        try (AsyncPair pair = pair()) {
            Future<Integer> read = pair.client().read(ByteBuffer.allocate(1));
            assertTrue(read.cancel(true));
            assertTrue(read.isCancelled());
            assertTrue(read.isDone());
            assertThrows(CancellationException.class, read::get);
            assertFalse(pair.client().isOpen());
            assertFalse(read.cancel(true));
        }
    }

    @Test
    void cancelWithoutInterrupt_ofAPendingRead_allowsNoMoreReads() throws Exception {
        try (AsyncPair pair = pair()) {
            Future<Integer> read = pair.client().read(ByteBuffer.allocate(1));
            assertTrue(read.cancel(false));
            assertThrows(CancellationException.class, read::get);
            assertTrue(pair.client().isOpen());
            assertThrows(IllegalStateException.class, () -> pair.client().read(ByteBuffer.allocate(1)));
            assertEquals(1, Outcome.get(pair.client().write(bytes("x"))));
        }
    }

    @Test
    void cancelWithoutInterrupt_ofAPendingWrite_allowsNoMoreWrites() throws Exception {
        try (AsyncPair pair = pair()) {
            Future<Integer> write = AsyncPair.fill(pair.client());
            assertTrue(write.cancel(false));
            assertThrows(IllegalStateException.class, () -> pair.client().write(bytes("x")));
            assertTrue(pair.client().isOpen());
        }
    }

    @Test
    void interrupt_ofAThreadInGet_leavesTheOperationAlone() throws Exception {
        try (AsyncPair pair = pair()) {
            Future<Integer> read = pair.client().read(ByteBuffer.allocate(1));
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, read::get);
            assertTrue(pair.client().isOpen());
            Outcome.get(pair.server().write(bytes("x")));
            assertEquals(1, Outcome.get(read));
        }
    }
}
