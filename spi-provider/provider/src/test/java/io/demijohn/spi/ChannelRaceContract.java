package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two threads at one channel or selector at the same moment, many times; run on the JDK's provider and on ours. */
@Timeout(60)
abstract class ChannelRaceContract {
    private static final int ROUNDS = 300;

    abstract SelectorProvider provider();

    @Test
    void connectAndClose_atOnce_connectedOrAsynchronouslyClosed() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(provider())) {
            SocketAddress address = listener.getLocalAddress();
            Blocked<Integer> acceptor = acceptAll(listener);
            CyclicBarrier start = new CyclicBarrier(2);
            for (int i = 0; i < ROUNDS; i++) {
                SocketChannel channel = provider().openSocketChannel();
                Blocked<String> connecting = Blocked.start(() -> {
                    start.await();
                    try {
                        assertTrue(channel.connect(address));
                        return "connected";
                    } catch (ClosedChannelException e) {
                        assertFalse(e instanceof ClosedByInterruptException);
                        return "closed";
                    }
                });
                start.await();
                channel.close();
                assertTrue(Set.of("connected", "closed").contains(connecting.result()));
                assertFalse(channel.isConnected());
                assertFalse(channel.isConnectionPending());
            }
            ChannelPair.close(listener);
            assertInstanceOf(ClosedChannelException.class, acceptor.failure());
        }
    }

    @Test
    void connectAndInterrupt_atOnce_statusOrExceptionNeverLost() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(provider())) {
            SocketAddress address = listener.getLocalAddress();
            Blocked<Integer> acceptor = acceptAll(listener);
            CyclicBarrier start = new CyclicBarrier(2);
            for (int i = 0; i < ROUNDS; i++) {
                SocketChannel channel = provider().openSocketChannel();
                Blocked<Boolean> connecting = Blocked.start(() -> {
                    start.await();
                    try {
                        channel.connect(address);
                        return true;
                    } catch (ClosedByInterruptException e) {
                        assertTrue(Thread.currentThread().isInterrupted());
                        return false;
                    }
                });
                start.await();
                connecting.interrupt();
                if (!connecting.result()) {
                    assertFalse(channel.isOpen());
                }
                channel.close();
            }
            ChannelPair.close(listener);
            assertInstanceOf(ClosedChannelException.class, acceptor.failure());
        }
    }

    private static Blocked<Integer> acceptAll(ServerSocketChannel listener) {
        return Blocked.start(() -> {
            while (true) {
                listener.accept().close();
            }
        });
    }

    @Test
    void readAndClose_atOnce_readerAlwaysReleased() throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        for (int i = 0; i < ROUNDS; i++) {
            try (ChannelPair pair = ChannelPair.open(provider())) {
                Blocked<String> reading = Blocked.start(() -> {
                    start.await();
                    try {
                        return "read " + pair.client().read(ByteBuffer.allocate(1));
                    } catch (ClosedChannelException e) {
                        return "closed";
                    }
                });
                start.await();
                pair.client().close();
                assertEquals("closed", reading.result());
            }
        }
    }

    @Test
    void acceptAndClose_atOnce_acceptorAlwaysReleased() throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        for (int i = 0; i < ROUNDS; i++) {
            ServerSocketChannel listener = ChannelPair.listen(provider());
            Blocked<SocketChannel> accepting = Blocked.start(() -> {
                start.await();
                return listener.accept();
            });
            start.await();
            listener.close();
            Throwable failure = accepting.failure();
            assertInstanceOf(ClosedChannelException.class, failure);
            assertFalse(failure instanceof ClosedByInterruptException);
        }
    }

    @Test
    void twoCloses_atOnce_bothReturnClosed() throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        for (int i = 0; i < ROUNDS; i++) {
            try (ChannelPair pair = ChannelPair.open(provider())) {
                Blocked<Boolean> other = Blocked.start(() -> {
                    start.await();
                    pair.client().close();
                    return pair.client().isOpen();
                });
                start.await();
                pair.client().close();
                assertFalse(pair.client().isOpen());
                assertFalse(other.result());
                assertEquals(-1, pair.server().read(ByteBuffer.allocate(1)));
            }
        }
    }

    @Test
    void interestChangedAndChannelClosed_atOnce_cancelledKeyOrNothing() throws Exception {
        try (Selector selector = provider().openSelector()) {
            CyclicBarrier start = new CyclicBarrier(2);
            for (int i = 0; i < ROUNDS; i++) {
                try (ChannelPair pair = ChannelPair.open(provider())) {
                    SelectionKey key = register(pair.client(), selector);
                    Blocked<Boolean> changing = Blocked.start(() -> {
                        start.await();
                        try {
                            for (int change = 0; change < 50; change++) {
                                key.interestOps(change % 2 == 0 ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
                            }
                            return true;
                        } catch (CancelledKeyException e) {
                            return false;
                        }
                    });
                    start.await();
                    pair.client().close();
                    selector.selectNow();
                    changing.result();
                    selector.selectNow();
                    assertEquals(Set.of(), selector.keys());
                    assertEquals(Set.of(), selector.selectedKeys());
                }
            }
        }
    }

    @Test
    void selectAndRegisterAndCancel_fromTwoThreads_everyKeyIsServed() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair idle = ChannelPair.open(provider())) {
            register(idle.client(), selector);
            Blocked<Integer> selecting = Blocked.start(() -> serve(selector));
            for (int i = 0; i < ROUNDS; i++) {
                try (ChannelPair pair = ChannelPair.open(provider())) {
                    SelectionKey key = register(pair.server(), selector);
                    selector.wakeup();
                    pair.client().write(ChannelPair.bytes("x"));
                    assertEquals("x", ChannelPair.read(pair.client(), 1));
                    key.cancel();
                }
            }
            ChannelPair.close(selector);
            assertEquals(ROUNDS, selecting.result());
        }
    }

    /** Echoes whatever comes until the selector is closed; returns how many messages that were. */
    private static int serve(Selector selector) throws IOException {
        int served = 0;
        ByteBuffer buffer = ByteBuffer.allocate(8);
        while (selector.isOpen()) {
            try {
                selector.select();
                synchronized (selector.selectedKeys()) { // which closing clears
                    for (SelectionKey key : selector.selectedKeys()) {
                        served += echo(key, buffer.clear());
                    }
                    selector.selectedKeys().clear();
                }
            } catch (CancelledKeyException | ClosedChannelException | ClosedSelectorException gone) {
                Thread.onSpinWait(); // the other thread was faster
            }
        }
        return served;
    }

    private static int echo(SelectionKey key, ByteBuffer buffer) throws IOException {
        if (!key.isValid() || !key.isReadable()) {
            return 0;
        }
        SocketChannel channel = (SocketChannel) key.channel();
        if (channel.read(buffer) <= 0) {
            return 0;
        }
        channel.write(buffer.flip());
        return 1;
    }

    @Test
    void selectorClosedAndWokenAndSelected_atOnce_allReturn() throws Exception {
        CyclicBarrier start = new CyclicBarrier(3);
        for (int i = 0; i < ROUNDS; i++) {
            Selector selector = provider().openSelector();
            Blocked<String> selecting = Blocked.start(() -> {
                start.await();
                try {
                    return "selected " + selector.select();
                } catch (ClosedSelectorException e) {
                    return "closed";
                }
            });
            Blocked<String> waking = Blocked.start(() -> {
                start.await();
                selector.wakeup();
                return "woken";
            });
            start.await();
            selector.close();
            assertTrue(Set.of("selected 0", "closed").contains(selecting.result()));
            assertEquals("woken", waking.result());
        }
    }

    @Test
    void shutdownAndRead_atOnce_readerGetsTheEnd() throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        for (int i = 0; i < ROUNDS; i++) {
            try (ChannelPair pair = ChannelPair.open(provider())) {
                Blocked<Integer> reading = Blocked.start(() -> {
                    start.await();
                    return pair.client().read(ByteBuffer.allocate(1));
                });
                start.await();
                pair.client().shutdownInput();
                assertEquals(-1, reading.result());
            }
        }
    }

    private static SelectionKey register(SocketChannel channel, Selector selector) throws IOException {
        channel.configureBlocking(false);
        return channel.register(selector, SelectionKey.OP_READ);
    }
}
