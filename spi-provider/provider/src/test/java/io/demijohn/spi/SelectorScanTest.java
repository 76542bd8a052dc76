package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.engine.Ready;
import io.demijohn.engine.SignalHandle;
import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.DjUserChannel;
import sun.nio.ch.Net;
import sun.nio.ch.SelectionKeyImpl;

/** How many channels a select of ours looks at: counted, not timed. */
@Timeout(60)
class SelectorScanTest {
    private static final int IDLE_COUNT = 10_000;

    private final SelectorProvider provider = Providers.loop();

    @Test
    void select_oneReadyAmongManyIdle_looksAtThatOneAlone() throws Exception {
        try (Selector selector = provider.openSelector()) {
            List<CountingChannel> idle = new ArrayList<>();
            for (int i = 0; i < IDLE_COUNT; i++) {
                CountingChannel channel = new CountingChannel(provider);
                idle.add(channel);
                channel.register(selector, SelectionKey.OP_READ);
            }
            CountingChannel ready = new CountingChannel(provider);
            SelectionKey key = ready.register(selector, SelectionKey.OP_READ);
            assertEquals(0, selector.selectNow()); // the first select looks at each new key
            long first = looks(idle);
            assertTrue(first <= 2L * IDLE_COUNT, "first select: " + first);
            for (int round = 0; round < 100; round++) {
                ready.signal.signal(Ready.READ);
                assertEquals(1, selector.select());
                assertEquals(Set.of(key), selector.selectedKeys());
                selector.selectedKeys().clear();
                ready.signal.clear(Ready.READ);
                assertEquals(0, selector.selectNow());
            }
            assertEquals(first, looks(idle));
            assertTrue(ready.looks <= 600, "the ready one: " + ready.looks);
            for (CountingChannel channel : idle) {
                channel.close();
            }
        }
    }

    @Test
    void select_allBecameIdleAgain_looksAtNone() throws Exception {
        try (Selector selector = provider.openSelector()) {
            List<CountingChannel> channels = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                CountingChannel channel = new CountingChannel(provider);
                channels.add(channel);
                channel.signal.signal(Ready.READ);
                channel.register(selector, SelectionKey.OP_READ);
            }
            assertEquals(100, selector.select());
            for (CountingChannel channel : channels) {
                channel.signal.clear(Ready.READ);
            }
            selector.selectedKeys().clear();
            assertEquals(0, selector.selectNow());
            long before = looks(channels);
            for (int round = 0; round < 50; round++) {
                assertEquals(0, selector.selectNow());
            }
            assertEquals(before, looks(channels));
        }
    }

    @Test
    void closedSelector_channelStays_hasNoMembershipLeft() throws Exception {
        CountingChannel channel = new CountingChannel(provider);
        for (int i = 0; i < 3; i++) {
            Selector selector = provider.openSelector();
            channel.register(selector, SelectionKey.OP_READ);
            channel.signal.signal(Ready.READ);
            assertEquals(1, selector.select());
            channel.signal.clear(Ready.READ);
            assertFalse(channel.keys.isEmpty());
            selector.close();
            assertTrue(channel.keys.isEmpty());
        }
        try (Selector selector = provider.openSelector()) {
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            assertSame(key, channel.keyFor(selector));
            key.cancel();
            selector.selectNow();
            assertTrue(channel.keys.isEmpty());
        }
        channel.close();
    }

    private static long looks(List<CountingChannel> channels) {
        long total = 0;
        for (CountingChannel channel : channels) {
            total += channel.looks;
        }
        return total;
    }

    /** A user-space channel that is ready when its signal says so, and counts how often a selector asks. */
    private static final class CountingChannel extends AbstractSelectableChannel implements DjUserChannel, Selectable {
        final ChannelKeys keys = new ChannelKeys();
        final SignalHandle signal = new SignalHandle();
        int looks;

        CountingChannel(SelectorProvider provider) throws IOException {
            super(provider);
            configureBlocking(false);
            keys.bypassed((set, attachment) -> List.of(signal.register(set, attachment)));
        }

        @Override
        public ChannelKeys keys() {
            return keys;
        }

        @Override
        public boolean inKernel() {
            return false;
        }

        @Override
        public int userReadyBits() {
            looks++;
            return (signal.ready() & Ready.READ) != 0 ? Net.POLLIN : 0;
        }

        @Override
        public int readyOps() {
            throw new UnsupportedOperationException("only selectors of the JDK's family ask");
        }

        @Override
        public int possibleOps() {
            return SelectionKey.OP_READ;
        }

        @Override
        public SelectableChannel kernelChannel() {
            return this;
        }

        @Override
        public int translateInterestOps(int interestOps) {
            return KeyInterest.pollBits(interestOps);
        }

        @Override
        public boolean translateAndSetReadyOps(int bits, SelectionKeyImpl key) {
            return KeyInterest.translate(bits, 0, SelectionKey.OP_READ, key);
        }

        @Override
        public boolean translateAndUpdateReadyOps(int bits, SelectionKeyImpl key) {
            return KeyInterest.translate(bits, key.nioReadyOps(), SelectionKey.OP_READ, key);
        }

        @Override
        public @Nullable FileDescriptor getFD() {
            return null;
        }

        @Override
        public int getFDVal() {
            return -1;
        }

        @Override
        public void kill() {
            // has no descriptor
        }

        @Override
        public void park(int event, long nanos) {
            throw new UnsupportedOperationException("never blocks");
        }

        @Override
        public void park(int event) {
            throw new UnsupportedOperationException("never blocks");
        }

        @Override
        protected void implCloseSelectableChannel() {
            signal.signal(Ready.CLOSED);
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
}
