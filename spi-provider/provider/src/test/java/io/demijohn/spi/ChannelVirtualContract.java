package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Channels and selectors on virtual threads; run on the JDK's provider and on ours, where there are virtual threads. */
@ParameterizedClass
@EnumSource(Loopback.class)
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit fills the family in
abstract class ChannelVirtualContract {
    @Parameter
    Loopback loopback;

    abstract SelectorProvider provider();

    @BeforeEach
    void needsVirtualThreads() {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads are of JDK 21 and later");
    }

    @Test
    void read_blocked_getsTheBytes() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            VirtualThread<String> reader = VirtualThread.start(() -> ChannelPair.read(pair.client(), 3))
                    .awaitParked();
            pair.server().write(ChannelPair.bytes("abc"));
            assertEquals("abc", reader.get());
        }
    }

    @Test
    void write_blocked_goesOnWhenThePeerReads() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            int bytes = 8 << 20;
            ByteBuffer source = ByteBuffer.allocate(bytes);
            VirtualThread<Integer> writer = VirtualThread.start(() -> {
                        while (source.hasRemaining()) { // the JDK's returns once some bytes are out
                            pair.client().write(source);
                        }
                        return source.position();
                    })
                    .awaitParked();
            ByteBuffer target = ByteBuffer.allocate(bytes);
            while (target.hasRemaining()) {
                assertTrue(pair.server().read(target) > 0);
            }
            assertEquals(bytes, writer.get());
        }
    }

    @Test
    void accept_blocked_getsTheConnection() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
                SocketChannel client = provider().openSocketChannel()) {
            VirtualThread<SocketChannel> acceptor =
                    VirtualThread.start(listener::accept).awaitParked();
            client.connect(listener.getLocalAddress());
            try (SocketChannel accepted = acceptor.get()) {
                assertEquals(client.getLocalAddress(), accepted.getRemoteAddress());
            }
        }
    }

    @Test
    void close_blockedReader_asynchronousClose() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            VirtualThread<Integer> reader = VirtualThread.start(
                            () -> pair.client().read(ByteBuffer.allocate(1)))
                    .awaitParked();
            pair.client().close();
            assertInstanceOf(AsynchronousCloseException.class, reader.failure());
        }
    }

    @Test
    void close_blockedAcceptor_asynchronousClose() throws Exception {
        ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
        VirtualThread<SocketChannel> acceptor =
                VirtualThread.start(listener::accept).awaitParked();
        listener.close();
        assertInstanceOf(AsynchronousCloseException.class, acceptor.failure());
    }

    @Test
    void interrupt_blockedReader_closedByInterruptAndStatusKept() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            VirtualThread<Boolean> reader = VirtualThread.start(() -> {
                        try {
                            pair.client().read(ByteBuffer.allocate(1));
                            return false;
                        } catch (ClosedByInterruptException e) {
                            return Thread.currentThread().isInterrupted();
                        }
                    })
                    .awaitParked()
                    .interrupt();
            assertTrue(reader.get());
            assertFalse(pair.client().isOpen());
        }
    }

    @Test
    void interrupt_blockedAcceptor_closedByInterrupt() throws Exception {
        ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
        VirtualThread<SocketChannel> acceptor =
                VirtualThread.start(listener::accept).awaitParked().interrupt();
        assertInstanceOf(ClosedByInterruptException.class, acceptor.failure());
        assertFalse(listener.isOpen());
    }

    @Test
    void interrupt_select_returnsAndTheSelectorStaysOpen() throws Exception {
        try (Selector selector = provider().openSelector()) {
            VirtualThread<Boolean> selecting = VirtualThread.start(() -> {
                        selector.select();
                        return Thread.currentThread().isInterrupted();
                    })
                    .interrupt();
            assertTrue(selecting.get());
            assertTrue(selector.isOpen());
        }
    }

    @Test
    void wakeup_select_returns() throws Exception {
        try (Selector selector = provider().openSelector()) {
            VirtualThread<Integer> selecting = VirtualThread.start(selector::select);
            selector.wakeup();
            assertEquals(0, selecting.get());
        }
    }

    @Test
    void select_bytesArrive_keyIsReady() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback);
                Selector selector = provider().openSelector()) {
            pair.server().configureBlocking(false);
            SelectionKey key = pair.server().register(selector, SelectionKey.OP_READ);
            VirtualThread<Integer> selecting = VirtualThread.start(selector::select);
            pair.client().write(ChannelPair.bytes("x"));
            assertEquals(1, selecting.get());
            assertTrue(key.isReadable());
        }
    }
}
