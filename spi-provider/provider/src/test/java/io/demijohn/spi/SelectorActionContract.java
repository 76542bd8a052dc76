package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a selector promises of actions, wake-ups and time. */
@ParameterizedClass
@EnumSource(Loopback.class)
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit fills the family in
abstract class SelectorActionContract {
    private static final long NANOS_PER_MILLI = 1_000_000;

    @Parameter
    Loopback loopback;

    abstract SelectorProvider provider();

    // ---- actions ---------------------------------------------------------------------------------------------------

    @Test
    void action_nullOrNegativeTimeout_refused() throws Exception {
        try (Selector selector = provider().openSelector()) {
            assertThrows(NullPointerException.class, () -> selector.select(null));
            assertThrows(NullPointerException.class, () -> selector.select(null, 1));
            assertThrows(NullPointerException.class, () -> selector.selectNow(null));
            assertThrows(IllegalArgumentException.class, () -> selector.select(key -> {}, -1));
            assertThrows(IllegalArgumentException.class, () -> selector.select(-1));
        }
    }

    @Test
    void action_readyKey_seesItsReadySetAndSelectedKeysStayEmpty() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = register(pair.client(), selector);
            pair.server().write(ChannelPair.bytes("x"));
            int count = selector.select(ready -> {
                assertSame(key, ready);
                assertTrue(ready.isReadable());
                assertEquals(SelectionKey.OP_READ, ready.readyOps());
                assertTrue(Thread.holdsLock(selector));
                assertTrue(Thread.holdsLock(selector.selectedKeys()));
            });
            assertEquals(1, count);
            assertEquals(Set.of(), selector.selectedKeys());
            assertEquals(1, selector.select(ready -> {}, 1_000)); // a level
            assertEquals(1, selector.selectNow(ready -> {}));
        }
    }

    @Test
    void action_keyAlreadySelected_calledAllTheSame() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = register(pair.client(), selector);
            pair.server().write(ChannelPair.bytes("x"));
            assertEquals(1, selector.select());
            AtomicInteger calls = new AtomicInteger();
            assertEquals(1, selector.select(ready -> calls.incrementAndGet()));
            assertEquals(1, calls.get());
            assertEquals(Set.of(key), selector.selectedKeys());
        }
    }

    @Test
    void action_nothingReady_notCalled() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            register(pair.client(), selector);
            assertEquals(0, selector.selectNow(SelectorActionContract::never));
            assertEquals(0, selector.select(SelectorActionContract::never, 20));
            selector.wakeup();
            assertEquals(0, selector.select(SelectorActionContract::never));
        }
    }

    private static void never(SelectionKey key) {
        throw new AssertionError("called for " + key);
    }

    @Test
    void action_closesTheSelector_closedSelectorException() throws Exception {
        for (boolean more : new boolean[] {false, true}) {
            Selector selector = provider().openSelector();
            try (ChannelPair one = ChannelPair.open(provider(), loopback);
                    ChannelPair two = ChannelPair.open(provider(), loopback)) {
                register(one.client(), selector);
                one.server().write(ChannelPair.bytes("x"));
                if (more) {
                    register(two.client(), selector);
                    two.server().write(ChannelPair.bytes("x"));
                }
                assertThrows(ClosedSelectorException.class, () -> selector.select(key -> close(selector)));
                assertFalse(selector.isOpen());
                assertFalse(one.client().isRegistered());
                one.client().configureBlocking(true);
                assertEquals("x", ChannelPair.read(one.client(), 1));
            }
        }
    }

    private static void close(Selector selector) {
        try {
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void action_closesItsChannelOrCancels_nextSelectForgetsIt() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair one = ChannelPair.open(provider(), loopback);
                ChannelPair two = ChannelPair.open(provider(), loopback)) {
            register(one.client(), selector);
            SelectionKey cancelled = register(two.client(), selector);
            one.server().write(ChannelPair.bytes("x"));
            two.server().write(ChannelPair.bytes("x"));
            Set<SelectionKey> seen = new HashSet<>();
            while (seen.size() < 2) {
                selector.select(key -> {
                    assertTrue(seen.add(key), "called again");
                    if (key == cancelled) {
                        key.cancel();
                        assertFalse(key.isValid());
                    } else {
                        closeChannel(key.channel());
                    }
                });
            }
            assertEquals(0, selector.selectNow(SelectorActionContract::never));
            assertEquals(Set.of(), selector.keys());
        }
    }

    private static void closeChannel(SelectableChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void action_cancelsAnotherReadyKey_otherIsNotCalledOnceGone() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair one = ChannelPair.open(provider(), loopback);
                ChannelPair two = ChannelPair.open(provider(), loopback)) {
            SelectionKey first = register(one.client(), selector);
            SelectionKey second = register(two.client(), selector);
            one.server().write(ChannelPair.bytes("x"));
            two.server().write(ChannelPair.bytes("x"));
            Set<SelectionKey> called = new HashSet<>();
            selector.select(key -> {
                called.add(key);
                (key == first ? second : first).cancel();
            });
            int left = called.size() == 2 ? 0 : 1; // the other's turn came before it was cancelled, or never
            assertEquals(left, selector.selectNow(key -> assertTrue(called.contains(key))));
            assertEquals(left, selector.keys().size());
        }
    }

    @Test
    void action_registersAndChangesInterest_effectiveAtTheNext() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            register(pair.client(), selector);
            pair.server().configureBlocking(false);
            pair.server().write(ChannelPair.bytes("x"));
            int count = selector.select(key -> {
                key.interestOps(0);
                try {
                    pair.server().register(selector, SelectionKey.OP_WRITE);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertEquals(1, count);
            List<SelectableChannel> next = new ArrayList<>();
            assertEquals(1, selector.select(key -> next.add(key.channel())));
            assertEquals(List.of(pair.server()), next);
        }
    }

    @Test
    void action_registersReadyKeyOfAnotherKind_servedByTheNext() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Pipe pipe = provider().openPipe();
            pipe.source().configureBlocking(false);
            pair.client().configureBlocking(false);
            pipe.sink().write(ChannelPair.bytes("x"));
            pair.server().write(ChannelPair.bytes("x"));
            for (List<SelectableChannel> order : List.of(
                    List.<SelectableChannel>of(pipe.source(), pair.client()),
                    List.<SelectableChannel>of(pair.client(), pipe.source()))) {
                SelectionKey first = order.get(0).register(selector, SelectionKey.OP_READ);
                int count = selector.select(key -> {
                    key.interestOps(0);
                    try {
                        order.get(1).register(selector, SelectionKey.OP_READ);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                assertEquals(1, count);
                List<SelectionKey> next = new ArrayList<>();
                assertEquals(1, selector.select(next::add));
                assertEquals(List.of(order.get(1).keyFor(selector)), next);
                first.cancel();
                next.get(0).cancel();
                selector.selectNow();
            }
            pipe.sink().close();
            pipe.source().close();
        }
    }

    @Test
    void action_throwsError_passesAndSelectorGoesOn() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair one = ChannelPair.open(provider(), loopback);
                ChannelPair two = ChannelPair.open(provider(), loopback)) {
            register(one.client(), selector);
            register(two.client(), selector);
            one.server().write(ChannelPair.bytes("x"));
            two.server().write(ChannelPair.bytes("x"));
            assertThrows(
                    StackOverflowError.class,
                    () -> selector.select(key -> {
                        throw new StackOverflowError("from the action");
                    }));
            Set<SelectionKey> seen = new HashSet<>();
            while (seen.size() < 2) {
                selector.select(seen::add);
            }
        }
    }

    @Test
    void action_wakesTheSelector_nextSelectReturnsAtOnce() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            register(pair.client(), selector);
            pair.server().write(ChannelPair.bytes("x"));
            assertEquals(1, selector.select(key -> {
                key.interestOps(0);
                selector.wakeup();
            }));
            assertEquals(0, selector.select());
            assertEquals(0, selector.select(20));
        }
    }

    @Test
    void action_threadInterrupted_runsAndStatusStays() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            register(pair.client(), selector);
            pair.server().write(ChannelPair.bytes("x"));
            assertEquals(1, selector.select());
            Thread.currentThread().interrupt();
            AtomicInteger calls = new AtomicInteger();
            selector.select(key -> calls.incrementAndGet());
            assertTrue(Thread.interrupted());
            assertEquals(1, calls.get());
            assertEquals(1, selector.select(key -> Thread.currentThread().interrupt()));
            assertTrue(Thread.interrupted());
            assertTrue(selector.isOpen());
        }
    }

    // ---- wake-ups --------------------------------------------------------------------------------------------------

    @Test
    void wakeup_repeatedBefore_countsOnce() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            register(pair.client(), selector);
            for (int i = 0; i < 3; i++) {
                assertSame(selector, selector.wakeup());
            }
            assertEquals(0, selector.select());
            long startNanos = System.nanoTime();
            assertEquals(0, selector.select(40));
            assertTrue(System.nanoTime() - startNanos >= 40 * NANOS_PER_MILLI);
        }
    }

    @Test
    void wakeup_withReadyKey_keyIsReported() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = register(pair.client(), selector);
            pair.server().write(ChannelPair.bytes("x"));
            assertEquals(1, selector.select());
            selector.selectedKeys().clear();
            selector.wakeup();
            assertEquals(1, selector.select());
            assertEquals(Set.of(key), selector.selectedKeys());
        }
    }

    @Test
    void wakeup_fromManyThreads_everySelectReturns() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            register(pair.client(), selector);
            for (int i = 0; i < 300; i++) {
                Blocked<Integer> selecting = Blocked.start(() -> selector.select());
                selector.wakeup();
                selector.wakeup();
                assertEquals(0, selecting.result());
                selector.selectNow(); // the second may have come too late
            }
        }
    }

    @Test
    void wakeup_nobodySelects_isNotLostToInterestChanges() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = register(pair.client(), selector);
            selector.wakeup();
            key.interestOps(0);
            key.interestOps(SelectionKey.OP_READ);
            assertEquals(0, selector.select());
        }
    }

    // ---- interrupts ------------------------------------------------------------------------------------------------

    @Test
    void interruptedBefore_everySelect_returnsAtOnceWithStatus() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            register(pair.client(), selector);
            for (int i = 0; i < 3; i++) {
                Thread.currentThread().interrupt();
                assertEquals(0, selector.select());
                assertTrue(Thread.currentThread().isInterrupted());
                assertEquals(0, selector.select(600_000));
                assertTrue(Thread.interrupted());
            }
            long startNanos = System.nanoTime();
            assertEquals(0, selector.select(40));
            assertTrue(System.nanoTime() - startNanos >= 40 * NANOS_PER_MILLI);
        }
    }

    // ---- time ------------------------------------------------------------------------------------------------------

    @Test
    void timeout_longest_waitsForTheKey() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            register(pair.client(), selector);
            for (long timeoutMillis : new long[] {Integer.MAX_VALUE, Integer.MAX_VALUE + 1L, Long.MAX_VALUE}) {
                Blocked<Integer> selecting = Blocked.in("select", () -> selector.select(timeoutMillis));
                pair.server().write(ChannelPair.bytes("x"));
                assertEquals(1, selecting.result());
                selector.selectedKeys().clear();
                assertEquals(1, pair.client().read(ByteBuffer.allocate(8)));
            }
        }
    }

    @Test
    void noKeys_timeoutAndWakeup_workAllTheSame() throws Exception {
        try (Selector selector = provider().openSelector()) {
            long startNanos = System.nanoTime();
            assertEquals(0, selector.select(30));
            assertTrue(System.nanoTime() - startNanos >= 30 * NANOS_PER_MILLI);
            assertEquals(0, selector.selectNow());
            Blocked<Integer> selecting = Blocked.in("select", () -> selector.select(0));
            selector.wakeup();
            assertEquals(0, selecting.result());
        }
    }

    @Test
    void select_withoutTimeout_neverReturnsZeroUnasked() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback);
                ChannelPair idle = ChannelPair.open(provider(), loopback)) {
            register(pair.client(), selector);
            register(idle.client(), selector);
            Blocked<Integer> writer = Blocked.start(() -> {
                for (int i = 0; i < 2_000; i++) {
                    pair.server().write(ChannelPair.bytes("x"));
                    Thread.onSpinWait();
                }
                return 2_000;
            });
            ByteBuffer buffer = ByteBuffer.allocate(64);
            int total = 0;
            while (total < 2_000) {
                assertEquals(1, selector.select());
                selector.selectedKeys().clear();
                int count = pair.client().read(buffer.clear());
                assertTrue(count > 0);
                total += count;
            }
            assertEquals(2_000, writer.result());
            assertEquals(0, selector.selectNow());
        }
    }

    // ---- many kinds of keys ----------------------------------------------------------------------------------------

    @Test
    void busyKeyOfEachKind_noneStarves() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Pipe pipe = provider().openPipe();
            pipe.source().configureBlocking(false);
            SelectionKey piped = pipe.source().register(selector, SelectionKey.OP_READ);
            SelectionKey socket = register(pair.client(), selector);
            pipe.sink().write(ChannelPair.bytes("always there"));
            pair.server().write(ChannelPair.bytes("always there"));
            while (selector.selectedKeys().size() < 2) {
                selector.select();
            }
            for (int i = 0; i < 200; i++) { // nobody reads: both stay ready
                selector.selectedKeys().clear();
                assertEquals(2, selector.select());
                assertEquals(Set.of(piped, socket), selector.selectedKeys());
                List<SelectionKey> called = new ArrayList<>();
                assertEquals(2, selector.select(called::add));
                assertEquals(Set.of(piped, socket), Set.copyOf(called));
            }
            pipe.sink().close();
            pipe.source().close();
        }
    }

    private static SelectionKey register(SocketChannel channel, Selector selector) throws IOException {
        channel.configureBlocking(false);
        return channel.register(selector, SelectionKey.OP_READ);
    }
}
