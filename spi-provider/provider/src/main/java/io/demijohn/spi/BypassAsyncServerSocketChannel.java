package io.demijohn.spi;

import io.demijohn.engine.Ready;
import io.demijohn.engine.Registration;
import io.demijohn.engine.StreamHandle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.ShutdownChannelGroupException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.DjAsyncGroup;

/**
 * An asynchronous server socket channel whose route is open until it is bound: then engines listen, or the kernel, or both.
 *
 * <p>The kernel channel takes the options first. Bound to the kernel alone it stays and answers everything; bound to an
 * address of an engine it is closed; a wildcard listens on all, and {@link WildcardListener} merges them. Any thread;
 * {@link #stateLock} guards the state, under which nothing waits.
 */
final class BypassAsyncServerSocketChannel extends AsynchronousServerSocketChannel implements DjAsyncGroup.Member {
    private static final int BACKLOG_DEFAULT = 50;

    private final DemijohnAsyncProvider provider;
    private final AsyncGroup group;
    private final AsynchronousServerSocketChannel kernel;
    private final Object stateLock = new Object();

    /** Accepts from the engines, and then from the kernel as well; null while the kernel alone answers. */
    private volatile @Nullable Accepting accepting;

    private volatile boolean closed;

    // under stateLock
    private int membership;
    private @Nullable InetSocketAddress localAddress;
    private Map<SocketOption<?>, Object> options = Map.of();

    /** @param kernel unbound; becomes this channel's */
    BypassAsyncServerSocketChannel(
            DemijohnAsyncProvider provider, AsyncGroup group, AsynchronousServerSocketChannel kernel) {
        super(provider);
        this.provider = provider;
        this.group = group;
        this.kernel = kernel;
    }

    // ---- address and options ---------------------------------------------------------------------------------------

    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        ensureOpen();
        synchronized (stateLock) {
            return localAddress;
        }
    }

    @Override
    public <T> AsynchronousServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
        Objects.requireNonNull(name);
        ChannelOptions.checkSupported(supportedOptions(), name);
        synchronized (stateLock) {
            if (accepting == null) {
                kernel.setOption(name, value);
                return this;
            }
            ensureOpen();
            ChannelOptions.check(supportedOptions(), name, value);
            options.put(name, value);
            if (kernel.isOpen()) {
                kernel.setOption(name, value);
            }
        }
        return this;
    }

    @Override
    @SuppressWarnings("unchecked") // an option's values are of its type
    public <T> T getOption(SocketOption<T> name) throws IOException {
        Objects.requireNonNull(name);
        ChannelOptions.checkSupported(supportedOptions(), name);
        synchronized (stateLock) {
            ensureOpen();
            if (accepting == null || kernel.isOpen()) {
                return kernel.getOption(name);
            }
            Object value = options.get(name);
            if (value == null) {
                throw JdkErrors.optionNotSupported(name);
            }
            return (T) value;
        }
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return kernel.supportedOptions();
    }

    // ---- bind ------------------------------------------------------------------------------------------------------

    @Override
    public AsynchronousServerSocketChannel bind(@Nullable SocketAddress local, int backlog) throws IOException {
        ProtocolFamily family = provider.datapath().defaultFamily();
        InetSocketAddress wanted = local == null
                ? new InetSocketAddress(InetAddresses.any(family), 0)
                : InetAddresses.check(local, StandardProtocolFamily.INET6);
        ensureOpen();
        synchronized (stateLock) {
            if (localAddress != null) {
                throw JdkErrors.channelAlreadyBound();
            }
            ListenPlan plan = provider.datapath().router().decideListen(wanted);
            int backlogCount = backlog < 1 ? BACKLOG_DEFAULT : backlog;
            if (plan.kernelOnly()) {
                kernel.bind(wanted, backlogCount);
                localAddress = KernelChannels.local(kernel, wanted);
            } else {
                listen(plan, wanted, backlogCount, family);
            }
        }
        return this;
    }

    private void listen(ListenPlan plan, InetSocketAddress wanted, int backlogCount, ProtocolFamily family)
            throws IOException {
        Map<SocketOption<?>, Object> kept = new HashMap<>(ChannelDefaults.read(kernel));
        boolean reuse = kernel.getOption(StandardSocketOptions.SO_REUSEADDR);
        InetSocketAddress local = InetAddresses.listening(wanted, family);
        int key = group.join(this);
        boolean done = false;
        try (PortReservation reserved =
                PortReservation.reserve(plan, local, family, reuse, new KernelPort(backlogCount))) {
            ChannelDefaults defaults = provider.defaults();
            InetSocketAddress bound = reserved.onKernel() ? KernelChannels.local(kernel, local) : reserved.local();
            WildcardListener<AsynchronousSocketChannel> listener = WildcardListener.open(
                    reserved,
                    backlogCount,
                    defaults.streamOptions(defaults.acceptedOptions(kept)),
                    reserved.onKernel() ? new KernelAcceptor() : null,
                    provider.datapath().counters());
            done = true;
            membership = key;
            options = kept;
            localAddress = bound;
            accepting = new Accepting(group, listener);
            if (!reserved.onKernel()) {
                kernel.close();
            }
        } finally {
            if (!done) {
                group.leave(key);
            }
        }
    }

    /** The kernel's half of a bind. */
    private final class KernelPort implements KernelBinder {
        private final int backlogCount;

        KernelPort(int backlogCount) {
            this.backlogCount = backlogCount;
        }

        @Override
        public void bind(InetSocketAddress local) throws IOException {
            kernel.bind(local, backlogCount);
        }

        @Override
        public int port() throws IOException {
            return KernelChannels.port(kernel);
        }
    }

    /** What the pump's thread does. */
    private final class KernelAcceptor implements KernelAcceptPump.Acceptor<AsynchronousSocketChannel> {
        @Override
        public AsynchronousSocketChannel accept() throws IOException {
            try {
                return kernel.accept().get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
            } catch (InterruptedException e) {
                throw new IOException(e); // nobody knows this thread to interrupt it
            }
        }

        @Override
        public void discard(AsynchronousSocketChannel connection) {
            try {
                connection.close();
            } catch (IOException e) {
                return; // nobody asked for it
            }
        }

        @Override
        public void close() {
            try {
                kernel.close();
            } catch (IOException e) {
                return; // the channel's own close goes on
            }
        }
    }

    // ---- accept ----------------------------------------------------------------------------------------------------

    @Override
    public Future<AsynchronousSocketChannel> accept() {
        Accepting lane = accepting;
        if (lane == null) {
            return kernel.accept();
        }
        Future<AsynchronousSocketChannel> future = accept(lane, null, null);
        if (future == null) {
            throw new IllegalStateException("an accept without a handler gives a future");
        }
        return future;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // there is none: there is a handler
    public <A> void accept(A attachment, CompletionHandler<AsynchronousSocketChannel, ? super A> handler) {
        Accepting lane = accepting;
        if (lane == null) {
            kernel.accept(attachment, handler);
        } else {
            accept(lane, attachment, AsyncHandlers.of(handler));
        }
    }

    private @Nullable Future<AsynchronousSocketChannel> accept(
            Accepting lane,
            @Nullable Object attachment,
            @Nullable CompletionHandler<AsynchronousSocketChannel, Object> handler) {
        if (closed) {
            return AsyncHandlers.answer(group, null, JdkErrors.closedChannel(), attachment, handler);
        }
        lane.enter();
        return lane.begin(null, null, 0, TimeUnit.NANOSECONDS, attachment, handler, true);
    }

    private AsynchronousSocketChannel channel(WildcardListener.Accepted<AsynchronousSocketChannel> accepted)
            throws IOException {
        StreamHandle stream = accepted.stream();
        if (stream == null) {
            return Objects.requireNonNull(accepted.kernel());
        }
        InetOptions inherited;
        synchronized (stateLock) {
            inherited = provider.defaults().acceptedOptions(options);
        }
        try {
            return new BypassAsyncSocketChannel(provider, group, stream, inherited);
        } catch (ShutdownChannelGroupException e) {
            stream.abort();
            throw new IOException(e);
        }
    }

    /** The one kind of operation there is. */
    private final class Accepting extends AsyncLane<AsynchronousSocketChannel> {
        private static final int BITS = Ready.ACCEPT | Ready.ERROR | Ready.CLOSED;

        private final WildcardListener<AsynchronousSocketChannel> listener;
        private volatile List<Registration> registrations = List.of();

        Accepting(AsyncGroup group, WildcardListener<AsynchronousSocketChannel> listener) {
            super(group);
            this.listener = listener;
        }

        @Override
        @Nullable
        Object attempt(@Nullable ByteBuffer one, ByteBuffer @Nullable [] many) throws IOException {
            WildcardListener.Accepted<AsynchronousSocketChannel> accepted = listener.accept();
            if (accepted != null) {
                return channel(accepted);
            }
            if (closed) {
                throw JdkErrors.asynchronousClose();
            }
            return null;
        }

        @Override
        void watch(boolean on) {
            if (registrations.isEmpty()) {
                if (!on) {
                    return;
                }
                registrations = listener.register(group.set(), this);
            }
            for (Registration registration : registrations) {
                registration.setInterest(on ? BITS : 0);
            }
        }

        @Override
        boolean isOpen() {
            return !closed;
        }

        @Override
        void closeChannel() {
            close();
        }

        @Override
        RuntimeException pendingException() {
            return JdkErrors.acceptPending();
        }

        @Override
        RuntimeException killedException() {
            return JdkErrors.acceptingKilled();
        }

        @Override
        boolean mayAnswerDirectly() {
            return false;
        }

        /** A connection that came too late for the future that asked for it. */
        @Override
        void discard(@Nullable AsynchronousSocketChannel connection) {
            if (connection != null) {
                try {
                    connection.close();
                } catch (IOException e) {
                    return; // nobody knows it
                }
            }
        }

        void end() {
            listener.close();
            abandon();
            registrations.forEach(Registration::cancel);
        }
    }

    // ---- closing ---------------------------------------------------------------------------------------------------

    @Override
    public boolean isOpen() {
        return accepting == null ? kernel.isOpen() : !closed;
    }

    /** Closes; an outstanding accept ends with AsynchronousCloseException. */
    @Override
    public void close() {
        Accepting lane;
        synchronized (stateLock) {
            if (closed) {
                return;
            }
            closed = true;
            lane = accepting;
        }
        if (lane != null) {
            lane.end();
            group.leave(membership);
        }
        try {
            kernel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void ensureOpen() throws IOException {
        if (!isOpen()) {
            throw JdkErrors.closedChannel();
        }
    }

    /** Describes itself as the JDK's own channel does. */
    @Override
    public String toString() {
        synchronized (stateLock) {
            if (accepting == null) {
                return kernel.toString();
            }
            return DjAsyncGroup.serverSocketChannelName() + "[" + (closed ? "closed" : localAddress) + "]";
        }
    }
}
