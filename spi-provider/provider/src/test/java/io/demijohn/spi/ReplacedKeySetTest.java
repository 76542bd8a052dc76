package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Netty and Agrona put a list of their own into the fields of the JDK's selector; ours heeds it as the JDK's does. */
@Timeout(60)
class ReplacedKeySetTest {
    @ParameterizedTest
    @ValueSource(strings = {"jdk", "kernel", "loop"})
    void select_withReplacedSets_fillsThem(String world) throws Exception {
        SelectorProvider provider = provider(world);
        try (Selector selector = provider.openSelector();
                ChannelPair pair = ChannelPair.open(provider)) {
            KeyList list = new KeyList();
            replace(selector, "selectedKeys", list);
            replace(selector, "publicSelectedKeys", list);
            assertSame(list, selector.selectedKeys());
            Pipe pipe = provider.openPipe();
            pipe.source().configureBlocking(false);
            SelectionKey piped = pipe.source().register(selector, SelectionKey.OP_READ);
            pair.client().configureBlocking(false);
            SelectionKey socket = pair.client().register(selector, SelectionKey.OP_READ);
            for (int round = 0; round < 3; round++) {
                list.keys.clear();
                pipe.sink().write(ChannelPair.bytes("x"));
                pair.server().write(ChannelPair.bytes("x"));
                while (!list.keys.containsAll(List.of(piped, socket))) {
                    list.keys.clear();
                    assertTrue(selector.select() > 0);
                }
                assertEquals(2, list.keys.size());
            }
            socket.cancel();
            list.keys.clear();
            assertEquals(1, selector.selectNow());
            assertEquals(List.of(piped), list.keys);
            pipe.sink().close();
            pipe.source().close();
        }
    }

    @Test
    void selector_ofOurs_isOfTheFamilyThatNettyLooksFor() throws Exception {
        Class<?> family = Class.forName("sun.nio.ch.SelectorImpl", false, ClassLoader.getSystemClassLoader());
        try (Selector selector = Providers.loop().openSelector()) {
            assertTrue(family.isAssignableFrom(selector.getClass()));
        }
    }

    private static SelectorProvider provider(String world) {
        return switch (world) {
            case "jdk" -> Providers.jdk();
            case "kernel" -> Providers.kernel();
            default -> Providers.loop();
        };
    }

    private static void replace(Selector selector, String field, KeyList list) throws ReflectiveOperationException {
        Field replaced = Class.forName("sun.nio.ch.SelectorImpl").getDeclaredField(field);
        replaced.setAccessible(true);
        replaced.set(selector, list);
    }

    /** Adds without looking for doubles, removes nothing, as Netty's does. */
    private static final class KeyList extends AbstractSet<SelectionKey> {
        final List<SelectionKey> keys = new ArrayList<>();

        @Override
        public boolean add(SelectionKey key) {
            return keys.add(key);
        }

        @Override
        public boolean remove(Object key) {
            return false;
        }

        @Override
        public boolean contains(Object key) {
            return false;
        }

        @Override
        public Iterator<SelectionKey> iterator() {
            return keys.iterator();
        }

        @Override
        public int size() {
            return keys.size();
        }
    }
}
