package io.demijohn.spi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code channel.socket()} promises; run on the JDK's provider and on ours, over both families. */
@ParameterizedClass
@EnumSource(Loopback.class)
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit fills the family in
abstract class AdaptorContract {
    @Parameter
    Loopback loopback;

    abstract SelectorProvider provider();

    @Test
    void streams_bothWays_carryBytes() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Socket client = pair.client().socket();
            Socket server = pair.server().socket();
            client.getOutputStream().write("hello".getBytes(UTF_8));
            assertEquals("hello", new String(server.getInputStream().readNBytes(5), UTF_8));
            server.getOutputStream().write(7);
            assertEquals(7, client.getInputStream().read());
            client.shutdownOutput();
            assertEquals(-1, server.getInputStream().read());
            assertTrue(client.isOutputShutdown());
            assertSame(pair.client(), client.getChannel());
            assertSame(client, pair.client().socket());
        }
    }

    @Test
    void readTimeout_nothingComes_timesOutAndStaysUsable() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Socket client = pair.client().socket();
            client.setSoTimeout(30);
            InputStream in = client.getInputStream();
            long startNanos = System.nanoTime();
            SocketTimeoutException timeout = assertThrows(SocketTimeoutException.class, in::read);
            assertEquals("Read timed out", timeout.getMessage());
            assertTrue(System.nanoTime() - startNanos >= 30_000_000L);
            pair.server().write(ChannelPair.bytes("a"));
            assertEquals('a', in.read());
        }
    }

    @Test
    void acceptTimeout_nobodyComes_timesOutAndStaysUsable() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(provider(), loopback)) {
            ServerSocket socket = listener.socket();
            socket.setSoTimeout(30);
            SocketTimeoutException timeout = assertThrows(SocketTimeoutException.class, socket::accept);
            assertEquals("Accept timed out", timeout.getMessage());
            try (SocketChannel client = provider().openSocketChannel()) {
                client.connect(listener.getLocalAddress());
                try (Socket accepted = socket.accept()) {
                    assertEquals(accepted.getPort(), client.socket().getLocalPort());
                }
            }
        }
    }

    @Test
    void connectTimeout_listenerAnswers_connected() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
                SocketChannel channel = provider().openSocketChannel()) {
            Socket socket = channel.socket();
            assertFalse(socket.isBound());
            socket.connect(listener.getLocalAddress(), 5_000);
            assertTrue(socket.isConnected());
            assertTrue(socket.isBound());
            Exception again = assertThrows(Exception.class, () -> socket.connect(listener.getLocalAddress(), 5_000));
            assertTrue(again instanceof SocketException || again instanceof AlreadyConnectedException); // 17 and later
        }
    }

    @Test
    void connect_refusedOrUnresolved_closed() throws Exception {
        Socket refused = provider().openSocketChannel().socket();
        InetSocketAddress nobody = ChannelPair.refusing(provider(), loopback);
        assertThrows(ConnectException.class, () -> refused.connect(nobody, 5_000));
        assertTrue(refused.isClosed());
        Socket unresolved = provider().openSocketChannel().socket();
        assertThrows(
                UnknownHostException.class,
                () -> unresolved.connect(InetSocketAddress.createUnresolved("x.invalid", 1)));
    }

    @Test
    void nonBlocking_streams_refused() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            pair.client().configureBlocking(false);
            Socket client = pair.client().socket();
            InputStream in = client.getInputStream();
            assertThrows(IllegalBlockingModeException.class, in::read);
            assertThrows(IllegalBlockingModeException.class, () -> client.getOutputStream()
                    .write(1));
            pair.listener().configureBlocking(false);
            assertThrows(
                    IllegalBlockingModeException.class,
                    () -> pair.listener().socket().accept());
        }
    }

    @Test
    void close_blockedReader_released() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Socket client = pair.client().socket();
            InputStream in = client.getInputStream();
            Blocked<Integer> reader = Blocked.in("read", in::read);
            client.close();
            assertInstanceOf(AsynchronousCloseException.class, reader.failure());
            assertTrue(client.isClosed());
            assertThrows(SocketException.class, client::getInputStream);
            assertThrows(SocketException.class, client::getSoTimeout);
        }
    }

    @Test
    void options_everySetter_readBack() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Socket socket = pair.client().socket();
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.setReuseAddress(true);
            socket.setOOBInline(true);
            socket.setSoLinger(true, 3);
            socket.setSoTimeout(9);
            socket.setSendBufferSize(100_000);
            socket.setReceiveBufferSize(100_000);
            socket.setPerformancePreferences(1, 2, 3);
            assertTrue(socket.getTcpNoDelay());
            assertTrue(socket.getKeepAlive());
            assertTrue(socket.getReuseAddress());
            assertTrue(socket.getOOBInline());
            assertEquals(3, socket.getSoLinger());
            assertEquals(9, socket.getSoTimeout());
            assertTrue(socket.getSendBufferSize() >= 100_000);
            assertTrue(socket.getReceiveBufferSize() >= 100_000);
            socket.setSoLinger(false, 0);
            assertEquals(-1, socket.getSoLinger());
            assertThrows(IllegalArgumentException.class, () -> socket.setSendBufferSize(0));
        }
    }

    @Test
    void unconnected_questions_answeredAsTheJdkDoes() throws Exception {
        try (SocketChannel channel = provider().openSocketChannel();
                ServerSocketChannel listener = provider().openServerSocketChannel()) {
            Socket socket = channel.socket();
            assertNull(socket.getInetAddress());
            assertNull(socket.getRemoteSocketAddress());
            assertEquals(0, socket.getPort());
            assertEquals(-1, socket.getLocalPort());
            assertTrue(socket.getLocalAddress().isAnyLocalAddress());
            assertEquals("Socket[unconnected]", socket.toString());
            assertThrows(SocketException.class, socket::getOutputStream);
            assertThrows(SocketException.class, socket::shutdownInput);
            ServerSocket unbound = listener.socket();
            assertEquals(-1, unbound.getLocalPort());
            assertNull(unbound.getInetAddress());
            assertNull(unbound.getLocalSocketAddress());
            assertFalse(unbound.isBound());
            assertEquals("ServerSocket[unbound]", unbound.toString());
            assertThrows(SocketException.class, unbound::accept);
        }
    }

    @Test
    void available_afterWrite_tellsBytes() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            InputStream in = pair.server().socket().getInputStream();
            assertEquals(0, in.available());
            pair.client().write(ChannelPair.bytes("abc"));
            assertEquals('a', in.read());
            assertEquals(2, in.available());
        }
    }
}
