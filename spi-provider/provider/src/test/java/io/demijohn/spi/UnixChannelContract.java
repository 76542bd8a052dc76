package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Unix-domain channels promise, beside TCP in one selector; run on the JDK's provider and on ours. */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit fills the folder in
abstract class UnixChannelContract {
    @TempDir
    Path folder;

    abstract SelectorProvider provider();

    @Test
    void stream_betweenTwo_carriesBytesAndEnds() throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
        try (ServerSocketChannel listener = provider().openServerSocketChannel(StandardProtocolFamily.UNIX);
                SocketChannel client = provider().openSocketChannel(StandardProtocolFamily.UNIX)) {
            assertNull(listener.getLocalAddress());
            listener.bind(address);
            assertEquals(address, listener.getLocalAddress());
            assertTrue(client.connect(address));
            try (SocketChannel accepted = listener.accept()) {
                assertSame(provider(), accepted.provider());
                assertEquals(address, client.getRemoteAddress());
                client.write(ChannelPair.bytes("unix"));
                client.shutdownOutput();
                assertEquals("unix", ChannelPair.read(accepted, 4));
                assertEquals(-1, accepted.read(ByteBuffer.allocate(1)));
            }
        }
    }

    @Test
    void unixAndTcp_inOneSelector_bothSelected() throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
        try (Selector selector = provider().openSelector();
                ChannelPair tcp = ChannelPair.open(provider());
                ServerSocketChannel listener = provider().openServerSocketChannel(StandardProtocolFamily.UNIX);
                SocketChannel client = provider().openSocketChannel(StandardProtocolFamily.UNIX)) {
            listener.bind(address);
            listener.configureBlocking(false);
            SelectionKey accepting = listener.register(selector, SelectionKey.OP_ACCEPT);
            tcp.client().configureBlocking(false);
            SelectionKey reading = tcp.client().register(selector, SelectionKey.OP_READ);
            assertEquals(0, selector.selectNow());
            client.connect(address);
            tcp.server().write(ChannelPair.bytes("x"));
            Set<SelectionKey> seen = new HashSet<>();
            while (seen.size() < 2) {
                selector.select(seen::add);
            }
            assertEquals(Set.of(accepting, reading), seen);
            assertTrue(accepting.isAcceptable());
            try (SocketChannel accepted = listener.accept()) {
                accepted.configureBlocking(false);
                SelectionKey key = accepted.register(selector, SelectionKey.OP_READ);
                reading.interestOps(0);
                client.write(ChannelPair.bytes("y"));
                assertEquals(1, selector.select());
                assertTrue(key.isReadable());
            }
        }
    }

    @Test
    void wrongAddressOrSocket_refused() throws Exception {
        try (ServerSocketChannel listener = provider().openServerSocketChannel(StandardProtocolFamily.UNIX);
                SocketChannel client = provider().openSocketChannel(StandardProtocolFamily.UNIX)) {
            InetSocketAddress inet = new InetSocketAddress(Loopback.IPV4.address(), 1);
            assertThrows(UnsupportedAddressTypeException.class, () -> client.connect(inet));
            assertThrows(UnsupportedAddressTypeException.class, () -> listener.bind(inet));
            assertThrows(UnsupportedOperationException.class, client::socket);
            assertThrows(UnsupportedOperationException.class, listener::socket);
            assertFalse(client.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY));
        }
    }

    @Test
    void blockedReader_closed_released() throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
        try (ServerSocketChannel listener = provider().openServerSocketChannel(StandardProtocolFamily.UNIX);
                SocketChannel client = provider().openSocketChannel(StandardProtocolFamily.UNIX)) {
            listener.bind(address);
            client.connect(address);
            Blocked<Integer> reader = Blocked.in("read", () -> client.read(ByteBuffer.allocate(1)));
            ChannelPair.close(client);
            assertInstanceOf(AsynchronousCloseException.class, reader.failure());
        }
    }
}
