package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@link Selector} promises; run on the JDK's provider and on ours, over both families. */
@ParameterizedClass
@EnumSource(Loopback.class)
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit fills the family in
abstract class SelectorContract {
    @Parameter
    Loopback loopback;

    abstract SelectorProvider provider();

    @Test
    void accept_connectionComes_keySelected() throws Exception {
        try (Selector selector = provider().openSelector();
                ServerSocketChannel listener = ChannelPair.listen(provider(), loopback)) {
            listener.configureBlocking(false);
            SelectionKey key = listener.register(selector, SelectionKey.OP_ACCEPT);
            assertEquals(0, selector.selectNow());
            try (SocketChannel client = provider().openSocketChannel()) {
                client.connect(listener.getLocalAddress());
                assertEquals(1, selector.select());
                assertEquals(Set.of(key), selector.selectedKeys());
                assertTrue(key.isAcceptable());
                try (SocketChannel accepted = listener.accept()) {
                    assertTrue(accepted.isConnected());
                }
                assertNull(listener.accept());
            }
        }
    }

    @Test
    void connect_registeredBeforehand_connectableThenWritable() throws Exception {
        try (Selector selector = provider().openSelector();
                ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
                SocketChannel channel = provider().openSocketChannel()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, 0);
            channel.connect(listener.getLocalAddress());
            key.interestOps(SelectionKey.OP_CONNECT);
            while (!channel.isConnected()) {
                assertEquals(1, selector.select());
                assertTrue(key.isConnectable());
                channel.finishConnect();
                selector.selectedKeys().clear();
            }
            key.interestOps(SelectionKey.OP_WRITE | SelectionKey.OP_READ);
            assertEquals(1, selector.select());
            assertTrue(key.isWritable());
            assertFalse(key.isReadable());
        }
    }

    @Test
    void connect_refused_connectableAndFinishThrows() throws Exception {
        try (Selector selector = provider().openSelector();
                SocketChannel channel = provider().openSocketChannel()) {
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_CONNECT, "attachment");
            try {
                channel.connect(ChannelPair.refusing(provider(), loopback));
                assertEquals(1, selector.select());
            } catch (ConnectException atOnce) {
                return;
            }
            SelectionKey key = selector.selectedKeys().iterator().next();
            assertEquals("attachment", key.attachment());
            assertTrue(key.isConnectable());
            assertThrows(ConnectException.class, channel::finishConnect);
            assertFalse(key.isValid());
            assertEquals(0, selector.selectNow());
            assertTrue(selector.keys().isEmpty());
        }
    }

    @Test
    void read_dataComes_selectedUntilDrained() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = registerForRead(pair.server(), selector);
            assertEquals(0, selector.selectNow());
            pair.client().write(ChannelPair.bytes("ab"));
            for (int i = 0; i < 2; i++) { // level, not edge
                assertEquals(1, selector.select());
                assertTrue(key.isReadable());
                selector.selectedKeys().clear();
                assertEquals(1, pair.server().read(ByteBuffer.allocate(1)));
            }
            assertEquals(0, selector.selectNow());
        }
    }

    @Test
    void selectedKey_notRemoved_notCountedAgain() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = registerForRead(pair.server(), selector);
            pair.client().write(ChannelPair.bytes("a"));
            assertEquals(1, selector.select());
            assertEquals(0, selector.select());
            assertEquals(Set.of(key), selector.selectedKeys());
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            assertEquals(1, selector.select());
            assertEquals(SelectionKey.OP_READ | SelectionKey.OP_WRITE, key.readyOps());
        }
    }

    @Test
    void write_bufferFull_selectedWhenPeerReads() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            pair.client().configureBlocking(false);
            SelectionKey key = pair.client().register(selector, SelectionKey.OP_WRITE);
            ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
            long written = 0;
            while (selector.select(200) == 1) { // until nothing moves any more
                selector.selectedKeys().clear();
                written += pair.client().write(chunk.clear());
            }
            long total = written;
            Blocked<Long> reader = Blocked.start(() -> {
                ByteBuffer target = ByteBuffer.allocate(1 << 16);
                long count = 0;
                while (count < total) {
                    count += pair.server().read(target.clear());
                }
                return count;
            });
            assertEquals(1, selector.select());
            assertTrue(key.isWritable());
            assertEquals(total, reader.result());
        }
    }

    @Test
    void peerCloses_readInterest_selectedAndReadsTheEnd() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            registerForRead(pair.server(), selector);
            pair.client().close();
            assertEquals(1, selector.select());
            assertEquals(-1, pair.server().read(ByteBuffer.allocate(1)));
        }
    }

    @Test
    void noInterest_dataAndEnd_notSelected() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = registerForRead(pair.server(), selector);
            key.interestOps(0);
            pair.client().write(ChannelPair.bytes("a"));
            pair.client().close();
            assertEquals(0, selector.select(50));
            key.interestOps(SelectionKey.OP_READ);
            assertEquals(1, selector.select());
        }
    }

    @Test
    void wakeup_beforeAndDuringSelect_returnsZero() throws Exception {
        try (Selector selector = provider().openSelector()) {
            selector.wakeup();
            assertEquals(0, selector.select());
            Blocked<Integer> selecting = Blocked.in("select", () -> selector.select());
            selector.wakeup();
            assertEquals(0, selecting.result());
            selector.wakeup();
            assertEquals(0, selector.selectNow()); // consumes it
            long startNanos = System.nanoTime();
            assertEquals(0, selector.select(50));
            assertTrue(System.nanoTime() - startNanos >= 50_000_000L);
        }
    }

    @Test
    void timeout_nothingReady_neverEarly() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            registerForRead(pair.server(), selector);
            for (int millis = 1; millis <= 30; millis += 7) {
                long startNanos = System.nanoTime();
                assertEquals(0, selector.select(millis));
                long tookNanos = System.nanoTime() - startNanos;
                assertTrue(tookNanos >= millis * 1_000_000L, tookNanos + " ns for " + millis + " ms");
            }
        }
    }

    @Test
    void interrupt_duringSelect_returnsAndKeepsStatus() throws Exception {
        try (Selector selector = provider().openSelector()) {
            Blocked<Boolean> selecting = Blocked.in("select", () -> {
                selector.select();
                return Thread.currentThread().isInterrupted();
            });
            selecting.interrupt();
            assertTrue(selecting.result());
            assertTrue(selector.isOpen());
        }
    }

    @Test
    void close_duringSelect_releasesIt() throws Exception {
        Selector selector = provider().openSelector();
        ChannelPair pair = ChannelPair.open(provider(), loopback);
        SelectionKey key = registerForRead(pair.server(), selector);
        Blocked<Integer> selecting = Blocked.in("select", () -> selector.select());
        selector.close();
        assertEquals(0, selecting.result());
        assertFalse(key.isValid());
        assertFalse(pair.server().isRegistered());
        assertThrows(ClosedSelectorException.class, selector::selectNow);
        assertThrows(ClosedSelectorException.class, selector::keys);
        pair.server().configureBlocking(true);
        pair.client().write(ChannelPair.bytes("x"));
        assertEquals("x", ChannelPair.read(pair.server(), 1));
        pair.close();
    }

    @Test
    void register_duringSelect_readyChannelFoundByTheNext() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Blocked<Integer> selecting = Blocked.in("select", () -> selector.select());
            pair.client().write(ChannelPair.bytes("x"));
            pair.server().configureBlocking(false);
            pair.server().register(selector, SelectionKey.OP_READ);
            selector.wakeup();
            int count = selecting.result();
            assertEquals(1, count == 1 ? count : selector.select());
        }
    }

    @Test
    void cancel_thenSelect_deregistered() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = registerForRead(pair.server(), selector);
            assertSame(key, pair.server().keyFor(selector));
            pair.client().write(ChannelPair.bytes("x"));
            key.cancel();
            assertThrows(CancelledKeyException.class, key::interestOps);
            assertEquals(0, selector.selectNow());
            assertFalse(pair.server().isRegistered());
            assertNull(pair.server().keyFor(selector));
            registerForRead(pair.server(), selector);
            assertEquals(1, selector.select());
        }
    }

    @Test
    void cancel_thenBlocking_allowedWithoutSelect() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = registerForRead(pair.server(), selector);
            assertThrows(IllegalBlockingModeException.class, () -> pair.server().configureBlocking(true));
            key.cancel();
            pair.server().configureBlocking(true);
            pair.client().write(ChannelPair.bytes("x"));
            assertEquals("x", ChannelPair.read(pair.server(), 1));
        }
    }

    @Test
    void closeChannel_registered_peerSeesTheEndAndKeyGoes() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = registerForRead(pair.server(), selector);
            pair.server().close();
            assertFalse(key.isValid());
            assertEquals(-1, pair.client().read(ByteBuffer.allocate(1)));
            assertEquals(0, selector.selectNow());
            assertTrue(selector.keys().isEmpty());
        }
    }

    @Test
    void twoSelectors_sameChannel_bothSelect() throws Exception {
        try (Selector first = provider().openSelector();
                Selector second = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            registerForRead(pair.server(), first);
            pair.server().register(second, SelectionKey.OP_READ);
            pair.client().write(ChannelPair.bytes("x"));
            assertEquals(1, first.select());
            assertEquals(1, second.select());
        }
    }

    @Test
    void consumer_everyReadyKey_calledOnce() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair one = ChannelPair.open(provider(), loopback);
                ChannelPair two = ChannelPair.open(provider(), loopback)) {
            registerForRead(one.server(), selector);
            registerForRead(two.server(), selector);
            one.client().write(ChannelPair.bytes("x"));
            two.client().write(ChannelPair.bytes("x"));
            Set<SelectionKey> seen = new HashSet<>();
            while (seen.size() < 2) {
                List<SelectionKey> now = new ArrayList<>();
                int count = selector.select(now::add);
                assertEquals(now.size(), count);
                for (SelectionKey key : now) {
                    assertTrue(seen.add(key));
                    ((SocketChannel) key.channel()).read(ByteBuffer.allocate(1));
                }
            }
            assertTrue(selector.selectedKeys().isEmpty());
            one.client().write(ChannelPair.bytes("x"));
            IllegalStateException thrown = assertThrows(
                    IllegalStateException.class,
                    () -> selector.select(key -> {
                        throw new IllegalStateException("from the action");
                    }));
            assertEquals("from the action", thrown.getMessage());
            assertEquals(1, selector.select()); // still ready, still known
        }
    }

    @Test
    void mixedKeys_pipeAndSocketAndListener_allSelected() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Pipe pipe = provider().openPipe();
            pipe.source().configureBlocking(false);
            SelectionKey piped = pipe.source().register(selector, SelectionKey.OP_READ);
            SelectionKey socket = registerForRead(pair.server(), selector);
            pair.listener().configureBlocking(false);
            SelectionKey listening = pair.listener().register(selector, SelectionKey.OP_ACCEPT);
            for (int round = 0; round < 50; round++) {
                pipe.sink().write(ChannelPair.bytes("p"));
                pair.client().write(ChannelPair.bytes("s"));
                SocketChannel client = provider().openSocketChannel();
                client.connect(pair.listener().getLocalAddress());
                Set<SelectionKey> expected = new HashSet<>(Set.of(piped, socket, listening));
                while (!expected.isEmpty()) {
                    selector.select();
                    expected.removeAll(selector.selectedKeys());
                    selector.selectedKeys().clear();
                }
                pipe.source().read(ByteBuffer.allocate(1));
                pair.server().read(ByteBuffer.allocate(1));
                SocketChannel accepted = pair.listener().accept();
                assertNotNull(accepted);
                accepted.close();
                client.close();
                assertEquals(0, selector.selectNow());
            }
            pipe.sink().close();
            pipe.source().close();
        }
    }

    @Test
    void pingPong_nonBlockingEcho_everyRoundArrives() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            registerForRead(pair.server(), selector);
            Blocked<Integer> echo = Blocked.start(() -> echo(selector, pair.server()));
            for (int i = 0; i < 500; i++) {
                pair.client().write(ChannelPair.bytes("ping"));
                assertEquals("ping", ChannelPair.read(pair.client(), 4));
            }
            pair.client().close();
            assertEquals(2000, echo.result());
        }
    }

    private static int echo(Selector selector, SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64);
        int total = 0;
        while (true) {
            selector.select();
            selector.selectedKeys().clear();
            int count = channel.read(buffer.clear());
            if (count < 0) {
                return total;
            }
            total += count;
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
    }

    @Test
    void nestedSelect_inAction_refused() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            registerForRead(pair.server(), selector);
            pair.client().write(ChannelPair.bytes("x"));
            assertInstanceOf(
                    IllegalStateException.class,
                    assertThrows(
                            RuntimeException.class,
                            () -> selector.select(key -> {
                                try {
                                    selector.selectNow();
                                } catch (IOException e) {
                                    throw new IllegalArgumentException(e);
                                }
                            })));
        }
    }

    private static SelectionKey registerForRead(SocketChannel channel, Selector selector) throws IOException {
        channel.configureBlocking(false);
        return channel.register(selector, SelectionKey.OP_READ);
    }
}
