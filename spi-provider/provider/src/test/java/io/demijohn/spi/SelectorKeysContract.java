package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a selector promises of its keys: registration, interest, attachment, the two sets, cancelling and closing. */
@ParameterizedClass
@EnumSource(Loopback.class)
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit fills the family in
abstract class SelectorKeysContract {
    private static final int ALL =
            SelectionKey.OP_CONNECT | SelectionKey.OP_READ | SelectionKey.OP_WRITE | SelectionKey.OP_ACCEPT;

    @Parameter
    Loopback loopback;

    abstract SelectorProvider provider();

    // ---- registering -----------------------------------------------------------------------------------------------

    @Test
    void register_wrongly_refused() throws Exception {
        try (Selector selector = provider().openSelector();
                ServerSocketChannel listener = ChannelPair.listen(provider(), loopback);
                SocketChannel channel = provider().openSocketChannel()) {
            assertThrows(IllegalBlockingModeException.class, () -> channel.register(selector, SelectionKey.OP_CONNECT));
            channel.configureBlocking(false);
            listener.configureBlocking(false);
            assertThrows(IllegalArgumentException.class, () -> channel.register(selector, SelectionKey.OP_ACCEPT));
            assertThrows(IllegalArgumentException.class, () -> channel.register(selector, ALL));
            assertThrows(IllegalArgumentException.class, () -> channel.register(selector, 1 << 6));
            assertThrows(IllegalArgumentException.class, () -> listener.register(selector, SelectionKey.OP_READ));
            assertThrows(NullPointerException.class, () -> channel.register(null, 0));
            assertEquals(Set.of(), selector.keys());
            assertFalse(channel.isRegistered());
            assertNull(channel.keyFor(selector));
            ChannelPair.close(channel);
            assertThrows(ClosedChannelException.class, () -> channel.register(selector, SelectionKey.OP_CONNECT));
        }
    }

    @Test
    void register_again_sameKeyWithNewInterestAndAttachment() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SocketChannel channel = pair.client();
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ, "first");
            assertSame(key, channel.register(selector, SelectionKey.OP_WRITE, "second"));
            assertEquals(SelectionKey.OP_WRITE, key.interestOps());
            assertEquals("second", key.attachment());
            assertSame(key, channel.register(selector, 0));
            assertNull(key.attachment());
            assertEquals(Set.of(key), selector.keys());
            assertSame(channel, key.channel());
            assertSame(selector, key.selector());
            assertSame(provider(), selector.provider());
            assertTrue(channel.isRegistered());
            assertSame(key, channel.keyFor(selector));
        }
    }

    @Test
    void register_againAfterCancelWithoutSelect_cancelledKey() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = registerForRead(pair.client(), selector);
            key.cancel();
            assertTrue(pair.client().isRegistered());
            assertThrows(CancelledKeyException.class, () -> pair.client().register(selector, 0));
            assertTrue(selector.keys().contains(key));
            selector.selectNow();
            assertFalse(selector.keys().contains(key));
            SelectionKey next = pair.client().register(selector, SelectionKey.OP_READ);
            assertNotSame(key, next);
            pair.server().write(ChannelPair.bytes("x"));
            assertEquals(1, selector.select());
            assertTrue(next.isReadable());
            assertFalse(key.isValid());
        }
    }

    @Test
    void cancelAndRegister_manyTimes_everyRoundSelects() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            pair.server().write(ChannelPair.bytes("x"));
            for (int i = 0; i < 300; i++) {
                SelectionKey key = registerForRead(pair.client(), selector);
                assertEquals(1, selector.select());
                assertEquals(Set.of(key), selector.selectedKeys());
                key.cancel();
                if (i % 2 == 0) {
                    pair.client().configureBlocking(true);
                }
                assertEquals(0, selector.selectNow());
                assertEquals(Set.of(), selector.selectedKeys());
                assertFalse(pair.client().isRegistered());
            }
        }
    }

    @Test
    void selectorOfAnotherProvider_foreignChannel_refused() throws Exception {
        try (Selector selector = provider().openSelector();
                ForeignChannel foreign = new ForeignChannel(provider())) {
            foreign.configureBlocking(false);
            assertThrows(IllegalSelectorException.class, () -> foreign.register(selector, SelectionKey.OP_READ));
        }
    }

    /** A channel that is of nobody's family. */
    private static final class ForeignChannel extends AbstractSelectableChannel {
        ForeignChannel(SelectorProvider provider) {
            super(provider);
        }

        @Override
        protected void implCloseSelectableChannel() {
            // holds nothing
        }

        @Override
        protected void implConfigureBlocking(boolean block) {
            // has no mode of its own
        }

        @Override
        public int validOps() {
            return SelectionKey.OP_READ;
        }
    }

    // ---- interest and attachment -----------------------------------------------------------------------------------

    @Test
    void interest_setOrAnd_changesAndReturnsWhatWas() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = registerForRead(pair.client(), selector);
            assertEquals(SelectionKey.OP_READ, key.interestOpsOr(SelectionKey.OP_WRITE));
            assertEquals(SelectionKey.OP_READ | SelectionKey.OP_WRITE, key.interestOps());
            assertEquals(SelectionKey.OP_READ | SelectionKey.OP_WRITE, key.interestOpsAnd(~SelectionKey.OP_READ));
            assertEquals(SelectionKey.OP_WRITE, key.interestOps());
            assertEquals(SelectionKey.OP_WRITE, key.interestOpsAnd(ALL));
            assertSame(key, key.interestOps(0));
            assertEquals(0, key.interestOpsOr(0));
            assertThrows(IllegalArgumentException.class, () -> key.interestOps(SelectionKey.OP_ACCEPT));
            assertThrows(IllegalArgumentException.class, () -> key.interestOpsOr(SelectionKey.OP_ACCEPT));
            assertEquals(0, key.interestOps());
            assertEquals(0, selector.selectNow());
            key.interestOpsOr(SelectionKey.OP_WRITE);
            assertEquals(1, selector.select());
            selector.selectedKeys().clear();
            key.interestOpsAnd(SelectionKey.OP_READ);
            assertEquals(0, selector.selectNow());
        }
    }

    @Test
    void interest_changedDuringSelect_effectiveByTheNextAtTheLatest() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = registerForRead(pair.client(), selector);
            Blocked<Integer> selecting = Blocked.in("select", () -> selector.select());
            key.interestOps(SelectionKey.OP_WRITE);
            selector.wakeup();
            int count = selecting.result();
            assertEquals(1, count == 1 ? count : selector.select());
            assertTrue(key.isWritable());
        }
    }

    @Test
    void interest_changedMillionTimes_lastOneCounts() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = registerForRead(pair.client(), selector);
            for (int i = 0; i < 1_000_000; i++) {
                key.interestOps((i & 1) == 0 ? SelectionKey.OP_WRITE : 0);
            }
            assertEquals(0, selector.selectNow());
            key.interestOps(SelectionKey.OP_WRITE);
            assertEquals(1, selector.selectNow());
        }
    }

    @Test
    void attachment_exchanged_returnsTheOneBefore() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = registerForRead(pair.client(), selector);
            assertNull(key.attachment());
            assertNull(key.attach("a"));
            assertEquals("a", key.attach("b"));
            key.cancel();
            assertEquals("b", key.attachment());
            assertEquals("b", key.attach(null));
            assertNull(key.attachment());
        }
    }

    @Test
    void cancelledKey_everyQuestion_cancelledKeyException() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = registerForRead(pair.client(), selector);
            key.cancel();
            key.cancel();
            assertFalse(key.isValid());
            assertSame(pair.client(), key.channel());
            assertSame(selector, key.selector());
            assertThrows(CancelledKeyException.class, key::interestOps);
            assertThrows(CancelledKeyException.class, () -> key.interestOps(0));
            assertThrows(CancelledKeyException.class, () -> key.interestOpsOr(0));
            assertThrows(CancelledKeyException.class, () -> key.interestOpsAnd(0));
            assertThrows(CancelledKeyException.class, key::readyOps);
            assertThrows(CancelledKeyException.class, key::isReadable);
            assertThrows(CancelledKeyException.class, key::isWritable);
            assertThrows(CancelledKeyException.class, key::isConnectable);
            assertThrows(CancelledKeyException.class, key::isAcceptable);
        }
    }

    // ---- the two sets ----------------------------------------------------------------------------------------------

    @Test
    void keySet_changedByTheApplication_refused() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = registerForRead(pair.client(), selector);
            Set<SelectionKey> keys = selector.keys();
            assertSame(keys, selector.keys());
            assertThrows(UnsupportedOperationException.class, () -> keys.add(key));
            assertThrows(UnsupportedOperationException.class, () -> keys.remove(key));
            assertThrows(UnsupportedOperationException.class, keys::clear);
            assertThrows(UnsupportedOperationException.class, () -> {
                var all = keys.iterator();
                all.next();
                all.remove();
            });
            assertEquals(Set.of(key), keys);
            pair.server().configureBlocking(false);
            var running = keys.iterator();
            pair.server().register(selector, 0); // while another iterates
            running.next();
            assertEquals(2, keys.size());
        }
    }

    @Test
    void selectedSet_changedByTheApplication_removesButNeverAdds() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair one = ChannelPair.open(provider(), loopback);
                ChannelPair two = ChannelPair.open(provider(), loopback)) {
            SelectionKey first = registerForRead(one.client(), selector);
            SelectionKey second = registerForRead(two.client(), selector);
            Set<SelectionKey> selected = selector.selectedKeys();
            assertSame(selected, selector.selectedKeys());
            assertThrows(UnsupportedOperationException.class, () -> selected.add(first));
            assertThrows(UnsupportedOperationException.class, () -> selected.addAll(List.of(first)));
            one.server().write(ChannelPair.bytes("x"));
            two.server().write(ChannelPair.bytes("x"));
            while (selected.size() < 2) {
                selector.select();
            }
            assertTrue(selected.remove(first));
            assertFalse(selected.remove(first));
            var rest = selected.iterator();
            assertSame(second, rest.next());
            rest.remove();
            assertFalse(rest.hasNext());
            while (selected.size() < 2) {
                selector.select(); // both are ready still
            }
            assertTrue(selected.removeIf(key -> key == first));
            selected.retainAll(Set.of());
            assertEquals(0, selected.size());
        }
    }

    @Test
    void readyOps_selectedAgain_addedUntilRemoved() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            pair.client().configureBlocking(false);
            SelectionKey key = pair.client().register(selector, SelectionKey.OP_WRITE | SelectionKey.OP_READ);
            assertEquals(1, selector.select());
            assertEquals(SelectionKey.OP_WRITE, key.readyOps());
            pair.server().write(ChannelPair.bytes("x"));
            key.interestOps(SelectionKey.OP_READ);
            assertEquals(1, selector.select());
            assertEquals(SelectionKey.OP_WRITE | SelectionKey.OP_READ, key.readyOps()); // kept while selected
            selector.selectedKeys().clear();
            assertEquals(1, selector.select());
            assertEquals(SelectionKey.OP_READ, key.readyOps());
        }
    }

    @Test
    void cancelledKey_select_leavesBothSets() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = registerForRead(pair.client(), selector);
            pair.server().write(ChannelPair.bytes("x"));
            assertEquals(1, selector.select());
            key.cancel();
            assertTrue(selector.selectedKeys().contains(key)); // until the next select
            assertEquals(0, selector.selectNow());
            assertEquals(Set.of(), selector.keys());
            assertEquals(Set.of(), selector.selectedKeys());
        }
    }

    @Test
    void manyChannels_closedAtOnce_keysGoWithTheNextSelect() throws Exception {
        try (Selector selector = provider().openSelector()) {
            List<ChannelPair> pairs = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                ChannelPair pair = ChannelPair.open(provider(), loopback);
                registerForRead(pair.client(), selector);
                pair.server().write(ChannelPair.bytes("x"));
                pairs.add(pair);
            }
            while (selector.selectedKeys().size() < 50) {
                selector.select();
            }
            for (ChannelPair pair : pairs) {
                pair.close();
            }
            assertEquals(0, selector.selectNow());
            assertEquals(Set.of(), selector.keys());
            assertEquals(Set.of(), selector.selectedKeys());
        }
    }

    @Test
    void selectedSet_heldByAnotherThread_selectWaits() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            registerForRead(pair.client(), selector);
            Blocked<Integer> selecting;
            synchronized (selector.selectedKeys()) {
                selecting = Blocked.start(selector::selectNow);
                selecting.awaitWaiting();
            }
            assertEquals(0, selecting.result());
            synchronized (selector) {
                selecting = Blocked.start(selector::selectNow);
                selecting.awaitWaiting();
            }
            assertEquals(0, selecting.result());
        }
    }

    // ---- closing ---------------------------------------------------------------------------------------------------

    @Test
    void closedSelector_everyMethod_closedSelectorException() throws Exception {
        Selector selector = provider().openSelector();
        ChannelPair pair = ChannelPair.open(provider(), loopback);
        SelectionKey key = registerForRead(pair.client(), selector);
        assertTrue(selector.isOpen());
        selector.close();
        selector.close();
        assertFalse(selector.isOpen());
        assertThrows(ClosedSelectorException.class, selector::keys);
        assertThrows(ClosedSelectorException.class, selector::selectedKeys);
        assertThrows(ClosedSelectorException.class, selector::select);
        assertThrows(ClosedSelectorException.class, () -> selector.select(1));
        assertThrows(ClosedSelectorException.class, selector::selectNow);
        assertThrows(ClosedSelectorException.class, () -> selector.select(any -> {}));
        assertThrows(ClosedSelectorException.class, () -> selector.select(any -> {}, 1));
        assertThrows(ClosedSelectorException.class, () -> selector.selectNow(any -> {}));
        assertSame(selector, selector.wakeup());
        assertSame(provider(), selector.provider());
        assertFalse(key.isValid());
        assertFalse(pair.client().isRegistered());
        assertNull(pair.client().keyFor(selector));
        assertThrows(ClosedSelectorException.class, () -> pair.client().register(selector, 0));
        assertTrue(pair.client().isOpen());
        pair.close();
    }

    @Test
    void closedSelector_emptySets_stayReadable() throws Exception {
        Selector selector = provider().openSelector();
        Set<SelectionKey> keys = selector.keys();
        Set<SelectionKey> selected = selector.selectedKeys();
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            registerForRead(pair.client(), selector);
            pair.server().write(ChannelPair.bytes("x"));
            assertEquals(1, selector.select());
            selector.close();
            assertEquals(Set.of(), keys);
            assertEquals(Set.of(), selected);
            pair.client().configureBlocking(true);
            assertEquals("x", ChannelPair.read(pair.client(), 1));
        }
    }

    @Test
    void channelInTwoSelectors_oneClosed_otherGoesOn() throws Exception {
        try (Selector first = provider().openSelector();
                Selector second = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey gone = registerForRead(pair.client(), first);
            SelectionKey stays = registerForRead(pair.client(), second);
            ChannelPair.close(first);
            assertFalse(gone.isValid());
            assertTrue(stays.isValid());
            assertTrue(pair.client().isRegistered());
            assertThrows(IllegalBlockingModeException.class, () -> pair.client().configureBlocking(true));
            pair.server().write(ChannelPair.bytes("x"));
            assertEquals(1, second.select());
            pair.client().close();
            assertFalse(stays.isValid());
            assertEquals(0, second.selectNow());
        }
    }

    @Test
    void channelInManySelectors_becomesReady_everyOneSelects() throws Exception {
        List<Selector> selectors = new ArrayList<>();
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            List<Blocked<Integer>> selecting = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Selector selector = provider().openSelector();
                selectors.add(selector);
                registerForRead(pair.client(), selector);
                selecting.add(Blocked.in("select", () -> selector.select()));
            }
            pair.server().write(ChannelPair.bytes("x"));
            for (Blocked<Integer> one : selecting) {
                assertEquals(1, one.result());
            }
            for (Selector selector : selectors) {
                assertEquals(
                        pair.client(), selector.selectedKeys().iterator().next().channel());
                selector.close();
            }
            pair.client().configureBlocking(true);
            assertEquals("x", ChannelPair.read(pair.client(), 1));
        }
    }

    @Test
    void closeChannel_fromAnotherThreadDuringSelect_selectGoesOnWithout() throws Exception {
        try (Selector selector = provider().openSelector();
                ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            SelectionKey key = registerForRead(pair.client(), selector);
            Blocked<Integer> selecting = Blocked.in("select", () -> selector.select());
            pair.client().close();
            assertFalse(key.isValid());
            assertEquals(-1, pair.server().read(ByteBuffer.allocate(1))); // the peer need not wait for a select
            selector.wakeup();
            assertEquals(0, selecting.result());
            assertEquals(0, selector.selectNow());
            assertEquals(Set.of(), selector.keys());
        }
    }

    private static SelectionKey registerForRead(SocketChannel channel, Selector selector) throws IOException {
        channel.configureBlocking(false);
        return Objects.requireNonNull(channel.register(selector, SelectionKey.OP_READ));
    }
}
