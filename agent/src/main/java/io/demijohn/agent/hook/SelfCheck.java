package io.demijohn.agent.hook;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.SocketImpl;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;

/**
 * Tries, right after the hooks are on, whether the JDK really asks us and whether our selector works in this JVM.
 *
 * <p>Opens a pipe and an unconnected socket of the kernel and nothing else; leaves nothing open. It also loads what the hooks use, before the
 * application can meet them in the middle of its own class loading.
 */
final class SelfCheck {
    private static final long WAIT_MILLIS_MAX = 10_000;

    private SelfCheck() {}

    /** Throws unless provider, sockets and selector are ours and work. */
    static void run(SelectorProvider expected, @Nullable AsynchronousChannelProvider expectedAsync)
            throws HookException {
        try {
            require(SelectorProvider.provider() == expected, "SelectorProvider.provider() is not ours");
            require(
                    expectedAsync == null || AsynchronousChannelProvider.provider() == expectedAsync,
                    "AsynchronousChannelProvider.provider() is not ours");
            Method create = SocketImpl.class.getDeclaredMethod("createPlatformSocketImpl", boolean.class);
            create.setAccessible(true);
            require(isOurs(create.invoke(null, false)), "the implementation of Socket is not ours");
            require(isOurs(create.invoke(null, true)), "the implementation of ServerSocket is not ours");
            checkSelector(expected);
        } catch (IOException | ReflectiveOperationException | RuntimeException | LinkageError failed) {
            throw new HookException("the check after installation failed", failed);
        }
    }

    private static void checkSelector(SelectorProvider provider) throws IOException, HookException {
        Pipe pipe = provider.openPipe();
        try (Selector selector = provider.openSelector();
                SocketChannel channel = provider.openSocketChannel();
                Pipe.SourceChannel source = pipe.source();
                Pipe.SinkChannel sink = pipe.sink()) {
            require(isOurs(selector), "the selector is not ours");
            source.configureBlocking(false);
            SelectionKey key = source.register(selector, SelectionKey.OP_READ);
            selector.wakeup();
            require(selector.select(WAIT_MILLIS_MAX) == 0, "the selector is ready for nothing");
            sink.write(ByteBuffer.allocate(1));
            channel.configureBlocking(false);
            SelectionKey undecided = channel.register(selector, SelectionKey.OP_CONNECT);
            require(selector.select(WAIT_MILLIS_MAX) == 1 && key.isReadable(), "the selector misses what is ready");
            undecided.interestOps(0);
            undecided.cancel();
            selector.selectNow();
            require(selector.keys().size() == 1 && !channel.isRegistered(), "the selector keeps what was cancelled");
        }
    }

    /** Ours are the classes of our module and the bridge classes, which carry their mark in their name. */
    private static boolean isOurs(Object object) {
        Class<?> type = object.getClass();
        return type.getModule() == SelfCheck.class.getModule()
                || type.getSimpleName().startsWith("Dj");
    }

    private static void require(boolean condition, String message) throws HookException {
        if (!condition) {
            throw new HookException(message);
        }
    }
}
