package io.demijohn.spi;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.SocketOption;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.DjAsyncGroup;

/**
 * Opens asynchronous stream channels that choose between the datapath and the kernel at bind and connect, and their groups.
 *
 * <p>One per JVM, made with the {@link Datapath}; any thread. Groups are the JDK's own, with this provider: handlers of
 * bypassed and of kernel channels run on the same threads. Files are not of this provider, here as in the JDK.
 */
public final class DemijohnAsyncProvider extends AsynchronousChannelProvider {
    private final Datapath datapath;
    private final ChannelDefaults defaults;

    /** Ours beside the JDK's; a group that has no bypassed channel may lose and get its own again. */
    private final Map<AsynchronousChannelGroup, WeakReference<AsyncGroup>> groups = new WeakHashMap<>();

    private @Nullable AsynchronousChannelGroup defaultGroup;
    private volatile Set<SocketOption<?>> supportedOptions = Set.of();

    DemijohnAsyncProvider(Datapath datapath, ChannelDefaults defaults) {
        this.datapath = datapath;
        this.defaults = defaults;
    }

    Datapath datapath() {
        return datapath;
    }

    /** Returns what the options of a fresh kernel channel say. */
    ChannelDefaults defaults() {
        return defaults;
    }

    /** Returns what {@code supportedOptions} of a socket channel answers; known since the first channel was opened. */
    Set<SocketOption<?>> supportedOptions() {
        return supportedOptions;
    }

    @Override
    public AsynchronousChannelGroup openAsynchronousChannelGroup(int threads, ThreadFactory factory)
            throws IOException {
        return DjAsyncGroup.open(this, threads, factory);
    }

    @Override
    public AsynchronousChannelGroup openAsynchronousChannelGroup(ExecutorService executor, int initialSize)
            throws IOException {
        return DjAsyncGroup.open(this, executor, initialSize);
    }

    @Override
    public AsynchronousSocketChannel openAsynchronousSocketChannel(@Nullable AsynchronousChannelGroup group)
            throws IOException {
        AsyncGroup own = own(group);
        AsynchronousSocketChannel kernel = DjAsyncGroup.openSocketChannel(own.group());
        supportedOptions = kernel.supportedOptions();
        return new BypassAsyncSocketChannel(this, own, kernel);
    }

    @Override
    public AsynchronousServerSocketChannel openAsynchronousServerSocketChannel(@Nullable AsynchronousChannelGroup group)
            throws IOException {
        AsyncGroup own = own(group);
        if (supportedOptions.isEmpty()) { // what it accepts will be asked
            try (AsynchronousSocketChannel fresh = DjAsyncGroup.openSocketChannel(own.group())) {
                supportedOptions = fresh.supportedOptions();
            }
        }
        return new BypassAsyncServerSocketChannel(this, own, DjAsyncGroup.openServerSocketChannel(own.group()));
    }

    private AsyncGroup own(@Nullable AsynchronousChannelGroup given) throws IOException {
        AsynchronousChannelGroup group = given == null ? defaultGroup() : given;
        synchronized (groups) {
            WeakReference<AsyncGroup> known = groups.get(group);
            AsyncGroup own = known == null ? null : known.get();
            if (own == null) {
                own = new AsyncGroup(group, datapath.engines());
                groups.put(group, new WeakReference<>(own));
            }
            return own;
        }
    }

    private synchronized AsynchronousChannelGroup defaultGroup() throws IOException {
        AsynchronousChannelGroup group = defaultGroup;
        if (group == null) {
            group = DjAsyncGroup.openDefault(this);
            defaultGroup = group;
        }
        return group;
    }
}
