package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.channels.spi.SelectorProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What channels promise from open to connected: states, addresses, families, and connects that wait or fail. */
@ParameterizedClass
@EnumSource(Loopback.class)
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit fills the family in
abstract class ChannelConnectContract {
    @Parameter
    Loopback loopback;

    abstract SelectorProvider provider();

    // ---- a connect that waits --------------------------------------------------------------------------------------

    @Test
    void pending_everyOperation_answersAsPending() throws Exception {
        try (FullBacklog full = new FullBacklog(provider(), loopback)) {
            SocketChannel channel = full.pending();
            assertTrue(channel.isConnectionPending());
            assertFalse(channel.isConnected());
            assertFalse(channel.finishConnect());
            assertEquals(full.address(), channel.getRemoteAddress());
            assertThrows(ConnectionPendingException.class, () -> channel.connect(full.address()));
            assertThrows(ConnectionPendingException.class, () -> channel.bind(null));
            assertThrows(NotYetConnectedException.class, () -> channel.read(ByteBuffer.allocate(1)));
            assertThrows(NotYetConnectedException.class, () -> channel.write(ByteBuffer.allocate(1)));
            assertThrows(NotYetConnectedException.class, channel::shutdownInput);
            assertThrows(NotYetConnectedException.class, channel::shutdownOutput);
            assertTrue(channel.isOpen());
            assertTrue(channel.isConnectionPending());
        }
    }

    @Test
    void pending_closed_isPendingNoMore() throws Exception {
        try (FullBacklog full = new FullBacklog(provider(), loopback)) {
            full.pending().close();
            assertFalse(full.pending().isConnectionPending());
            assertFalse(full.pending().isConnected());
            assertThrows(ClosedChannelException.class, full.pending()::finishConnect);
        }
    }

    @Test
    void pending_inSelector_notSelectedUntilConnected() throws Exception {
        try (FullBacklog full = new FullBacklog(provider(), loopback);
                Selector selector = provider().openSelector()) {
            SelectionKey key = full.pending().register(selector, SelectionKey.OP_CONNECT);
            assertEquals(0, selector.select(30));
            while (!full.pending().finishConnect()) {
                SocketChannel accepted = full.listener().accept();
                accepted.close();
                if (selector.select(3_000) == 1) {
                    assertTrue(key.isConnectable());
                    selector.selectedKeys().clear();
                }
            }
            assertTrue(full.pending().isConnected());
        }
    }

    @Test
    void finishConnect_blockingMode_waitsUntilClosed() throws Exception {
        try (FullBacklog full = new FullBacklog(provider(), loopback)) {
            full.pending().configureBlocking(true);
            Blocked<Boolean> finishing = Blocked.in("finishConnect", full.pending()::finishConnect);
            full.pending().close();
            assertInstanceOf(AsynchronousCloseException.class, finishing.failure());
        }
    }

    @Test
    void finishConnect_blockingModeInterrupted_closedByInterrupt() throws Exception {
        try (FullBacklog full = new FullBacklog(provider(), loopback)) {
            full.pending().configureBlocking(true);
            Blocked<Boolean> finishing = Blocked.in("finishConnect", full.pending()::finishConnect);
            finishing.interrupt();
            assertInstanceOf(ClosedByInterruptException.class, finishing.failure());
            assertFalse(full.pending().isOpen());
        }
    }

    @Test
    void connect_blockedAndClosed_asynchronousClose() throws Exception {
        try (FullBacklog full = new FullBacklog(provider(), loopback);
                SocketChannel channel = provider().openSocketChannel()) {
            Blocked<Boolean> connecting = Blocked.in("connect", () -> channel.connect(full.address()));
            assertTrue(channel.isConnectionPending());
            ChannelPair.close(channel);
            assertInstanceOf(AsynchronousCloseException.class, connecting.failure());
            assertFalse(channel.isConnectionPending());
        }
    }

    @Test
    void connect_blockedAndInterrupted_closedByInterruptAndStatusKept() throws Exception {
        try (FullBacklog full = new FullBacklog(provider(), loopback);
                SocketChannel channel = provider().openSocketChannel()) {
            Blocked<Boolean> connecting = Blocked.in("connect", () -> {
                assertThrows(ClosedByInterruptException.class, () -> channel.connect(full.address()));
                return Thread.currentThread().isInterrupted();
            });
            connecting.interrupt();
            assertTrue(connecting.result());
            assertFalse(channel.isOpen());
        }
    }

    @Test
    void connect_interruptedBefore_closedByInterrupt() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
                SocketChannel channel = provider().openSocketChannel()) {
            Thread.currentThread().interrupt();
            assertThrows(ClosedByInterruptException.class, () -> channel.connect(listener.getLocalAddress()));
            assertTrue(Thread.interrupted());
            assertFalse(channel.isOpen());
        }
    }

    // ---- states after the attempt ----------------------------------------------------------------------------------

    @Test
    void refused_everyState_isClosed() throws Exception {
        SocketChannel channel = provider().openSocketChannel();
        InetSocketAddress nobody = ChannelPair.refusing(provider(), loopback);
        assertThrows(ConnectException.class, () -> channel.connect(nobody));
        assertFalse(channel.isOpen());
        assertFalse(channel.isConnected());
        assertFalse(channel.isConnectionPending());
        assertThrows(ClosedChannelException.class, channel::finishConnect);
        assertThrows(ClosedChannelException.class, channel::getRemoteAddress);
        assertThrows(ClosedChannelException.class, () -> channel.read(ByteBuffer.allocate(1)));
    }

    @Test
    void closed_connectedBefore_everyOperationRefused() throws Exception {
        for (boolean blocking : new boolean[] {true, false}) {
            ChannelPair pair = ChannelPair.open(provider(), loopback);
            SocketChannel channel = pair.client();
            channel.configureBlocking(blocking);
            pair.close();
            assertClosed(channel);
        }
    }

    @Test
    void closed_whileRegistered_everyOperationRefused() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SocketChannel channel = pair.client();
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            channel.close();
            assertClosed(channel);
            assertFalse(key.isValid());
            assertEquals(0, selector.selectNow());
            assertClosed(channel);
        }
    }

    private static void assertClosed(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1);
        assertFalse(channel.isOpen());
        assertFalse(channel.isConnected());
        assertFalse(channel.isConnectionPending());
        assertThrows(ClosedChannelException.class, channel::finishConnect);
        assertThrows(ClosedChannelException.class, channel::getLocalAddress);
        assertThrows(ClosedChannelException.class, channel::getRemoteAddress);
        assertThrows(ClosedChannelException.class, () -> channel.read(buffer));
        assertThrows(ClosedChannelException.class, () -> channel.write(buffer));
        assertThrows(ClosedChannelException.class, () -> channel.read(new ByteBuffer[] {buffer}));
        assertThrows(ClosedChannelException.class, () -> channel.write(new ByteBuffer[] {buffer}));
        assertThrows(ClosedChannelException.class, channel::shutdownInput);
        assertThrows(ClosedChannelException.class, channel::shutdownOutput);
        assertThrows(ClosedChannelException.class, () -> channel.bind(null));
        assertThrows(ClosedChannelException.class, () -> channel.configureBlocking(true));
        assertThrows(ClosedChannelException.class, () -> channel.getOption(StandardSocketOptions.TCP_NODELAY));
        assertThrows(ClosedChannelException.class, () -> channel.setOption(StandardSocketOptions.SO_LINGER, 1));
        assertThrows(ClosedChannelException.class, () -> channel.connect(new InetSocketAddress(1)));
        assertTrue(channel.toString().contains("closed"), channel.toString());
        channel.close();
    }

    @Test
    void connected_finishConnect_trueAgainAndAgain() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            assertTrue(pair.server().finishConnect());
            assertTrue(pair.client().finishConnect());
            pair.client().configureBlocking(false);
            assertTrue(pair.client().finishConnect());
            assertThrows(AlreadyConnectedException.class, () -> pair.server()
                    .connect(pair.client().getLocalAddress()));
            assertTrue(pair.server().isOpen());
        }
    }

    @Test
    void finishConnect_neverConnected_refusedInBothModes() throws Exception {
        try (SocketChannel channel = provider().openSocketChannel()) {
            assertThrows(NoConnectionPendingException.class, channel::finishConnect);
            assertTrue(channel.isOpen());
        }
        try (SocketChannel channel = provider().openSocketChannel()) {
            channel.configureBlocking(false);
            assertThrows(NoConnectionPendingException.class, channel::finishConnect);
        }
    }

    // ---- addresses -------------------------------------------------------------------------------------------------

    @Test
    void connect_addressThatIsNone_refusedAndOpen() throws Exception {
        try (SocketChannel channel = provider().openSocketChannel()) {
            InetSocketAddress unresolved = InetSocketAddress.createUnresolved("host.invalid", 80);
            assertThrows(UnresolvedAddressException.class, () -> channel.connect(unresolved));
            assertThrows(UnsupportedAddressTypeException.class, () -> channel.connect(new SocketAddress() {}));
            assertThrows(
                    UnsupportedAddressTypeException.class,
                    () -> channel.connect(UnixDomainSocketAddress.of("nowhere")));
            assertThrows(NullPointerException.class, () -> channel.connect(null));
            assertThrows(UnresolvedAddressException.class, () -> channel.bind(unresolved));
            assertThrows(UnsupportedAddressTypeException.class, () -> channel.bind(new SocketAddress() {}));
            assertTrue(channel.isOpen());
            assertNull(channel.getLocalAddress());
            assertNull(channel.getRemoteAddress());
        }
        try (ServerSocketChannel listener = provider().openServerSocketChannel()) {
            assertThrows(
                    UnresolvedAddressException.class,
                    () -> listener.bind(InetSocketAddress.createUnresolved("host.invalid", 80)));
            assertThrows(UnsupportedAddressTypeException.class, () -> listener.bind(new SocketAddress() {}));
            assertThrows(
                    UnsupportedAddressTypeException.class, () -> listener.bind(UnixDomainSocketAddress.of("nowhere")));
            assertTrue(listener.isOpen());
        }
    }

    @Test
    void connect_addressThatIsNoneOnClosedChannel_addressIsLookedAtFirst() throws Exception {
        SocketChannel channel = provider().openSocketChannel();
        channel.close();
        assertThrows(
                UnresolvedAddressException.class,
                () -> channel.connect(InetSocketAddress.createUnresolved("host.invalid", 80)));
        assertThrows(UnsupportedAddressTypeException.class, () -> channel.connect(new SocketAddress() {}));
    }

    @Test
    void bind_withoutAddress_wildcardAndPort() throws Exception {
        try (SocketChannel channel = provider().openSocketChannel();
                ServerSocketChannel listener = provider().openServerSocketChannel()) {
            assertSame(channel, channel.bind(null));
            assertWildcard(channel.getLocalAddress());
            assertThrows(AlreadyBoundException.class, () -> channel.bind(null));
            assertSame(listener, listener.bind(null));
            assertWildcard(listener.getLocalAddress());
            assertThrows(AlreadyBoundException.class, () -> listener.bind(new InetSocketAddress(0), 3));
        }
    }

    private static void assertWildcard(SocketAddress address) {
        InetSocketAddress local = assertInstanceOf(InetSocketAddress.class, address);
        assertTrue(local.getAddress().isAnyLocalAddress());
        assertNotEquals(0, local.getPort());
    }

    @Test
    void bindToWildcard_connected_localAddressIsTheRealOne() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
                SocketChannel channel = provider().openSocketChannel()) {
            channel.bind(new InetSocketAddress(0));
            int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
            channel.connect(listener.getLocalAddress());
            assertEquals(new InetSocketAddress(loopback.address(), port), channel.getLocalAddress());
        }
    }

    @Test
    void connect_toWildcard_reachesThisHost() throws Exception {
        try (ServerSocketChannel listener = provider().openServerSocketChannel();
                SocketChannel channel = provider().openSocketChannel()) {
            listener.bind(null);
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            channel.connect(new InetSocketAddress(port));
            try (SocketChannel accepted = listener.accept()) {
                assertEquals(channel.getLocalAddress(), accepted.getRemoteAddress());
            }
        }
    }

    @Test
    void bind_addressOfNobody_bindExceptionAndOpen() throws Exception {
        InetAddress elsewhere = InetAddress.getByName(loopback == Loopback.IPV4 ? "192.0.2.1" : "2001:db8::1");
        try (SocketChannel channel = provider().openSocketChannel();
                ServerSocketChannel listener = provider().openServerSocketChannel()) {
            InetSocketAddress address = new InetSocketAddress(elsewhere, 0);
            assertThrows(java.net.BindException.class, () -> channel.bind(address));
            assertThrows(java.net.BindException.class, () -> listener.bind(address));
            assertTrue(channel.isOpen());
            assertNull(channel.getLocalAddress());
            assertTrue(listener.isOpen());
            assertNull(listener.getLocalAddress());
            listener.bind(new InetSocketAddress(loopback.address(), 0));
            channel.connect(listener.getLocalAddress());
        }
    }

    @Test
    void bind_portInUseByAnotherClient_bindException() throws Exception {
        try (SocketChannel first = provider().openSocketChannel();
                SocketChannel second = provider().openSocketChannel()) {
            first.bind(new InetSocketAddress(loopback.address(), 0));
            assertThrows(java.net.BindException.class, () -> second.bind(first.getLocalAddress()));
            assertTrue(second.isOpen());
        }
    }

    @Test
    void port_afterListenerClosed_bindsAgain() throws Exception {
        InetSocketAddress address;
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            address = (InetSocketAddress) pair.listener().getLocalAddress();
        }
        try (ServerSocketChannel again = provider().openServerSocketChannel()) {
            again.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            again.bind(address);
            assertEquals(address, again.getLocalAddress());
        }
    }

    // ---- families --------------------------------------------------------------------------------------------------

    @Test
    void open_familyThatIsNone_refused() {
        ProtocolFamily strange = () -> "STRANGE";
        assertThrows(NullPointerException.class, () -> provider().openSocketChannel(null));
        assertThrows(NullPointerException.class, () -> provider().openServerSocketChannel(null));
        assertThrows(UnsupportedOperationException.class, () -> provider().openSocketChannel(strange));
        assertThrows(UnsupportedOperationException.class, () -> provider().openServerSocketChannel(strange));
    }

    @Test
    void open_familyOfTheAddress_connects() throws Exception {
        StandardProtocolFamily family =
                loopback == Loopback.IPV4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
        try (ServerSocketChannel listener = provider().openServerSocketChannel(family);
                SocketChannel channel = provider().openSocketChannel(family)) {
            assertNull(listener.getLocalAddress());
            listener.bind(new InetSocketAddress(loopback.address(), 0));
            channel.connect(listener.getLocalAddress());
            try (SocketChannel accepted = listener.accept()) {
                assertEquals(channel.getLocalAddress(), accepted.getRemoteAddress());
                assertNotNull(accepted.getLocalAddress());
            }
        }
    }

    // ---- the listener ----------------------------------------------------------------------------------------------

    @Test
    void listenerClosed_everyOperation_refused() throws Exception {
        ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
        listener.close();
        listener.close();
        assertThrows(ClosedChannelException.class, listener::accept);
        assertThrows(ClosedChannelException.class, listener::getLocalAddress);
        assertThrows(ClosedChannelException.class, () -> listener.bind(null));
        assertThrows(ClosedChannelException.class, () -> listener.configureBlocking(false));
        assertThrows(ClosedChannelException.class, () -> listener.getOption(StandardSocketOptions.SO_RCVBUF));
        assertThrows(ClosedChannelException.class, () -> listener.setOption(StandardSocketOptions.SO_RCVBUF, 9000));
        assertTrue(listener.toString().contains("closed"), listener.toString());
    }

    @Test
    void validOps_ofEachKind_areTheJdks() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            assertEquals(SelectionKey.OP_ACCEPT, pair.listener().validOps());
            int ops = SelectionKey.OP_CONNECT | SelectionKey.OP_READ | SelectionKey.OP_WRITE;
            assertEquals(ops, pair.client().validOps());
            assertEquals(ops, pair.server().validOps());
        }
    }

    @Test
    void listenerClosed_connectionsNobodyAccepted_end() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
                SocketChannel client = provider().openSocketChannel()) {
            client.connect(listener.getLocalAddress());
            ChannelPair.close(listener);
            IOException reset = assertThrows(SocketException.class, () -> client.read(ByteBuffer.allocate(1)));
            assertEquals("Connection reset", reset.getMessage());
        }
    }

    @Test
    void acceptedChannel_nonBlockingListener_isBlocking() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
                SocketChannel client = provider().openSocketChannel()) {
            listener.configureBlocking(false);
            client.connect(listener.getLocalAddress());
            SocketChannel accepted = listener.accept();
            while (accepted == null) {
                accepted = listener.accept();
            }
            assertTrue(accepted.isBlocking());
            assertFalse(accepted.isRegistered());
            assertSame(provider(), accepted.provider());
            accepted.close();
        }
    }

    @Test
    void connectAndClose_manyTimesFromOnePort_eachWorks() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(provider(), loopback)) {
            for (int i = 0; i < 200; i++) {
                try (SocketChannel client = provider().openSocketChannel()) {
                    client.connect(listener.getLocalAddress());
                    listener.accept().close();
                    assertEquals(-1, client.read(ByteBuffer.allocate(1)));
                }
            }
        }
    }
}
