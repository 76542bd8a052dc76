package io.demijohn.spi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AcceptPendingException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@link AsynchronousServerSocketChannel} promises; run on the JDK's provider and ours, over both families. */
@ParameterizedClass
@EnumSource(Loopback.class)
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit fills the family in
abstract class AsyncServerContract {
    private static final String TAG = "tag";

    @Parameter
    Loopback loopback;

    abstract AsynchronousChannelProvider provider();

    private AsynchronousServerSocketChannel listen() throws Exception {
        return AsyncPair.listen(provider(), loopback, null);
    }

    private AsynchronousSocketChannel connect(AsynchronousServerSocketChannel listener) throws Exception {
        AsynchronousSocketChannel client = provider().openAsynchronousSocketChannel(null);
        InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
        assertNotNull(address);
        Outcome.get(client.connect(new InetSocketAddress(loopback.address(), address.getPort())));
        return client;
    }

    @Test
    void accept_beforeTheConnection_completesWithIt() throws Exception {
        try (AsynchronousServerSocketChannel listener = listen()) {
            Outcome<AsynchronousSocketChannel> outcome = new Outcome<>();
            listener.accept(TAG, outcome);
            assertFalse(outcome.isDone());
            try (AsynchronousSocketChannel client = connect(listener);
                    AsynchronousSocketChannel server = outcome.get()) {
                assertEquals(TAG, outcome.attachment());
                assertNotEquals(Thread.currentThread(), outcome.thread());
                assertEquals(client.getLocalAddress(), server.getRemoteAddress());
                assertSame(provider(), server.provider());
                assertTrue(server.isOpen());
            }
        }
    }

    @Test
    void accept_afterTheConnection_completesWithIt() throws Exception {
        try (AsynchronousServerSocketChannel listener = listen();
                AsynchronousSocketChannel first = connect(listener);
                AsynchronousSocketChannel second = connect(listener)) {
            try (AsynchronousSocketChannel server = Outcome.get(listener.accept())) {
                assertEquals(first.getLocalAddress(), server.getRemoteAddress());
            }
            Outcome<AsynchronousSocketChannel> outcome = new Outcome<>();
            listener.accept(TAG, outcome);
            try (AsynchronousSocketChannel server = outcome.get()) {
                assertEquals(second.getLocalAddress(), server.getRemoteAddress());
                assertNotEquals(Thread.currentThread(), outcome.thread());
            }
        }
    }

    @Test
    void acceptedHandler_mayAcceptTheNext() throws Exception {
        Set<SocketAddress> seen = new HashSet<>();
        try (AsynchronousServerSocketChannel listener = listen()) {
            for (int i = 0; i < 30; i++) {
                Outcome<AsynchronousSocketChannel> outcome = new Outcome<>();
                listener.accept(TAG, outcome);
                try (AsynchronousSocketChannel client = connect(listener);
                        AsynchronousSocketChannel server = outcome.get()) {
                    seen.add(server.getRemoteAddress());
                    Outcome.get(server.write(ByteBuffer.wrap("hi".getBytes(UTF_8))));
                    assertEquals("hi", AsyncPair.read(client, 2));
                }
            }
        }
        assertFalse(seen.isEmpty());
    }

    @Test
    void pendingAccept_anotherAccept_throwsAcceptPending() throws Exception {
        try (AsynchronousServerSocketChannel listener = listen()) {
            Future<AsynchronousSocketChannel> first = listener.accept();
            assertThrows(AcceptPendingException.class, listener::accept);
            assertThrows(
                    AcceptPendingException.class, () -> listener.accept(TAG, new Outcome<AsynchronousSocketChannel>()));
            try (AsynchronousSocketChannel client = connect(listener)) {
                assertTrue(client.isOpen());
                Outcome.get(first).close();
            }
        }
    }

    @Test
    @SuppressWarnings("NullAway") // null is what is refused
    void accept_withoutAHandler_throwsNullPointer() throws Exception {
        try (AsynchronousServerSocketChannel listener = listen()) {
            assertThrows(NullPointerException.class, () -> listener.accept(TAG, null));
        }
    }

    @Test
    void accept_unbound_throwsNotYetBound() throws Exception {
        try (AsynchronousServerSocketChannel listener = provider().openAsynchronousServerSocketChannel(null)) {
            assertNull(listener.getLocalAddress());
            assertThrows(NotYetBoundException.class, listener::accept);
            assertThrows(
                    NotYetBoundException.class, () -> listener.accept(TAG, new Outcome<AsynchronousSocketChannel>()));
        }
    }

    @Test
    void close_endsThePendingAccept() throws Exception {
        AsynchronousServerSocketChannel byHandler = listen();
        Outcome<AsynchronousSocketChannel> outcome = new Outcome<>();
        byHandler.accept(TAG, outcome);
        byHandler.close();
        assertInstanceOf(AsynchronousCloseException.class, outcome.failure());
        assertNotEquals(Thread.currentThread(), outcome.thread());
        AsynchronousServerSocketChannel byFuture = listen();
        Future<AsynchronousSocketChannel> future = byFuture.accept();
        byFuture.close();
        assertInstanceOf(AsynchronousCloseException.class, Outcome.failureOf(future));
        byFuture.close();
    }

    @Test
    void closedListener_failsOrThrows() throws Exception {
        AsynchronousServerSocketChannel listener = listen();
        listener.close();
        assertFalse(listener.isOpen());
        assertInstanceOf(ClosedChannelException.class, Outcome.failureOf(listener.accept()));
        Outcome<AsynchronousSocketChannel> outcome = new Outcome<>();
        listener.accept(TAG, outcome);
        assertSame(ClosedChannelException.class, outcome.failure().getClass());
        assertThrows(ClosedChannelException.class, listener::getLocalAddress);
        assertThrows(ClosedChannelException.class, () -> listener.bind(null));
        assertThrows(ClosedChannelException.class, () -> listener.getOption(StandardSocketOptions.SO_RCVBUF));
    }

    @Test
    void port_ofAClosedListener_isFree() throws Exception {
        AsynchronousServerSocketChannel listener = listen();
        SocketAddress address = listener.getLocalAddress();
        Future<AsynchronousSocketChannel> accept = listener.accept();
        listener.close();
        assertInstanceOf(AsynchronousCloseException.class, Outcome.failureOf(accept));
        try (AsynchronousServerSocketChannel next = provider().openAsynchronousServerSocketChannel(null)) {
            next.bind(address);
            assertEquals(address, next.getLocalAddress());
        }
    }

    @Test
    void cancelWithInterrupt_closesTheListener() throws Exception {
        AsynchronousServerSocketChannel listener = listen();
        Future<AsynchronousSocketChannel> accept = listener.accept();
        assertTrue(accept.cancel(true));
        assertThrows(CancellationException.class, accept::get);
        assertFalse(listener.isOpen());
    }

    @Test
    void cancelWithoutInterrupt_allowsNoMoreAccepts() throws Exception {
        try (AsynchronousServerSocketChannel listener = listen()) {
            Future<AsynchronousSocketChannel> accept = listener.accept();
            assertTrue(accept.cancel(false));
            assertTrue(accept.isCancelled());
            assertTrue(listener.isOpen());
            Throwable refused = assertThrows(RuntimeException.class, listener::accept);
            assertEquals("Accept not allowed due cancellation", refused.getMessage());
        }
    }

    @Test
    void bind_again_throwsAlreadyBound() throws Exception {
        try (AsynchronousServerSocketChannel listener = listen()) {
            assertThrows(AlreadyBoundException.class, () -> listener.bind(null));
        }
    }

    @Test
    void bind_toAPortInUse_throwsTheJdksBindException() throws Exception {
        try (AsynchronousServerSocketChannel listener = listen();
                AsynchronousServerSocketChannel second = provider().openAsynchronousServerSocketChannel(null)) {
            SocketAddress address = listener.getLocalAddress();
            Throwable failure = assertThrows(BindException.class, () -> second.bind(address));
            assertEquals("Address already in use", failure.getMessage());
            assertNull(second.getLocalAddress());
            second.bind(new InetSocketAddress(loopback.address(), 0), 5);
            assertNotNull(second.getLocalAddress());
        }
    }

    @Test
    void bind_toBadAddress_throws() throws Exception {
        try (AsynchronousServerSocketChannel listener = provider().openAsynchronousServerSocketChannel(null)) {
            assertThrows(UnsupportedAddressTypeException.class, () -> listener.bind(new SocketAddress() {}));
            assertThrows(
                    UnresolvedAddressException.class,
                    () -> listener.bind(InetSocketAddress.createUnresolved("nowhere.invalid", 1)));
        }
    }

    @Test
    void wildcardListener_acceptsWhatComesToLoopback() throws Exception {
        try (AsynchronousServerSocketChannel listener = provider().openAsynchronousServerSocketChannel(null)) {
            listener.bind(null);
            InetSocketAddress local = (InetSocketAddress) listener.getLocalAddress();
            assertNotNull(local);
            assertTrue(local.getAddress().isAnyLocalAddress());
            for (int i = 0; i < 5; i++) {
                Future<AsynchronousSocketChannel> accepted = listener.accept();
                try (AsynchronousSocketChannel client = connect(listener);
                        AsynchronousSocketChannel server = Outcome.get(accepted)) {
                    assertEquals(client.getLocalAddress(), server.getRemoteAddress());
                    Outcome.get(client.write(ByteBuffer.wrap("hi".getBytes(UTF_8))));
                    assertEquals("hi", AsyncPair.read(server, 2));
                }
            }
        }
    }

    @Test
    void wildcardListener_closed_endsThePendingAccept() throws Exception {
        AsynchronousServerSocketChannel listener = provider().openAsynchronousServerSocketChannel(null);
        listener.bind(new InetSocketAddress(0));
        Future<AsynchronousSocketChannel> accept = listener.accept();
        listener.close();
        assertInstanceOf(AsynchronousCloseException.class, Outcome.failureOf(accept));
    }

    @Test
    void options_areTheJdksAndKeepTheirValues() throws Exception {
        try (AsynchronousServerSocketChannel stock = Providers.asyncJdk().openAsynchronousServerSocketChannel(null);
                AsynchronousServerSocketChannel fresh = provider().openAsynchronousServerSocketChannel(null);
                AsynchronousServerSocketChannel listener = listen()) {
            assertEquals(stock.supportedOptions(), listener.supportedOptions());
            for (AsynchronousServerSocketChannel channel : Set.of(fresh, listener)) {
                assertSame(channel, channel.setOption(StandardSocketOptions.SO_REUSEADDR, true));
                assertTrue(channel.getOption(StandardSocketOptions.SO_REUSEADDR));
                assertTrue(channel.getOption(StandardSocketOptions.SO_RCVBUF) > 0);
                assertThrows(
                        UnsupportedOperationException.class,
                        () -> channel.setOption(StandardSocketOptions.TCP_NODELAY, true));
            }
        }
    }

    @Test
    void description_tellsTheState() throws Exception {
        String name = "sun.nio.ch.UnixAsynchronousServerSocketChannelImpl";
        AsynchronousServerSocketChannel listener = provider().openAsynchronousServerSocketChannel(null);
        assertEquals(name + "[unbound]", listener.toString());
        listener.bind(new InetSocketAddress(loopback.address(), 0));
        assertEquals(name + "[" + listener.getLocalAddress() + "]", listener.toString());
        listener.close();
        assertEquals(name + "[closed]", listener.toString());
    }
}
