package io.demijohn.spi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
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
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.ReadPendingException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.channels.WritePendingException;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@link AsynchronousSocketChannel} promises; run on the JDK's provider and ours, over both families. */
@ParameterizedClass
@EnumSource(Loopback.class)
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit fills the family in
abstract class AsyncSocketChannelContract {
    private static final int MEGABYTE = 1 << 20;
    private static final String TAG = "tag";

    @Parameter
    Loopback loopback;

    abstract AsynchronousChannelProvider provider();

    private AsyncPair pair() throws Exception {
        return AsyncPair.open(provider(), loopback);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    // ---- data ------------------------------------------------------------------------------------------------------

    @Test
    void futures_ofReadAndWrite_moveBytesBothWays() throws Exception {
        try (AsyncPair pair = pair()) {
            assertEquals(5, Outcome.get(pair.client().write(bytes("hello"))));
            assertEquals("hello", AsyncPair.read(pair.server(), 5));
            ByteBuffer direct = ByteBuffer.allocateDirect(3);
            direct.put("abc".getBytes(UTF_8)).flip();
            assertEquals(3, Outcome.get(pair.server().write(direct)));
            assertFalse(direct.hasRemaining());
            assertEquals("abc", AsyncPair.read(pair.client(), 3));
            assertSame(provider(), pair.client().provider());
            assertSame(provider(), pair.server().provider());
        }
    }

    @Test
    void handler_ofReadThatWaits_getsCountAndAttachment() throws Exception {
        try (AsyncPair pair = pair()) {
            Outcome<Integer> outcome = new Outcome<>();
            ByteBuffer target = ByteBuffer.allocate(10);
            pair.server().read(target, TAG, outcome);
            assertFalse(outcome.isDone());
            Outcome.get(pair.client().write(bytes("late")));
            assertEquals(4, outcome.get());
            assertEquals(TAG, outcome.attachment());
            assertEquals(4, target.position());
            assertNotEquals(Thread.currentThread(), outcome.thread());
        }
    }

    @Test
    void handler_ofOperationThatEndsAtOnce_runsOnAnotherThread() throws Exception {
        try (AsyncPair pair = pair()) {
            Outcome<Integer> written = new Outcome<>();
            pair.client().write(bytes("now"), TAG, written);
            assertEquals(3, written.get());
            assertNotEquals(Thread.currentThread(), written.thread());
            Outcome<Integer> none = new Outcome<>();
            pair.client().read(ByteBuffer.allocate(0), TAG, none);
            assertEquals(0, none.get());
            assertNotEquals(Thread.currentThread(), none.thread());
        }
    }

    @Test
    void buffersWithoutRoomOrBytes_completeWithZero() throws Exception {
        try (AsyncPair pair = pair()) {
            assertEquals(0, Outcome.get(pair.client().read(ByteBuffer.allocate(0))));
            assertEquals(0, Outcome.get(pair.client().write(ByteBuffer.allocate(0))));
            Outcome<Long> gathered = new Outcome<>();
            pair.client().write(new ByteBuffer[0], 0, 0, 0, SECONDS, TAG, gathered);
            assertEquals(0, gathered.get());
        }
    }

    @Test
    void scatteringRead_fillsBuffersInTurn() throws Exception {
        try (AsyncPair pair = pair()) {
            Outcome<Long> outcome = new Outcome<>();
            ByteBuffer[] targets = {ByteBuffer.allocate(1), ByteBuffer.allocate(2), ByteBuffer.allocateDirect(10)};
            pair.server().read(targets, 1, 2, 0, SECONDS, TAG, outcome);
            Outcome.get(pair.client().write(bytes("abcd")));
            assertEquals(4, outcome.get());
            assertEquals(0, targets[0].position());
            assertEquals(2, targets[1].position());
            assertEquals(2, targets[2].position());
            assertEquals('c', targets[2].get(0));
        }
    }

    @Test
    void gatheringWrite_sendsBuffersInTurn() throws Exception {
        try (AsyncPair pair = pair()) {
            Outcome<Long> outcome = new Outcome<>();
            ByteBuffer[] sources = {bytes("not"), bytes("ab"), bytes(""), bytes("cde")};
            pair.client().write(sources, 1, 3, 10, SECONDS, TAG, outcome);
            assertEquals(5, outcome.get());
            assertEquals("abcde", AsyncPair.read(pair.server(), 5));
            assertEquals(3, sources[0].remaining());
        }
    }

    @Test
    void manyBytes_writtenInManyOperations_arriveInOrder() throws Exception {
        byte[] sent = new byte[8 * MEGABYTE];
        new Random(7).nextBytes(sent);
        try (AsyncPair pair = pair()) {
            Background<Void> writer = Background.start(() -> {
                ByteBuffer source = ByteBuffer.wrap(sent);
                while (source.hasRemaining()) {
                    Outcome.get(pair.client().write(source));
                }
                pair.client().shutdownOutput();
                return null;
            });
            ByteBuffer target = ByteBuffer.allocate(sent.length + 1);
            while (Outcome.get(pair.server().read(target)) >= 0) {
                Thread.onSpinWait();
            }
            writer.get();
            assertEquals(sent.length, target.position());
            assertEquals(ByteBuffer.wrap(sent), target.flip());
        }
    }

    @Test
    void readAndWrite_atTheSameTime_doNotDisturbEachOther() throws Exception {
        try (AsyncPair pair = pair()) {
            Outcome<Integer> read = new Outcome<>();
            pair.client().read(ByteBuffer.allocate(4), TAG, read);
            assertEquals(2, Outcome.get(pair.client().write(bytes("up"))));
            assertEquals("up", AsyncPair.read(pair.server(), 2));
            assertFalse(read.isDone());
            Outcome.get(pair.server().write(bytes("down")));
            assertEquals(4, read.get());
        }
    }

    @Test
    void pendingRead_anotherRead_throwsReadPending() throws Exception {
        try (AsyncPair pair = pair()) {
            Future<Integer> first = pair.client().read(ByteBuffer.allocate(1));
            assertThrows(ReadPendingException.class, () -> pair.client().read(ByteBuffer.allocate(1)));
            assertThrows(ReadPendingException.class, () -> pair.client()
                    .read(ByteBuffer.allocate(1), TAG, new Outcome<Integer>()));
            Outcome.get(pair.server().write(bytes("x")));
            assertEquals(1, Outcome.get(first));
        }
    }

    @Test
    void pendingWrite_anotherWrite_throwsWritePendingUntilThePeerReads() throws Exception {
        try (AsyncPair pair = pair()) {
            Future<Integer> waiting = AsyncPair.fill(pair.client());
            assertThrows(WritePendingException.class, () -> pair.client().write(bytes("x")));
            AsyncPair.drain(pair.server());
            assertTrue(Outcome.get(waiting) > 0);
        }
    }

    @Test
    void completedHandler_mayBeginTheNextOperation() throws Exception {
        try (AsyncPair pair = pair()) {
            Countdown countdown = new Countdown(pair.server(), 100);
            countdown.begin();
            for (int i = 0; i < 100; i++) {
                Outcome.get(pair.client().write(bytes("x")));
            }
            assertEquals(100, countdown.get());
        }
    }

    // ---- arguments -------------------------------------------------------------------------------------------------

    @Test
    void badArguments_throwAtOnce() throws Exception {
        try (AsyncPair pair = pair()) {
            ByteBuffer readOnly = ByteBuffer.allocate(1).asReadOnlyBuffer();
            ByteBuffer[] targets = {ByteBuffer.allocate(1), readOnly};
            Outcome<Long> counts = new Outcome<>();
            AsynchronousSocketChannel client = pair.client();
            assertThrows(IllegalArgumentException.class, () -> client.read(readOnly));
            assertThrows(IllegalArgumentException.class, () -> client.read(readOnly, TAG, new Outcome<Integer>()));
            assertThrows(IllegalArgumentException.class, () -> client.read(targets, 0, 2, 0, SECONDS, TAG, counts));
            assertThrows(IndexOutOfBoundsException.class, () -> client.read(targets, 1, 2, 0, SECONDS, TAG, counts));
            assertThrows(IndexOutOfBoundsException.class, () -> client.write(targets, -1, 1, 0, SECONDS, TAG, counts));
            assertFalse(counts.isDone());
        }
    }

    @Test
    @SuppressWarnings("NullAway") // null is what is refused
    void nullHandler_throwsNullPointer() throws Exception {
        try (AsyncPair pair = pair()) {
            AsynchronousSocketChannel client = pair.client();
            SocketAddress address = client.getRemoteAddress();
            assertThrows(NullPointerException.class, () -> client.read(ByteBuffer.allocate(1), TAG, null));
            assertThrows(NullPointerException.class, () -> client.write(bytes("x"), TAG, null));
            assertThrows(NullPointerException.class, () -> client.connect(address, TAG, null));
            assertThrows(NullPointerException.class, () -> client.write((ByteBuffer) null));
            assertThrows(NullPointerException.class, () -> client.setOption(null, 1));
        }
    }

    // ---- connecting ------------------------------------------------------------------------------------------------

    @Test
    void connect_withHandler_completesWithNullAndAttachment() throws Exception {
        try (AsynchronousServerSocketChannel listener = AsyncPair.listen(provider(), loopback, null);
                AsynchronousSocketChannel client = provider().openAsynchronousSocketChannel(null)) {
            Future<AsynchronousSocketChannel> accepted = listener.accept();
            Outcome<Void> outcome = new Outcome<>();
            client.connect(listener.getLocalAddress(), TAG, outcome);
            assertNull(outcome.get());
            assertEquals(TAG, outcome.attachment());
            Outcome.get(accepted).close();
        }
    }

    @Test
    void addresses_ofBothEnds_mirror() throws Exception {
        try (AsyncPair pair = pair()) {
            assertEquals(pair.client().getLocalAddress(), pair.server().getRemoteAddress());
            assertEquals(pair.client().getRemoteAddress(), pair.server().getLocalAddress());
            assertEquals(pair.listener().getLocalAddress(), pair.client().getRemoteAddress());
        }
    }

    @Test
    void unconnectedChannel_hasNoAddressesAndNoData() throws Exception {
        try (AsynchronousSocketChannel channel = provider().openAsynchronousSocketChannel(null)) {
            assertTrue(channel.isOpen());
            assertNull(channel.getLocalAddress());
            assertNull(channel.getRemoteAddress());
            assertThrows(NotYetConnectedException.class, () -> channel.read(ByteBuffer.allocate(1)));
            assertThrows(NotYetConnectedException.class, () -> channel.write(bytes("x")));
            assertThrows(NotYetConnectedException.class, channel::shutdownInput);
            assertThrows(NotYetConnectedException.class, channel::shutdownOutput);
        }
    }

    @Test
    void connect_refused_failsAndClosesTheChannel() throws Exception {
        AsynchronousSocketChannel byFuture = provider().openAsynchronousSocketChannel(null);
        SocketAddress refusing = AsyncPair.refusing(provider(), loopback);
        Throwable failure = Outcome.failureOf(byFuture.connect(refusing));
        assertInstanceOf(ConnectException.class, failure);
        assertEquals("Connection refused", failure.getMessage());
        assertFalse(byFuture.isOpen());
        AsynchronousSocketChannel byHandler = provider().openAsynchronousSocketChannel(null);
        Outcome<Void> outcome = new Outcome<>();
        byHandler.connect(refusing, TAG, outcome);
        assertInstanceOf(ConnectException.class, outcome.failure());
        assertFalse(byHandler.isOpen());
    }

    @Test
    void connect_twice_throwsAlreadyConnected() throws Exception {
        try (AsyncPair pair = pair()) {
            SocketAddress address = pair.listener().getLocalAddress();
            assertThrows(AlreadyConnectedException.class, () -> pair.client().connect(address));
            assertThrows(AlreadyConnectedException.class, () -> pair.server().connect(address));
            assertTrue(pair.client().isOpen());
        }
    }

    @Test
    void connect_toBadAddress_throwsAtOnce() throws Exception {
        try (AsynchronousSocketChannel channel = provider().openAsynchronousSocketChannel(null)) {
            assertThrows(
                    UnresolvedAddressException.class,
                    () -> channel.connect(InetSocketAddress.createUnresolved("nowhere.invalid", 1)));
            assertThrows(UnsupportedAddressTypeException.class, () -> channel.connect(new SocketAddress() {}));
            assertTrue(channel.isOpen());
        }
    }

    @Test
    void bind_beforeConnect_isWhereTheConnectionComesFrom() throws Exception {
        try (AsynchronousServerSocketChannel listener = AsyncPair.listen(provider(), loopback, null);
                AsynchronousSocketChannel client = provider().openAsynchronousSocketChannel(null)) {
            Future<AsynchronousSocketChannel> accepted = listener.accept();
            assertSame(client, client.bind(new InetSocketAddress(loopback.address(), 0)));
            InetSocketAddress bound = (InetSocketAddress) client.getLocalAddress();
            assertNotNull(bound);
            assertNotEquals(0, bound.getPort());
            assertThrows(AlreadyBoundException.class, () -> client.bind(null));
            Outcome.get(client.connect(listener.getLocalAddress()));
            assertEquals(bound, client.getLocalAddress());
            try (AsynchronousSocketChannel server = Outcome.get(accepted)) {
                assertEquals(bound, server.getRemoteAddress());
            }
        }
    }

    @Test
    void bind_toBadAddress_throws() throws Exception {
        try (AsynchronousSocketChannel channel = provider().openAsynchronousSocketChannel(null)) {
            assertThrows(UnsupportedAddressTypeException.class, () -> channel.bind(new SocketAddress() {}));
            assertThrows(
                    UnresolvedAddressException.class,
                    () -> channel.bind(InetSocketAddress.createUnresolved("nowhere.invalid", 1)));
            assertNull(channel.getLocalAddress());
        }
    }

    // ---- options and description -----------------------------------------------------------------------------------

    @Test
    void options_areTheJdksAndKeepTheirValues() throws Exception {
        try (AsynchronousSocketChannel stock = Providers.asyncJdk().openAsynchronousSocketChannel(null);
                AsyncPair pair = pair()) {
            Set<SocketOption<?>> expected = stock.supportedOptions();
            for (AsynchronousSocketChannel channel : Set.of(pair.client(), pair.server())) {
                assertEquals(expected, channel.supportedOptions());
                assertSame(channel, channel.setOption(StandardSocketOptions.TCP_NODELAY, true));
                assertTrue(channel.getOption(StandardSocketOptions.TCP_NODELAY));
                channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                assertTrue(channel.getOption(StandardSocketOptions.SO_KEEPALIVE));
                assertTrue(channel.getOption(StandardSocketOptions.SO_SNDBUF) > 0);
                assertTrue(channel.getOption(StandardSocketOptions.SO_RCVBUF) > 0);
                assertThrows(
                        UnsupportedOperationException.class,
                        () -> channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1));
                assertThrows(
                        UnsupportedOperationException.class,
                        () -> channel.getOption(StandardSocketOptions.IP_MULTICAST_TTL));
            }
        }
    }

    @Test
    void options_setBeforeConnect_stayAfterIt() throws Exception {
        try (AsynchronousServerSocketChannel listener = AsyncPair.listen(provider(), loopback, null);
                AsynchronousSocketChannel client = provider().openAsynchronousSocketChannel(null)) {
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            client.setOption(StandardSocketOptions.SO_RCVBUF, 20_000);
            Integer before = client.getOption(StandardSocketOptions.SO_RCVBUF);
            Future<AsynchronousSocketChannel> accepted = listener.accept();
            Outcome.get(client.connect(listener.getLocalAddress()));
            assertTrue(client.getOption(StandardSocketOptions.TCP_NODELAY));
            assertEquals(before, client.getOption(StandardSocketOptions.SO_RCVBUF));
            Outcome.get(accepted).close();
        }
    }

    @Test
    void option_setAfterShutdownOutput_isRefused() throws Exception {
        try (AsyncPair pair = pair()) {
            pair.client().shutdownOutput();
            assertThrows(IOException.class, () -> pair.client().setOption(StandardSocketOptions.TCP_NODELAY, true));
        }
    }

    @Test
    void description_tellsTheState() throws Exception {
        String name = "sun.nio.ch.UnixAsynchronousSocketChannelImpl";
        AsynchronousSocketChannel fresh = provider().openAsynchronousSocketChannel(null);
        assertEquals(name + "[unconnected]", fresh.toString());
        fresh.close();
        assertEquals(name + "[closed]", fresh.toString());
        try (AsyncPair pair = pair()) {
            AsynchronousSocketChannel client = pair.client();
            String ends = " local=" + client.getLocalAddress() + " remote=" + client.getRemoteAddress() + "]";
            assertEquals(name + "[connected" + ends, client.toString());
            client.shutdownInput();
            client.shutdownOutput();
            assertEquals(name + "[connected ishut oshut" + ends, client.toString());
        }
    }
}
