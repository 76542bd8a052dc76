package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which channels leave the kernel and which do not, seen from outside: through the JDK's own provider. */
@Timeout(60)
class ChannelRoutingTest {
    private final SelectorProvider ours = Providers.loop();
    private final SelectorProvider jdk = Providers.jdk();

    @Test
    void loopListener_kernelClient_refusedForNoKernelSocketIsThere() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(ours);
                SocketChannel outside = jdk.openSocketChannel()) {
            assertThrows(ConnectException.class, () -> outside.connect(listener.getLocalAddress()));
        }
    }

    @Test
    void connect_listenerOutside_goesToTheKernelAndCounts() throws Exception {
        try (ServerSocketChannel outside = ChannelPair.listen(jdk);
                SocketChannel channel = ours.openSocketChannel()) {
            channel.connect(outside.getLocalAddress());
            try (SocketChannel accepted = outside.accept()) {
                channel.write(ChannelPair.bytes("kernel"));
                assertEquals("kernel", ChannelPair.read(accepted, 6));
                assertEquals(channel.getLocalAddress(), accepted.getRemoteAddress());
            }
        }
        String report = ((DemijohnProvider) ours).datapath().report();
        assertTrue(report.contains(RouteReason.NO_LISTENER_ON_LOOP.word()), report);
    }

    @Test
    void wildcardListener_bothSides_alternate() throws Exception {
        try (ServerSocketChannel listener = wildcard()) {
            InetSocketAddress to = loopback(listener);
            List<SocketChannel> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(connect(ours, to));
                clients.add(connect(jdk, to));
            }
            int bypassed = 0;
            for (int i = 0; i < 8; i++) {
                SocketChannel accepted = listener.accept();
                assertSame(ours, accepted.provider());
                bypassed += accepted instanceof BypassSocketChannel ? 1 : 0;
                accepted.close();
            }
            assertEquals(4, bypassed);
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    @Test
    void wildcardListener_inSelector_acceptableFromBothSides() throws Exception {
        try (Selector selector = ours.openSelector();
                ServerSocketChannel listener = wildcard()) {
            listener.configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            assertEquals(0, selector.selectNow());
            for (SelectorProvider side : List.of(jdk, ours, jdk, ours)) {
                try (SocketChannel client = connect(side, loopback(listener))) {
                    assertEquals(1, selector.select());
                    selector.selectedKeys().clear();
                    SocketChannel accepted = listener.accept();
                    assertNotNull(accepted);
                    assertEquals(client.getLocalAddress(), accepted.getRemoteAddress());
                    accepted.configureBlocking(false);
                    SelectionKey key = accepted.register(selector, SelectionKey.OP_READ);
                    client.write(ChannelPair.bytes("x"));
                    assertEquals(1, selector.select());
                    assertTrue(key.isReadable());
                    selector.selectedKeys().clear();
                    accepted.close();
                    assertEquals(0, selector.selectNow());
                }
            }
        }
    }

    @Test
    void wildcardPort_alreadyTakenInKernel_addressInUse() throws Exception {
        try (ServerSocketChannel outside = jdk.openServerSocketChannel();
                ServerSocketChannel listener = ours.openServerSocketChannel()) {
            outside.bind(new InetSocketAddress(0));
            int port = ((InetSocketAddress) outside.getLocalAddress()).getPort();
            assertThrows(java.net.BindException.class, () -> listener.bind(new InetSocketAddress(port)));
            assertTrue(listener.isOpen());
            listener.bind(new InetSocketAddress(0));
        }
    }

    @Test
    void oneSelector_bypassedAndKernelEchoes_bothServed() throws Exception {
        try (Selector selector = ours.openSelector();
                ServerSocketChannel outside = ChannelPair.listen(jdk);
                ChannelPair bypassed = ChannelPair.open(ours);
                SocketChannel kernel = ours.openSocketChannel()) {
            kernel.configureBlocking(false);
            SelectionKey key = kernel.register(selector, 0); // before the route is known
            kernel.connect(outside.getLocalAddress());
            key.interestOps(SelectionKey.OP_CONNECT);
            try (SocketChannel peer = outside.accept()) {
                while (!kernel.finishConnect()) {
                    selector.select();
                    selector.selectedKeys().clear();
                }
                key.interestOps(SelectionKey.OP_READ);
                bypassed.server().configureBlocking(false);
                bypassed.server().register(selector, SelectionKey.OP_READ);
                Blocked<Integer> echo = Blocked.start(() -> echoUntilBothEnd(selector));
                for (int i = 0; i < 300; i++) {
                    SocketChannel side = i % 3 == 0 ? peer : bypassed.client();
                    side.write(ChannelPair.bytes("ping"));
                    assertEquals("ping", ChannelPair.read(side, 4));
                }
                peer.shutdownOutput();
                bypassed.client().close();
                assertEquals(1200, echo.result());
            }
        }
    }

    @Test
    void connectFails_fdReused_nextChannelStillSelected() throws Exception {
        try (Selector selector = ours.openSelector();
                ServerSocketChannel outside = ChannelPair.listen(jdk)) {
            InetSocketAddress nobody = ChannelPair.refusing(jdk);
            for (int i = 0; i < 20; i++) {
                SocketChannel failing = ours.openSocketChannel();
                failing.configureBlocking(false);
                SelectionKey key = failing.register(selector, SelectionKey.OP_CONNECT);
                failing.connect(nobody);
                selector.select();
                assertThrows(ConnectException.class, failing::finishConnect);
                assertFalse(key.isValid());
                try (SocketChannel next = ours.openSocketChannel()) {
                    next.configureBlocking(false);
                    next.register(selector, SelectionKey.OP_CONNECT);
                    next.connect(outside.getLocalAddress());
                    assertEquals(1, selector.select(10_000));
                    selector.selectedKeys().clear();
                    assertTrue(next.finishConnect());
                    outside.accept().close();
                }
                selector.selectNow();
            }
        }
    }

    @Test
    void virtualThreads_blockedReaders_allProgress() throws Exception {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads need JDK 21");
        ExecutorService executor = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        List<ChannelPair> pairs = new ArrayList<>();
        List<Future<String>> readers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            ChannelPair pair = ChannelPair.open(ours);
            pairs.add(pair);
            readers.add(executor.submit(() -> {
                pair.server().write(ChannelPair.bytes("go"));
                return ChannelPair.read(pair.server(), 5);
            }));
        }
        for (ChannelPair pair : pairs) {
            assertEquals("go", ChannelPair.read(pair.client(), 2));
        }
        for (int i = pairs.size() - 1; i >= 0; i--) {
            pairs.get(i).client().write(ChannelPair.bytes("hello"));
            assertEquals("hello", readers.get(i).get(20, TimeUnit.SECONDS));
            pairs.get(i).close();
        }
        executor.shutdown();
    }

    @Test
    void virtualThread_selecting_wokenByData() throws Exception {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads need JDK 21");
        ExecutorService executor = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        try (Selector selector = ours.openSelector();
                ChannelPair pair = ChannelPair.open(ours)) {
            pair.server().configureBlocking(false);
            pair.server().register(selector, SelectionKey.OP_READ);
            Future<Integer> selecting = executor.submit(() -> selector.select());
            pair.client().write(ChannelPair.bytes("x"));
            assertEquals(1, selecting.get(20, TimeUnit.SECONDS));
        }
        executor.shutdown();
    }

    @Test
    void acceptedChannel_ofLoopListener_isBypassed() throws Exception {
        try (ChannelPair pair = ChannelPair.open(ours)) {
            assertInstanceOf(BypassSocketChannel.class, pair.server());
        }
    }

    private static int echoUntilBothEnd(Selector selector) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64);
        int total = 0;
        int open = 2;
        while (open > 0) {
            selector.select();
            for (SelectionKey key : selector.selectedKeys()) {
                SocketChannel channel = (SocketChannel) key.channel();
                int count = channel.read(buffer.clear());
                if (count < 0) {
                    key.cancel();
                    open--;
                } else {
                    total += count;
                    channel.write(buffer.flip());
                }
            }
            selector.selectedKeys().clear();
        }
        return total;
    }

    private ServerSocketChannel wildcard() throws IOException {
        return ours.openServerSocketChannel().bind(new InetSocketAddress(0));
    }

    private static InetSocketAddress loopback(ServerSocketChannel listener) throws IOException {
        int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
    }

    private static SocketChannel connect(SelectorProvider provider, InetSocketAddress to) throws IOException {
        SocketChannel channel = provider.openSocketChannel();
        channel.connect(to);
        return channel;
    }
}
