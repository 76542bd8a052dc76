package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What releases a thread that is blocked in a channel: close, interrupt and shutdown, in every call that can block. */
@ParameterizedClass
@EnumSource(Loopback.class)
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit fills the family in
abstract class ChannelReleaseContract {
    private static final int MORE_THAN_ANY_BUFFER = 64 << 20;

    @Parameter
    Loopback loopback;

    abstract SelectorProvider provider();

    /** A call that blocks until somebody releases it. */
    private enum Call {
        READ("read"),
        SCATTER("read"),
        WRITE("write"),
        GATHER("write"),
        STREAM_READ("read"),
        STREAM_READ_WITH_TIMEOUT("read"),
        STREAM_WRITE("write");

        final String method;

        Call(String method) {
            this.method = method;
        }

        /** Returns the operation on {@code channel}, whose peer neither reads nor writes. */
        Callable<Object> on(SocketChannel channel) throws Exception {
            ByteBuffer small = ByteBuffer.allocate(8);
            ByteBuffer large = ByteBuffer.allocate(MORE_THAN_ANY_BUFFER);
            InputStream in = channel.socket().getInputStream();
            OutputStream out = channel.socket().getOutputStream();
            return switch (this) {
                case READ -> () -> channel.read(small);
                case SCATTER -> () -> channel.read(new ByteBuffer[] {small, ByteBuffer.allocateDirect(8)});
                case WRITE -> () -> forever(() -> channel.write(large.clear()));
                case GATHER -> () -> forever(() -> channel.write(new ByteBuffer[] {large.clear(), large.duplicate()}));
                case STREAM_READ -> in::read;
                case STREAM_READ_WITH_TIMEOUT ->
                    () -> {
                        channel.socket().setSoTimeout(600_000);
                        return in.read(new byte[8]);
                    };
                case STREAM_WRITE ->
                    () -> forever(() -> {
                        out.write(large.array());
                        return 0;
                    });
            };
        }

        private static Object forever(Callable<?> operation) throws Exception {
            while (true) {
                operation.call();
            }
        }
    }

    @Test
    void close_anyBlockedCall_asynchronousClose() throws Exception {
        for (Call call : Call.values()) {
            try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
                Blocked<Object> blocked = Blocked.in(call.method, call.on(pair.client()));
                pair.client().close();
                Throwable failure = blocked.failure();
                // a write that sent a part returns, and the next finds the channel closed
                assertInstanceOf(ClosedChannelException.class, failure, call.name());
                if (call.method.equals("read")) {
                    assertInstanceOf(AsynchronousCloseException.class, failure, call.name());
                }
                assertFalse(failure instanceof ClosedByInterruptException, call.name());
            }
        }
    }

    @Test
    void interrupt_anyBlockedCall_closedByInterruptAndStatusKept() throws Exception {
        for (Call call : Call.values()) {
            try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
                Callable<Object> operation = call.on(pair.client());
                Blocked<Boolean> blocked = Blocked.in(call.method, () -> {
                    assertThrows(ClosedByInterruptException.class, operation::call, call.name());
                    return Thread.currentThread().isInterrupted();
                });
                blocked.interrupt();
                assertTrue(blocked.result(), call.name());
                assertFalse(pair.client().isOpen(), call.name());
            }
        }
    }

    @Test
    void interruptedBefore_anyCall_closedByInterruptAndStatusKept() throws Exception {
        for (Call call : Call.values()) {
            try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
                Callable<Object> operation = call.on(pair.client());
                Thread.currentThread().interrupt();
                assertThrows(ClosedByInterruptException.class, operation::call, call.name());
                assertTrue(Thread.interrupted(), call.name());
                assertFalse(pair.client().isOpen(), call.name());
            }
        }
    }

    @Test
    void interruptedBefore_dataThere_closedByInterruptAllTheSame() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            pair.server().write(ChannelPair.bytes("x"));
            Thread.currentThread().interrupt();
            assertThrows(ClosedByInterruptException.class, () -> pair.client().read(ByteBuffer.allocate(1)));
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void interruptedBefore_nonBlocking_goesOn() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            pair.client().configureBlocking(false);
            pair.listener().configureBlocking(false);
            Thread.currentThread().interrupt();
            assertEquals(0, pair.client().read(ByteBuffer.allocate(1)));
            assertEquals(1, pair.client().write(ChannelPair.bytes("x")));
            assertEquals(null, pair.listener().accept());
            assertTrue(Thread.interrupted());
            assertTrue(pair.client().isOpen());
            assertTrue(pair.listener().isOpen());
        }
    }

    @Test
    void shutdownOutput_blockedWriter_asynchronousClose() throws Exception {
        for (Call call : new Call[] {Call.WRITE, Call.GATHER}) {
            try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
                Blocked<Object> blocked = Blocked.in(call.method, call.on(pair.client()));
                pair.client().shutdownOutput();
                assertInstanceOf(ClosedChannelException.class, blocked.failure(), call.name());
                assertTrue(pair.client().isOpen(), call.name());
            }
        }
    }

    @Test
    void shutdownInput_everyBlockedRead_end() throws Exception {
        for (Call call : new Call[] {Call.READ, Call.STREAM_READ, Call.STREAM_READ_WITH_TIMEOUT}) {
            try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
                Blocked<Object> blocked = Blocked.in(call.method, call.on(pair.client()));
                pair.client().shutdownInput();
                assertEquals(-1, blocked.result(), call.name());
                assertTrue(pair.client().isOpen(), call.name());
            }
        }
    }

    @Test
    void twoReaders_closed_bothReleased() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Blocked<Object> first = Blocked.in("read", Call.READ.on(pair.client()));
            Blocked<Object> second = Blocked.start(Call.READ.on(pair.client()));
            pair.client().close();
            assertInstanceOf(ClosedChannelException.class, first.failure());
            assertInstanceOf(ClosedChannelException.class, second.failure());
        }
    }

    @Test
    void readerAndWriter_interruptOne_otherReleasedToo() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Blocked<Object> reader = Blocked.in("read", Call.READ.on(pair.client()));
            Blocked<Object> writer = Blocked.in("write", Call.WRITE.on(pair.client()));
            reader.interrupt();
            assertInstanceOf(ClosedByInterruptException.class, reader.failure());
            assertInstanceOf(ClosedChannelException.class, writer.failure());
        }
    }

    // ---- accepting -------------------------------------------------------------------------------------------------

    @Test
    void adaptorAccept_closedOrInterrupted_released() throws Exception {
        for (int timeoutMillis : new int[] {0, 600_000}) {
            ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
            ServerSocket socket = listener.socket();
            socket.setSoTimeout(timeoutMillis);
            Blocked<Socket> closed = Blocked.in("accept", socket::accept);
            listener.close();
            assertInstanceOf(AsynchronousCloseException.class, closed.failure());

            ServerSocketChannel another = ChannelPair.listen(provider(), loopback);
            another.socket().setSoTimeout(timeoutMillis);
            Blocked<Boolean> interrupted = Blocked.in("accept", () -> {
                assertThrows(ClosedByInterruptException.class, another.socket()::accept);
                return Thread.currentThread().isInterrupted();
            });
            interrupted.interrupt();
            assertTrue(interrupted.result());
            assertFalse(another.isOpen());
        }
    }

    @Test
    void accept_interruptedBefore_closedByInterrupt() throws Exception {
        ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
        Thread.currentThread().interrupt();
        assertThrows(ClosedByInterruptException.class, listener::accept);
        assertTrue(Thread.interrupted());
        assertFalse(listener.isOpen());
    }

    @Test
    void adaptorConnect_blocked_closedInterruptedOrTimedOut() throws Exception {
        try (FullBacklog full = new FullBacklog(provider(), loopback)) {
            Socket timedOut = provider().openSocketChannel().socket();
            assertThrows(SocketTimeoutException.class, () -> timedOut.connect(full.address(), 30));
            assertTrue(timedOut.isClosed());
            for (int timeoutMillis : new int[] {0, 600_000}) {
                Socket closed = provider().openSocketChannel().socket();
                Blocked<Object> closing = Blocked.in("connect", () -> {
                    closed.connect(full.address(), timeoutMillis);
                    return "connected";
                });
                closed.close();
                assertInstanceOf(AsynchronousCloseException.class, closing.failure());
                Socket interrupted = provider().openSocketChannel().socket();
                Blocked<Object> interrupting = Blocked.in("connect", () -> {
                    interrupted.connect(full.address(), timeoutMillis);
                    return "connected";
                });
                interrupting.interrupt();
                assertInstanceOf(ClosedByInterruptException.class, interrupting.failure());
                assertTrue(interrupted.isClosed());
            }
        }
    }

    // ---- files -----------------------------------------------------------------------------------------------------

    @Test
    void transferTo_blocked_closedOrInterrupted(@TempDir Path folder) throws Exception {
        for (boolean interrupts : new boolean[] {false, true}) {
            if (!interrupts && !closeReleasesTransfers()) {
                continue;
            }
            try (ChannelPair pair = ChannelPair.open(provider(), loopback);
                    FileChannel file = FileChannel.open(
                            folder.resolve("large-" + interrupts),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.READ)) {
                file.write(ByteBuffer.allocate(1), MORE_THAN_ANY_BUFFER);
                Blocked<Object> sending = Blocked.in("transferTo", () -> {
                    while (true) {
                        file.transferTo(0, MORE_THAN_ANY_BUFFER, pair.client());
                    }
                });
                if (interrupts) {
                    sending.interrupt();
                    assertInstanceOf(ClosedByInterruptException.class, sending.failure());
                    assertFalse(file.isOpen());
                } else {
                    pair.client().close();
                    assertInstanceOf(ClosedChannelException.class, sending.failure());
                    assertTrue(file.isOpen());
                    assertFalse(pair.client().isOpen());
                }
            }
        }
    }

    /** Returns whether closing the target ends a transfer: the JDK's sendfile notices it from 20 on. */
    boolean closeReleasesTransfers() {
        return Runtime.version().feature() > 20;
    }

    @Test
    void transferFrom_blocked_closed(@TempDir Path folder) throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback);
                FileChannel file = FileChannel.open(
                        folder.resolve("target"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            Blocked<Long> receiving = Blocked.in("transferFrom", () -> file.transferFrom(pair.client(), 0, 1 << 20));
            pair.client().close();
            assertInstanceOf(AsynchronousCloseException.class, receiving.failure());
            assertTrue(file.isOpen());
        }
    }

    // ---- the blocking mode -----------------------------------------------------------------------------------------

    @Test
    void configureBlocking_blockedReader_waitsAndCloseReleasesBoth() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Blocked<Object> reader = Blocked.in("read", Call.READ.on(pair.client()));
            Blocked<SelectableChannel> changing =
                    Blocked.start(() -> pair.client().configureBlocking(false));
            changing.awaitWaiting();
            assertTrue(pair.client().isBlocking());
            assertTrue(pair.client().getLocalAddress() != null);
            pair.client().close();
            assertInstanceOf(AsynchronousCloseException.class, reader.failure());
            assertInstanceOf(ClosedChannelException.class, changing.failure());
        }
    }

    @Test
    void configureBlocking_blockedReader_goesOnWhenItReturns() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Blocked<Object> reader = Blocked.in("read", Call.READ.on(pair.client()));
            Blocked<SelectableChannel> changing =
                    Blocked.start(() -> pair.client().configureBlocking(false));
            changing.awaitWaiting();
            pair.server().write(ChannelPair.bytes("x"));
            assertEquals(1, reader.result());
            changing.result();
            assertFalse(pair.client().isBlocking());
            assertEquals(0, pair.client().read(ByteBuffer.allocate(1)));
        }
    }

    @Test
    void configureBlocking_blockedAccept_waitsAndCloseReleasesBoth() throws Exception {
        ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
        Blocked<SocketChannel> acceptor = Blocked.in("accept", listener::accept);
        Blocked<SelectableChannel> changing = Blocked.start(() -> listener.configureBlocking(false));
        changing.awaitWaiting();
        assertTrue(listener.isBlocking());
        listener.close();
        assertInstanceOf(AsynchronousCloseException.class, acceptor.failure());
        assertInstanceOf(ClosedChannelException.class, changing.failure());
    }

    @Test
    void blockedReader_otherThreads_writeAndAskAllTheSame() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Blocked<Object> reader = Blocked.in("read", Call.READ.on(pair.client()));
            assertEquals(1, pair.client().write(ChannelPair.bytes("q")));
            assertEquals("q", ChannelPair.read(pair.server(), 1));
            assertTrue(pair.client().isConnected());
            assertEquals(pair.server().getLocalAddress(), pair.client().getRemoteAddress());
            assertFalse(pair.client().toString().contains("closed"));
            pair.server().write(ChannelPair.bytes("a"));
            assertEquals(1, reader.result());
        }
    }
}
