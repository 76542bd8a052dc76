package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What channels promise of their options, before the connect, after it and once closed; values as the JDK's channels say them. */
@ParameterizedClass
@EnumSource(Loopback.class)
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit fills the family in
abstract class ChannelOptionContract {
    private static final int IPTOS_LOWDELAY = 0x10;

    @Parameter
    Loopback loopback;

    abstract SelectorProvider provider();

    /** A client undecided, one connected, one accepted; a listener unbound and one bound. */
    private interface Check {
        void on(NetworkChannel channel, NetworkChannel stock) throws Exception;
    }

    private void eachState(Check check) throws Exception {
        SelectorProvider jdk = Providers.jdk();
        try (SocketChannel fresh = provider().openSocketChannel();
                SocketChannel stock = jdk.openSocketChannel();
                ServerSocketChannel unbound = provider().openServerSocketChannel();
                ServerSocketChannel stockUnbound = jdk.openServerSocketChannel();
                ChannelPair pair = ChannelPair.open(provider(), loopback);
                ChannelPair stockPair = ChannelPair.open(jdk)) {
            check.on(fresh, stock);
            check.on(pair.client(), stockPair.client());
            check.on(pair.server(), stockPair.server());
            check.on(unbound, stockUnbound);
            check.on(pair.listener(), stockPair.listener());
        }
    }

    @Test
    void supportedOptions_everyState_areTheJdks() throws Exception {
        eachState((channel, stock) -> {
            assertEquals(stock.supportedOptions(), channel.supportedOptions());
            assertThrows(UnsupportedOperationException.class, () -> channel.supportedOptions()
                    .add(StandardSocketOptions.IP_MULTICAST_IF));
        });
    }

    @Test
    void everyOption_neverSet_saysWhatTheJdkSays() throws Exception {
        eachState((channel, stock) -> {
            for (SocketOption<?> option : stock.supportedOptions()) {
                boolean size = option == StandardSocketOptions.SO_SNDBUF || option == StandardSocketOptions.SO_RCVBUF;
                boolean mayDiffer = size || option.name().equals("SO_INCOMING_NAPI_ID") || isQuickAck(option);
                Object value = channel.getOption(option);
                assertNotNull(value, option.name());
                if (!mayDiffer) {
                    assertEquals(stock.getOption(option), value, option.name());
                }
            }
        });
    }

    @Test
    void everyOption_oddValues_answeredAsTheJdkDoes() throws Exception {
        eachState((channel, stock) -> {
            for (SocketOption<?> option : sorted(stock.supportedOptions())) {
                for (Object value : oddValues(option)) {
                    assertEquals(
                            outcome(stock, option, value),
                            outcome(channel, option, value),
                            option.name() + "=" + value);
                }
            }
        });
    }

    private static List<Object> oddValues(SocketOption<?> option) {
        if (option.type() == Boolean.class) {
            return List.of(true, false);
        }
        List<Object> values = new ArrayList<>(List.of(Integer.MIN_VALUE, -2, -1, 0, 1, 2, 7, 100, 127));
        boolean size = option == StandardSocketOptions.SO_SNDBUF || option == StandardSocketOptions.SO_RCVBUF;
        if (!size) { // what a host makes of large sizes is its own
            values.addAll(List.of(128, 255, 256, 32_767, 32_768, 65_535, 65_536, Integer.MAX_VALUE));
        }
        return values;
    }

    /** Returns what setting did and what the option says then. */
    private static String outcome(NetworkChannel channel, SocketOption<?> option, Object value) throws IOException {
        String done;
        try {
            done = "set";
            assertSame(channel, set(channel, option, value));
        } catch (IllegalArgumentException | UnsupportedOperationException | IOException e) {
            done = e.getClass().getName();
        }
        boolean settled = option == StandardSocketOptions.SO_SNDBUF
                || option == StandardSocketOptions.SO_RCVBUF
                || option.name().equals("SO_INCOMING_NAPI_ID")
                || isQuickAck(option);
        return settled ? done : done + " " + channel.getOption(option);
    }

    /** A hint, of which the kernel remembers what it likes. */
    private static boolean isQuickAck(SocketOption<?> option) {
        return option.name().equals("TCP_QUICKACK");
    }

    @SuppressWarnings("unchecked") // the value is of the option's type
    private static <T> Object set(NetworkChannel channel, SocketOption<T> option, Object value) throws IOException {
        return channel.setOption(option, (T) value);
    }

    private static Iterable<SocketOption<?>> sorted(Set<SocketOption<?>> options) {
        TreeMap<String, SocketOption<?>> sorted = new TreeMap<>();
        options.forEach(option -> sorted.put(option.name(), option));
        return sorted.values();
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"}) // the wrong type is the point
    void wrongNameOrType_everyState_refused() throws Exception {
        eachState((channel, stock) -> {
            assertThrows(NullPointerException.class, () -> channel.getOption(null));
            assertThrows(NullPointerException.class, () -> channel.setOption(null, 1));
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1));
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> channel.getOption(StandardSocketOptions.IP_MULTICAST_IF));
            SocketOption reuse = StandardSocketOptions.SO_REUSEADDR;
            assertThrows(IllegalArgumentException.class, () -> channel.setOption(reuse, "true"));
            assertThrows(IllegalArgumentException.class, () -> channel.setOption(reuse, null));
        });
    }

    @Test
    void bufferSizes_everyState_growAndNeverShrinkBelowWhatWasAsked() throws Exception {
        eachState((channel, stock) -> {
            for (SocketOption<?> any : stock.supportedOptions()) {
                if (any != StandardSocketOptions.SO_SNDBUF && any != StandardSocketOptions.SO_RCVBUF) {
                    continue;
                }
                for (int bytes : new int[] {4_096, 32_768, 65_536, 131_072}) {
                    set(channel, any, bytes);
                    int now = (Integer) Objects.requireNonNull(channel.getOption(any));
                    assertTrue(now >= bytes, any + " asked " + bytes + " says " + now);
                }
                int before = (Integer) Objects.requireNonNull(channel.getOption(any));
                set(channel, any, Integer.MAX_VALUE);
                int after = (Integer) Objects.requireNonNull(channel.getOption(any));
                assertTrue(after >= before, any + " was " + before + " is " + after);
            }
        });
    }

    @Test
    void bufferSizes_extreme_dataStillFlows() throws Exception {
        for (int bytes : new int[] {1, Integer.MAX_VALUE}) {
            try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
                for (SocketChannel channel : List.of(pair.client(), pair.server())) {
                    channel.setOption(StandardSocketOptions.SO_SNDBUF, bytes);
                    channel.setOption(StandardSocketOptions.SO_RCVBUF, bytes);
                }
                int count = bytes == 1 ? 8_000 : 500_000; // a window of a few bytes is slow on any host
                Blocked<Integer> writer = Blocked.start(() -> pair.client().write(ByteBuffer.allocate(count)));
                assertEquals(count, ChannelPair.read(pair.server(), count).length());
                assertEquals(count, writer.result());
            }
        }
    }

    @Test
    void everyOption_setBeforeConnect_kept() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
                ServerSocketChannel stockListener = ChannelPair.listen(Providers.jdk());
                SocketChannel channel = provider().openSocketChannel();
                SocketChannel stock = Providers.jdk().openSocketChannel()) {
            for (SocketOption<?> option : stock.supportedOptions()) {
                outcome(stock, option, option.type() == Boolean.class ? true : IPTOS_LOWDELAY);
                outcome(channel, option, option.type() == Boolean.class ? true : IPTOS_LOWDELAY);
            }
            channel.connect(listener.getLocalAddress());
            stock.connect(stockListener.getLocalAddress());
            for (SocketOption<?> option : stock.supportedOptions()) {
                if (!isQuickAck(option) && !option.name().equals("SO_INCOMING_NAPI_ID")) {
                    assertEquals(stock.getOption(option), channel.getOption(option), option.name());
                }
            }
            channel.setOption(StandardSocketOptions.SO_LINGER, -1);
        }
    }

    @Test
    void acceptedChannel_ofListenerWithOptions_inheritsAsTheJdks() throws Exception {
        List<List<String>> said = new ArrayList<>();
        for (SelectorProvider each : List.of(Providers.jdk(), provider())) {
            try (ServerSocketChannel listener = each.openServerSocketChannel();
                    SocketChannel client = each.openSocketChannel()) {
                listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                listener.setOption(StandardSocketOptions.SO_RCVBUF, 40_000);
                for (SocketOption<?> option : listener.supportedOptions()) {
                    if (option.name().startsWith("TCP_KEEP")) {
                        set(listener, option, 9);
                    }
                }
                listener.bind(new InetSocketAddress(loopback.address(), 0));
                client.connect(listener.getLocalAddress());
                try (SocketChannel accepted = listener.accept()) {
                    List<String> values = new ArrayList<>();
                    for (SocketOption<?> option : sorted(accepted.supportedOptions())) {
                        if (!isQuickAck(option) && option != StandardSocketOptions.SO_SNDBUF) {
                            values.add(option.name() + "=" + accepted.getOption(option));
                        }
                    }
                    said.add(values);
                }
            }
        }
        assertEquals(said.get(0), said.get(1));
    }

    @Test
    void everyOption_closed_closedChannelExceptionBehindTheChecks() throws Exception {
        ChannelPair pair = ChannelPair.open(provider(), loopback);
        pair.close();
        for (NetworkChannel channel : List.of(pair.client(), pair.server(), pair.listener())) {
            for (SocketOption<?> option : channel.supportedOptions()) {
                assertThrows(ClosedChannelException.class, () -> channel.getOption(option), option.name());
                Object value = option.type() == Boolean.class ? true : 1;
                assertThrows(ClosedChannelException.class, () -> set(channel, option, value), option.name());
            }
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> channel.getOption(StandardSocketOptions.IP_MULTICAST_IF));
            assertThrows(NullPointerException.class, () -> channel.getOption(null));
            assertFalse(channel.supportedOptions().isEmpty());
        }
    }

    @Test
    void linger_anySeconds_cappedAsTheJdks() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SocketChannel channel = pair.client();
            assertEquals(-1, channel.getOption(StandardSocketOptions.SO_LINGER));
            channel.setOption(StandardSocketOptions.SO_LINGER, Integer.MAX_VALUE);
            assertEquals(65_535, channel.getOption(StandardSocketOptions.SO_LINGER));
            channel.setOption(StandardSocketOptions.SO_LINGER, Integer.MIN_VALUE);
            assertEquals(-1, channel.getOption(StandardSocketOptions.SO_LINGER));
        }
    }

    @Test
    void lingerSeconds_closeWithDataUnderWay_peerGetsAll() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            pair.client().setOption(StandardSocketOptions.SO_LINGER, 20);
            Blocked<String> reader = Blocked.start(() -> ChannelPair.read(pair.server(), 300_000));
            pair.client().write(ByteBuffer.allocate(300_000));
            pair.client().close();
            assertEquals(300_000, reader.result().length());
            assertEquals(-1, pair.server().read(ByteBuffer.allocate(1)));
        }
    }

    @Test
    void linger0_nonBlockingAndRegistered_resetsAllTheSame() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            pair.client().setOption(StandardSocketOptions.SO_LINGER, 0);
            pair.client().configureBlocking(false);
            pair.client().register(selector, SelectionKey.OP_READ);
            pair.client().close();
            selector.selectNow();
            SocketException reset =
                    assertThrows(SocketException.class, () -> pair.server().read(ByteBuffer.allocate(1)));
            assertEquals("Connection reset", reset.getMessage());
        }
    }
}
