package sun.nio.ch;

import java.io.IOException;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.IllegalChannelGroupException;
import java.nio.channels.ShutdownChannelGroupException;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * User-space channels in one of the JDK's own channel groups: the same threads, timers, shutdown and rules of invocation.
 *
 * <p>The group's threads sleep in its epoll. While it has members, an event descriptor of ours is watched there, and whoever
 * makes a member ready sets it: one pooled thread then calls {@link Source#serve}. Any thread may call.
 */
public final class DjAsyncGroup {
    /** What the pooled threads work for; one per group. */
    public interface Source {
        /**
         * Does the work at hand. The group waits for the next {@link #wake} only after {@link #rearm}, so until then one
         * thread at a time is in here.
         *
         * @param pooled whether the calling thread may run completion handlers
         */
        void serve(boolean pooled);
    }

    /** A user-space channel in the group. */
    public interface Member {
        /** The group is shut down now. */
        void close() throws IOException;
    }

    /** Keys of members, beside descriptors: those are never negative. */
    private static final AtomicInteger NEXT_KEY = new AtomicInteger();

    private final Port port;
    private final Source source;
    private final Object lock = new Object();

    // under lock
    private int members;
    private Doorbell doorbell;

    /** @param group from one of the methods here */
    public DjAsyncGroup(AsynchronousChannelGroup group, Source source) {
        this.port = port(group);
        this.source = source;
    }

    // ---- groups and kernel channels --------------------------------------------------------------------------------

    /** Opens a group of the JDK whose provider is {@code provider}. */
    public static AsynchronousChannelGroup open(
            AsynchronousChannelProvider provider, int threads, ThreadFactory factory) throws IOException {
        return new EPollPort(provider, ThreadPool.create(threads, factory)).start();
    }

    public static AsynchronousChannelGroup open(
            AsynchronousChannelProvider provider, ExecutorService executor, int initialSize) throws IOException {
        return new EPollPort(provider, ThreadPool.wrap(executor, initialSize)).start();
    }

    /** Opens a group over the threads that the system properties describe. */
    public static AsynchronousChannelGroup openDefault(AsynchronousChannelProvider provider) throws IOException {
        return new EPollPort(provider, ThreadPool.getDefault()).start();
    }

    /** Opens the kernel's channel in {@code group}. */
    public static AsynchronousSocketChannel openSocketChannel(AsynchronousChannelGroup group) throws IOException {
        return new UnixAsynchronousSocketChannelImpl(port(group));
    }

    public static AsynchronousServerSocketChannel openServerSocketChannel(AsynchronousChannelGroup group)
            throws IOException {
        return new UnixAsynchronousServerSocketChannelImpl(port(group));
    }

    /** Returns what the descriptions of the JDK's own socket channels begin with. */
    public static String socketChannelName() {
        return UnixAsynchronousSocketChannelImpl.class.getName();
    }

    public static String serverSocketChannelName() {
        return UnixAsynchronousServerSocketChannelImpl.class.getName();
    }

    private static Port port(AsynchronousChannelGroup group) {
        if (group instanceof EPollPort port) {
            return port;
        }
        throw new IllegalChannelGroupException();
    }

    // ---- members ---------------------------------------------------------------------------------------------------

    /**
     * Makes {@code member} one that keeps the group from ending.
     *
     * @return the key for {@link #leave}
     * @throws ShutdownChannelGroupException if the group takes none any more
     */
    public int join(Member member) throws IOException {
        int key = NEXT_KEY.decrementAndGet();
        port.register(key, new Membership(member));
        boolean done = false;
        try {
            synchronized (lock) {
                if (doorbell == null) {
                    Doorbell fresh = new Doorbell();
                    fresh.open();
                    doorbell = fresh;
                }
                members++;
            }
            done = true;
            return key;
        } finally {
            if (!done) {
                port.unregister(key); // not under the lock: it may end the group, which closes channels
            }
        }
    }

    /** Ends a membership; the last one lets a group end that was shut down. */
    public void leave(int key) {
        Doorbell unused = null;
        synchronized (lock) {
            if (--members == 0) {
                unused = doorbell;
                doorbell = null;
            }
        }
        if (unused != null) {
            unused.close(); // not under the lock either
        }
        port.unregister(key);
    }

    /** Sees that {@link Source#serve} is called soon. */
    public void wake() {
        Doorbell bell;
        synchronized (lock) {
            bell = doorbell;
        }
        if (bell != null) {
            bell.ring();
        }
    }

    /** Lets the next {@link #wake}, or the last one if it came meanwhile, call {@link Source#serve} again. */
    public void rearm() {
        Doorbell bell;
        synchronized (lock) {
            bell = doorbell;
        }
        if (bell != null) {
            bell.watch();
        }
    }

    private record Membership(Member member) implements Port.PollableChannel {
        @Override
        public void onEvent(int events, boolean mayInvokeDirect) {
            throw new IllegalStateException("no descriptor has this key");
        }

        @Override
        public void close() throws IOException {
            member.close();
        }
    }

    /** The event descriptor in the group's epoll; a new one each time the group gets its first member. */
    private final class Doorbell implements Port.PollableChannel {
        private final EventFD descriptor = new EventFD();
        private boolean closed;

        Doorbell() throws IOException {}

        void open() {
            boolean done = false;
            try {
                port.register(descriptor.efd(), this);
                done = true;
            } finally {
                if (!done) {
                    free();
                }
            }
            ring(); // what was posted between the last bell and this one
            watch();
        }

        synchronized void ring() {
            if (!closed) {
                try {
                    descriptor.set();
                } catch (IOException impossible) {
                    throw new IllegalStateException(impossible);
                }
            }
        }

        synchronized void watch() {
            if (!closed) {
                port.startPoll(descriptor.efd(), Net.POLLIN);
            }
        }

        @Override
        public void onEvent(int events, boolean mayInvokeDirect) {
            synchronized (this) {
                if (closed) {
                    return;
                }
                try {
                    descriptor.reset();
                } catch (IOException impossible) {
                    throw new IllegalStateException(impossible);
                }
            }
            source.serve(mayInvokeDirect);
        }

        @Override
        public void close() {
            port.unregister(descriptor.efd());
            free();
        }

        private synchronized void free() {
            if (closed) {
                return;
            }
            closed = true;
            try {
                descriptor.close();
            } catch (IOException gone) {
                closed = true; // nothing is left to be done with it
            }
        }
    }

    // ---- invocation ------------------------------------------------------------------------------------------------

    public boolean isFixedThreadPool() {
        return port.isFixedThreadPool();
    }

    /** Returns whether the calling thread is one of the group's with few enough handlers on its stack. */
    public boolean mayInvokeDirect() {
        return Invoker.mayInvokeDirect(Invoker.getGroupAndInvokeCount(), port);
    }

    /** Runs the handler in the calling thread, for which {@link #mayInvokeDirect} is true. */
    public <V, A> void invokeDirect(CompletionHandler<V, ? super A> handler, A attachment, V value, Throwable failure) {
        Invoker.invokeDirect(Invoker.getGroupAndInvokeCount(), handler, attachment, value, failure);
    }

    /** Runs the handler in the calling thread, a pooled one that came from {@link Source#serve}. */
    public <V, A> void invokeServing(
            CompletionHandler<V, ? super A> handler, A attachment, V value, Throwable failure) {
        Invoker.GroupAndInvokeCount count = Invoker.getGroupAndInvokeCount();
        if (count != null) {
            count.resetInvokeCount();
        }
        Invoker.invokeUnchecked(handler, attachment, value, failure);
    }

    /**
     * Lets a pooled thread run the handler.
     *
     * @throws ShutdownChannelGroupException if the group has ended
     */
    public <V, A> void invokeIndirectly(
            CompletionHandler<V, ? super A> handler, A attachment, V value, Throwable failure) {
        try {
            port.executeOnPooledThread(() -> {
                Invoker.GroupAndInvokeCount count = Invoker.getGroupAndInvokeCount();
                if (count != null) {
                    count.setInvokeCount(1);
                }
                Invoker.invokeUnchecked(handler, attachment, value, failure);
            });
        } catch (RejectedExecutionException ended) {
            throw new ShutdownChannelGroupException();
        }
    }

    /** Runs the handler here if the calling thread is one of the group's, else lets one of those do it. */
    public <V, A> void invoke(CompletionHandler<V, ? super A> handler, A attachment, V value, Throwable failure) {
        if (mayInvokeDirect()) {
            invokeDirect(handler, attachment, value, failure);
            return;
        }
        try {
            invokeIndirectly(handler, attachment, value, failure);
        } catch (ShutdownChannelGroupException ended) {
            Invoker.GroupAndInvokeCount count = Invoker.getGroupAndInvokeCount();
            if (count == null || count.group() != port) {
                throw ended;
            }
            invokeDirect(handler, attachment, value, failure);
        }
    }

    /** Runs {@code task} after a while on the group's timer; null if the group is ending. */
    public Future<?> schedule(Runnable task, long timeout, TimeUnit unit) {
        return port.schedule(task, timeout, unit);
    }
}
