package io.demijohn.spi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.FileChannel;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@link SocketChannel} and {@link ServerSocketChannel} promise; run on the JDK's provider and ours, over both families. */
@ParameterizedClass
@EnumSource(Loopback.class)
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit fills the family in
abstract class SocketChannelContract {
    private static final int MEGABYTE = 1 << 20;

    @Parameter
    Loopback loopback;

    abstract SelectorProvider provider();

    @Test
    void bytes_writtenByEachEnd_readByTheOther() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            assertEquals(5, pair.client().write(ChannelPair.bytes("hello")));
            assertEquals("hello", ChannelPair.read(pair.server(), 5));
            ByteBuffer direct = ByteBuffer.allocateDirect(3);
            direct.put("abc".getBytes(UTF_8)).flip();
            assertEquals(3, pair.server().write(direct));
            assertEquals("abc", ChannelPair.read(pair.client(), 3));
            assertSame(provider(), pair.server().provider());
            assertTrue(pair.server().isBlocking());
        }
    }

    @Test
    void addresses_ofBothEnds_mirror() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            assertEquals(pair.client().getLocalAddress(), pair.server().getRemoteAddress());
            assertEquals(pair.client().getRemoteAddress(), pair.server().getLocalAddress());
            assertEquals(pair.listener().getLocalAddress(), pair.client().getRemoteAddress());
        }
    }

    @Test
    void unconnected_operations_refused() throws Exception {
        try (SocketChannel channel = provider().openSocketChannel()) {
            assertNull(channel.getLocalAddress());
            assertNull(channel.getRemoteAddress());
            assertFalse(channel.isConnected());
            assertFalse(channel.isConnectionPending());
            assertThrows(NotYetConnectedException.class, () -> channel.read(ByteBuffer.allocate(1)));
            assertThrows(NotYetConnectedException.class, () -> channel.write(ByteBuffer.allocate(1)));
            assertThrows(NotYetConnectedException.class, channel::shutdownInput);
            assertThrows(NotYetConnectedException.class, channel::shutdownOutput);
            assertThrows(NoConnectionPendingException.class, channel::finishConnect);
            assertThrows(
                    UnresolvedAddressException.class,
                    () -> channel.connect(InetSocketAddress.createUnresolved("x", 1)));
            assertThrows(UnsupportedAddressTypeException.class, () -> channel.connect(new SocketAddress() {}));
            assertTrue(channel.isOpen());
        }
    }

    @Test
    void closed_operations_refused() throws Exception {
        SocketChannel channel = provider().openSocketChannel();
        channel.close();
        assertThrows(ClosedChannelException.class, channel::getLocalAddress);
        assertThrows(ClosedChannelException.class, () -> channel.configureBlocking(false));
        assertThrows(ClosedChannelException.class, () -> channel.bind(null));
        assertThrows(ClosedChannelException.class, () -> channel.connect(ChannelPair.refusing(provider(), loopback)));
        assertThrows(ClosedChannelException.class, () -> channel.setOption(StandardSocketOptions.TCP_NODELAY, true));
        assertThrows(ClosedChannelException.class, channel::shutdownInput);
    }

    @Test
    void connected_connectAndBindAgain_refused() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SocketChannel client = pair.client();
            assertTrue(client.finishConnect());
            assertThrows(AlreadyConnectedException.class, () -> client.connect(client.getRemoteAddress()));
            assertThrows(AlreadyBoundException.class, () -> client.bind(null));
            assertTrue(client.isOpen());
        }
    }

    @Test
    @Tag("proves:rfc9293-refused")
    void connect_refusedPort_connectExceptionAndClosed() throws Exception {
        InetSocketAddress nobody = ChannelPair.refusing(provider(), loopback);
        try (SocketChannel channel = provider().openSocketChannel()) {
            ConnectException refused = assertThrows(ConnectException.class, () -> channel.connect(nobody));
            assertEquals("Connection refused", refused.getMessage());
            assertFalse(channel.isOpen());
        }
    }

    @Test
    void connect_nonBlocking_finishesLater() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
                SocketChannel channel = provider().openSocketChannel()) {
            channel.configureBlocking(false);
            if (!channel.connect(listener.getLocalAddress())) {
                assertTrue(channel.isConnectionPending());
                assertThrows(ConnectionPendingException.class, () -> channel.connect(listener.getLocalAddress()));
                while (!channel.finishConnect()) {
                    Thread.onSpinWait();
                }
            }
            assertTrue(channel.isConnected());
            assertFalse(channel.isConnectionPending());
            assertNotNull(channel.getLocalAddress());
        }
    }

    @Test
    void finishConnect_refusedPort_connectExceptionAndClosed() throws Exception {
        InetSocketAddress nobody = ChannelPair.refusing(provider(), loopback);
        try (SocketChannel channel = provider().openSocketChannel()) {
            channel.configureBlocking(false);
            assertThrows(ConnectException.class, () -> {
                channel.connect(nobody);
                while (!channel.finishConnect()) {
                    Thread.onSpinWait();
                }
            });
            assertFalse(channel.isOpen());
        }
    }

    @Test
    void bind_thenConnect_keepsThePort() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
                SocketChannel channel = provider().openSocketChannel()) {
            InetSocketAddress listening = (InetSocketAddress) listener.getLocalAddress();
            channel.bind(new InetSocketAddress(listening.getAddress(), 0));
            InetSocketAddress bound = (InetSocketAddress) channel.getLocalAddress();
            assertTrue(bound.getPort() > 0);
            channel.connect(listening);
            assertEquals(bound, channel.getLocalAddress());
            try (SocketChannel accepted = listener.accept()) {
                assertEquals(bound, accepted.getRemoteAddress());
            }
        }
    }

    @Test
    void read_nonBlockingNothingThere_zero() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            pair.client().configureBlocking(false);
            assertEquals(0, pair.client().read(ByteBuffer.allocate(8)));
            assertEquals(0, pair.client().read(new ByteBuffer[] {ByteBuffer.allocate(8)}));
            assertEquals(0, pair.client().read(ByteBuffer.allocate(0)));
        }
    }

    @Test
    void scatterAndGather_acrossBuffers_inOrder() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            ByteBuffer[] sources = {ChannelPair.bytes("ab"), ByteBuffer.allocate(0), ChannelPair.bytes("cdef")};
            assertEquals(6, pair.client().write(sources));
            ByteBuffer[] targets = {ByteBuffer.allocate(4), ByteBuffer.allocateDirect(2)};
            long count = 0;
            while (count < 6) {
                count += pair.server().read(targets);
            }
            assertEquals("abcd", new String(targets[0].array(), UTF_8));
            targets[1].flip();
            assertEquals("ef", UTF_8.decode(targets[1]).toString());
        }
    }

    @Test
    @Tag("proves:half-close")
    void shutdownOutput_peer_readsTheEndAndStillWrites() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            pair.client().write(ChannelPair.bytes("last"));
            pair.client().shutdownOutput();
            assertEquals("last", ChannelPair.read(pair.server(), 4));
            assertEquals(-1, pair.server().read(ByteBuffer.allocate(1)));
            assertThrows(ClosedChannelException.class, () -> pair.client().write(ChannelPair.bytes("x")));
            pair.server().write(ChannelPair.bytes("reply"));
            assertEquals("reply", ChannelPair.read(pair.client(), 5));
        }
    }

    @Test
    @Tag("proves:half-close")
    void shutdownInput_blockedReader_getsTheEnd() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Blocked<Integer> reader = Blocked.in("read", () -> pair.client().read(ByteBuffer.allocate(1)));
            pair.client().shutdownInput();
            assertEquals(-1, reader.result());
            assertEquals(-1, pair.client().read(ByteBuffer.allocate(1)));
            assertTrue(pair.client().isOpen());
        }
    }

    @Test
    void close_blockedReader_asynchronousCloseAndPeerSeesTheEnd() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Blocked<Integer> reader = Blocked.in("read", () -> pair.client().read(ByteBuffer.allocate(1)));
            pair.client().close();
            assertInstanceOf(AsynchronousCloseException.class, reader.failure());
            assertEquals(-1, pair.server().read(ByteBuffer.allocate(1)));
        }
    }

    @Test
    void interrupt_blockedReader_closedByInterrupt() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Blocked<Integer> reader = Blocked.in("read", () -> pair.client().read(ByteBuffer.allocate(1)));
            reader.interrupt();
            assertInstanceOf(ClosedByInterruptException.class, reader.failure());
            assertFalse(pair.client().isOpen());
        }
    }

    @Test
    void interrupt_beforeRead_closedByInterruptAndStatusKept() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Thread.currentThread().interrupt();
            assertThrows(ClosedByInterruptException.class, () -> pair.client().read(ByteBuffer.allocate(1)));
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void close_blockedWriter_asynchronousClose() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            ByteBuffer endless = ByteBuffer.allocate(64 * MEGABYTE);
            Blocked<Integer> writer = Blocked.start(() -> {
                while (true) {
                    pair.client().write(endless.clear());
                }
            });
            ChannelPair.read(pair.server(), MEGABYTE);
            pair.client().close();
            assertInstanceOf(ClosedChannelException.class, writer.failure());
        }
    }

    @Test
    void accept_closed_asynchronousClose() throws Exception {
        ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
        Blocked<SocketChannel> acceptor = Blocked.in("accept", listener::accept);
        listener.close();
        assertInstanceOf(AsynchronousCloseException.class, acceptor.failure());
    }

    @Test
    void accept_interrupted_closedByInterrupt() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(provider(), loopback)) {
            Blocked<SocketChannel> acceptor = Blocked.in("accept", listener::accept);
            acceptor.interrupt();
            assertInstanceOf(ClosedByInterruptException.class, acceptor.failure());
            assertFalse(listener.isOpen());
        }
    }

    @Test
    void accept_unboundOrNobodyThere_refusedOrNull() throws Exception {
        try (ServerSocketChannel listener = provider().openServerSocketChannel()) {
            assertNull(listener.getLocalAddress());
            assertThrows(NotYetBoundException.class, listener::accept);
        }
        try (ServerSocketChannel listener = ChannelPair.listen(provider(), loopback)) {
            listener.configureBlocking(false);
            assertNull(listener.accept());
            assertThrows(AlreadyBoundException.class, () -> listener.bind(null));
        }
    }

    @Test
    void bind_takenPort_addressInUse() throws Exception {
        try (ServerSocketChannel first = ChannelPair.listen(provider(), loopback);
                ServerSocketChannel second = provider().openServerSocketChannel()) {
            IOException refused =
                    assertThrows(java.net.BindException.class, () -> second.bind(first.getLocalAddress()));
            assertEquals("Address already in use", refused.getMessage());
            assertTrue(second.isOpen());
        }
    }

    @Test
    void wildcardListener_loopbackConnect_accepted() throws Exception {
        try (ServerSocketChannel listener = provider().openServerSocketChannel()) {
            listener.bind(new InetSocketAddress(0));
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            for (int i = 0; i < 4; i++) {
                try (SocketChannel client = provider().openSocketChannel()) {
                    client.connect(new InetSocketAddress(loopback.address(), port));
                    try (SocketChannel accepted = listener.accept()) {
                        client.write(ChannelPair.bytes("x"));
                        assertEquals("x", ChannelPair.read(accepted, 1));
                    }
                }
            }
        }
    }

    @Test
    void megabyte_eachWay_equal() throws Exception {
        byte[] sent = new byte[MEGABYTE];
        new Random(1).nextBytes(sent);
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Blocked<Integer> writer = Blocked.start(() -> pair.client().write(ByteBuffer.wrap(sent)));
            byte[] received = readFully(pair.server(), MEGABYTE);
            assertEquals(MEGABYTE, writer.result());
            assertArrayEquals(sent, received);
            Blocked<Integer> back = Blocked.start(() -> {
                ByteBuffer source = ByteBuffer.allocateDirect(MEGABYTE);
                source.put(received).flip();
                return pair.server().write(source);
            });
            assertArrayEquals(sent, readFully(pair.client(), MEGABYTE));
            assertEquals(MEGABYTE, back.result());
        }
    }

    @Test
    void transferTo_file_arrivesWhole(@TempDir Path folder) throws Exception {
        byte[] content = new byte[3 * MEGABYTE + 17];
        new Random(2).nextBytes(content);
        Path file = Files.write(folder.resolve("content"), content);
        try (ChannelPair pair = ChannelPair.open(provider(), loopback);
                FileChannel source = FileChannel.open(file, StandardOpenOption.READ)) {
            Blocked<Long> sender = Blocked.start(() -> {
                long position = 0;
                while (position < content.length) {
                    position += source.transferTo(position, content.length - position, pair.client());
                }
                return position;
            });
            assertArrayEquals(content, readFully(pair.server(), content.length));
            assertEquals(content.length, sender.result());
        }
    }

    @Test
    void options_set_readBack() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            for (SocketChannel channel : new SocketChannel[] {pair.client(), pair.server()}) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                channel.setOption(StandardSocketOptions.SO_LINGER, 5);
                assertTrue(channel.getOption(StandardSocketOptions.TCP_NODELAY));
                assertTrue(channel.getOption(StandardSocketOptions.SO_KEEPALIVE));
                assertEquals(5, channel.getOption(StandardSocketOptions.SO_LINGER));
                channel.setOption(StandardSocketOptions.SO_LINGER, -1);
                assertTrue(channel.getOption(StandardSocketOptions.SO_RCVBUF) > 0);
                assertEquals(Providers.jdk().openSocketChannel().supportedOptions(), channel.supportedOptions());
            }
        }
    }

    @Test
    void options_setBeforeConnect_kept() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
                SocketChannel channel = provider().openSocketChannel()) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            channel.connect(listener.getLocalAddress());
            assertTrue(channel.getOption(StandardSocketOptions.TCP_NODELAY));
            assertTrue(channel.getOption(StandardSocketOptions.SO_KEEPALIVE));
        }
    }

    @Test
    void options_everySupported_gettable() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            for (SocketOption<?> option : pair.client().supportedOptions()) {
                assertNotNull(pair.client().getOption(option), option.name());
            }
            assertThrows(UnsupportedOperationException.class, () -> pair.client()
                    .getOption(StandardSocketOptions.IP_MULTICAST_LOOP));
        }
    }

    @Test
    @Tag("proves:linger-zero")
    void linger0_close_resetsThePeer() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            pair.client().setOption(StandardSocketOptions.SO_LINGER, 0);
            pair.client().close();
            IOException reset =
                    assertThrows(IOException.class, () -> pair.server().read(ByteBuffer.allocate(1)));
            assertEquals("Connection reset", reset.getMessage());
            assertThrows(IOException.class, () -> pair.server().read(ByteBuffer.allocate(1)));
        }
    }

    private static byte[] readFully(SocketChannel channel, int count) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(count);
        while (target.hasRemaining()) {
            if (channel.read(target) < 0) {
                throw new IOException("ended at " + target.position());
            }
        }
        return target.array();
    }
}
