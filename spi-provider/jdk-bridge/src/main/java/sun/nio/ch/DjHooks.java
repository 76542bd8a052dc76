package sun.nio.ch;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketImpl;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.channels.spi.SelectorProvider;

/**
 * Where the code that the agent puts into JDK methods arrives.
 *
 * <p>The agent installs the {@link Hooks} once; any thread calls, also within class loading, so nothing here logs or uses
 * lambdas. Whatever fails leads to the JDK's own way, never to an exception in the application.
 */
public final class DjHooks {
    /** What the provider answers; null sends the JDK its own way. */
    public interface Hooks {
        /** Returns the implementation of a new {@code Socket} or {@code ServerSocket}, or null. */
        SocketImpl socketImpl(boolean server);

        /** Returns the provider of {@code SelectorProvider.provider()}, or null. */
        SelectorProvider provider();

        /** Returns the provider of {@code AsynchronousChannelProvider.provider()}, or null. */
        AsynchronousChannelProvider asyncProvider();

        /** Returns the JDK's implementation inside {@code accepted} if a JDK listener is to fill it, else null. */
        SocketImpl unwrapForNioAccept(SocketImpl accepted);

        /** Returns the blocking stream that reads from {@code channel} if it is ours, or null. */
        InputStream inputStream(ReadableByteChannel channel);

        /** Returns the blocking stream that writes to {@code channel} if it is ours, or null. */
        OutputStream outputStream(WritableByteChannel channel);
    }

    private static volatile Hooks hooks;

    private DjHooks() {}

    /** Directs the hooked methods to {@code target}; null ends that. */
    public static void install(Hooks target) {
        hooks = target;
    }

    /** For {@code SocketImpl.createPlatformSocketImpl}. */
    public static SocketImpl socketImpl(boolean server) {
        Hooks target = hooks;
        if (target == null) {
            return null;
        }
        try {
            return target.socketImpl(server);
        } catch (Throwable broken) {
            return null;
        }
    }

    /** For {@code SelectorProvider.provider}. */
    public static SelectorProvider provider() {
        Hooks target = hooks;
        if (target == null) {
            return null;
        }
        try {
            return target.provider();
        } catch (Throwable broken) {
            return null;
        }
    }

    /** For {@code AsynchronousChannelProvider.provider}. */
    public static AsynchronousChannelProvider asyncProvider() {
        Hooks target = hooks;
        if (target == null) {
            return null;
        }
        try {
            return target.asyncProvider();
        } catch (Throwable broken) {
            return null;
        }
    }

    /** For {@code NioSocketImpl.accept}: never null for a non-null argument. */
    public static SocketImpl unwrapForNioAccept(SocketImpl accepted) {
        Hooks target = hooks;
        if (target == null) {
            return accepted;
        }
        try {
            SocketImpl inner = target.unwrapForNioAccept(accepted);
            return inner == null ? accepted : inner;
        } catch (Throwable broken) {
            return accepted;
        }
    }

    /** For {@code Channels.newInputStream}. */
    public static InputStream inputStream(ReadableByteChannel channel) {
        Hooks target = hooks;
        if (target == null) {
            return null;
        }
        try {
            return target.inputStream(channel);
        } catch (Throwable broken) {
            return null;
        }
    }

    /** For {@code Channels.newOutputStream}. */
    public static OutputStream outputStream(WritableByteChannel channel) {
        Hooks target = hooks;
        if (target == null) {
            return null;
        }
        try {
            return target.outputStream(channel);
        } catch (Throwable broken) {
            return null;
        }
    }
}
