package io.demijohn.spi;

import io.demijohn.engine.Ready;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A server socket channel whose route is open until it is bound: then engines listen, or the kernel, or both.
 *
 * <p>The kernel channel takes the options first. Bound to the kernel alone it stays and answers everything; bound to an
 * address of an engine it is closed; a wildcard listens on all, and {@link WildcardListener} merges them. Any thread; one
 * accepts at a time under {@link #acceptLock}, and {@link #stateLock} guards the state, under which nothing waits.
 */
class BypassServerSocketChannel extends ServerSocketChannel implements Selectable {
    private static final int BACKLOG_DEFAULT = 50;

    private final ChannelHome home;
    private final ProtocolFamily family;
    private final ServerSocketChannel kernel;
    private final ChannelKeys keys = new ChannelKeys();
    private final ReentrantLock acceptLock = new ReentrantLock();
    private final Object stateLock = new Object();

    /** Whether the kernel alone listens, and selectors watch its descriptor. */
    private volatile boolean inKernel;

    private volatile @Nullable WildcardListener<SocketChannel> listener;

    // under stateLock
    private @Nullable InetSocketAddress localAddress;
    private @Nullable Map<SocketOption<?>, Object> options;
    private @Nullable ServerSocket adaptor;

    /** @param kernel unbound; becomes this channel's */
    BypassServerSocketChannel(ChannelHome home, ProtocolFamily family, ServerSocketChannel kernel) {
        super(home.provider());
        this.home = home;
        this.family = family;
        this.kernel = kernel;
    }

    // ---- address and options ---------------------------------------------------------------------------------------

    @Override
    public ServerSocket socket() {
        synchronized (stateLock) {
            if (adaptor == null) {
                adaptor = ServerSocketChannelAdaptor.create(this);
            }
            return adaptor;
        }
    }

    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        ensureOpen();
        return localAddress();
    }

    /** Returns the local address, or null while unbound; still known once closed. */
    @Nullable
    InetSocketAddress localAddress() {
        synchronized (stateLock) {
            return localAddress;
        }
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
        Objects.requireNonNull(name);
        ChannelOptions.checkSupported(supportedOptions(), name);
        if (!name.type().isInstance(value)) {
            throw JdkErrors.invalidValue(value);
        }
        synchronized (stateLock) {
            ensureOpen();
            if (kernel.isOpen()) {
                kernel.setOption(name, value);
            }
            if (options != null) {
                options.put(name, InetOptions.checked(name, value));
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
            if (options == null || kernel.isOpen()) {
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
    public ServerSocketChannel bind(@Nullable SocketAddress local, int backlog) throws IOException {
        synchronized (stateLock) {
            ensureOpen();
            if (localAddress != null) {
                throw JdkErrors.channelAlreadyBound();
            }
            InetSocketAddress wanted = local == null
                    ? new InetSocketAddress(InetAddresses.any(family), 0)
                    : InetAddresses.check(local, family);
            ListenPlan plan = home.datapath().router().decideListen(wanted);
            int backlogCount = backlog < 1 ? BACKLOG_DEFAULT : backlog;
            if (plan.kernelOnly()) {
                kernel.bind(wanted, backlogCount);
                localAddress = KernelChannels.local(kernel, wanted);
                inKernel = true;
                keys.inKernel();
            } else {
                listen(plan, wanted, backlogCount);
            }
        }
        return this;
    }

    private void listen(ListenPlan plan, InetSocketAddress wanted, int backlogCount) throws IOException {
        Map<SocketOption<?>, Object> kept = ChannelDefaults.read(kernel);
        boolean reuse = kernel.getOption(StandardSocketOptions.SO_REUSEADDR);
        InetSocketAddress local = InetAddresses.listening(wanted, family);
        try (PortReservation reserved =
                PortReservation.reserve(plan, local, family, reuse, new KernelPort(backlogCount))) {
            localAddress = reserved.onKernel() ? KernelChannels.local(kernel, local) : reserved.local();
            options = kept;
            if (reserved.onKernel()) {
                kernel.configureBlocking(true); // the accepting thread waits there, whatever this channel's mode
            } else {
                kernel.close();
            }
            ChannelDefaults defaults = home.defaults();
            WildcardListener<SocketChannel> merged = WildcardListener.open(
                    reserved,
                    backlogCount,
                    defaults.streamOptions(defaults.acceptedOptions(kept)),
                    reserved.onKernel() ? new KernelAcceptor() : null,
                    home.datapath().counters());
            listener = merged;
            keys.bypassed(merged::register);
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
    private final class KernelAcceptor implements KernelAcceptPump.Acceptor<SocketChannel> {
        @Override
        public SocketChannel accept() throws IOException {
            return kernel.accept();
        }

        @Override
        public void discard(SocketChannel connection) {
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
    public @Nullable SocketChannel accept() throws IOException {
        if (inKernel) {
            ensureOpen();
            try {
                SocketChannel accepted = kernel.accept();
                return accepted == null ? null : home.acceptedInKernel(family, accepted);
            } catch (ClosedChannelException e) {
                close(); // an interrupt closed the kernel channel beneath this one
                throw e;
            }
        }
        return accept(isBlocking(), Waits.ENDLESS_NANOS);
    }

    /**
     * Accepts in blocking mode for the adaptor.
     *
     * @throws SocketTimeoutException if {@code timeoutMillis}, which is positive, passed
     */
    SocketChannel blockingAccept(int timeoutMillis) throws IOException {
        if (!isBlocking()) {
            throw JdkErrors.illegalBlockingMode();
        }
        SocketChannel accepted;
        if (inKernel) {
            kernel.socket().setSoTimeout(timeoutMillis);
            try {
                accepted =
                        home.acceptedInKernel(family, kernel.socket().accept().getChannel());
            } catch (ClosedChannelException e) {
                close();
                throw e;
            } finally {
                if (kernel.isOpen()) {
                    kernel.socket().setSoTimeout(0);
                }
            }
        } else {
            accepted = accept(true, Waits.nanos(timeoutMillis));
        }
        if (accepted == null) {
            throw JdkErrors.acceptTimedOut();
        }
        return accepted;
    }

    private @Nullable SocketChannel accept(boolean blocking, long timeoutNanos) throws IOException {
        acceptLock.lock();
        try {
            ensureOpen();
            WildcardListener.Accepted<SocketChannel> accepted = null;
            try {
                if (blocking) {
                    begin();
                }
                ensureOpen();
                WildcardListener<SocketChannel> from = listener;
                if (from == null) {
                    throw JdkErrors.notYetBound();
                }
                accepted = from.accept();
                if (accepted == null && blocking) {
                    accepted = await(from, timeoutNanos);
                }
            } finally {
                if (blocking) {
                    end(accepted != null);
                }
            }
            return accepted == null ? null : channel(accepted);
        } finally {
            acceptLock.unlock();
        }
    }

    private WildcardListener.@Nullable Accepted<SocketChannel> await(
            WildcardListener<SocketChannel> from, long timeoutNanos) throws IOException {
        long startNanos = System.nanoTime();
        WildcardListener.Accepted<SocketChannel> accepted = null;
        while (accepted == null && isOpen()) {
            long leftNanos = Waits.left(timeoutNanos, startNanos);
            if (leftNanos <= 0) {
                throw JdkErrors.acceptTimedOut();
            }
            from.await(leftNanos);
            accepted = from.accept();
        }
        return accepted;
    }

    private SocketChannel channel(WildcardListener.Accepted<SocketChannel> accepted) throws IOException {
        if (accepted.stream() == null) {
            return home.acceptedInKernel(family, Objects.requireNonNull(accepted.kernel()));
        }
        Map<SocketOption<?>, Object> kept;
        synchronized (stateLock) {
            kept = options == null ? Map.of() : options;
            return home.accepted(family, accepted.stream(), home.defaults().acceptedOptions(kept));
        }
    }

    // ---- closing ---------------------------------------------------------------------------------------------------

    @Override
    protected void implConfigureBlocking(boolean block) throws IOException {
        acceptLock.lock();
        try {
            if (inKernel) {
                if (block) {
                    keys.blocking();
                }
                kernel.configureBlocking(block); // waits for an accepting thread, whom closing releases
                return;
            }
            synchronized (stateLock) {
                ensureOpen();
                if (listener == null) {
                    if (block) {
                        keys.blocking();
                    }
                    kernel.configureBlocking(block);
                }
            }
        } finally {
            acceptLock.unlock();
        }
    }

    /** In blocking mode never waits for an accepting thread: it is what closing is to release. */
    @Override
    protected void implCloseSelectableChannel() throws IOException {
        boolean blocking = isBlocking();
        WildcardListener<SocketChannel> merged = listener;
        if (merged != null) {
            merged.close();
            kernel.close(); // it is, unless the merged one has no kernel side
            return;
        }
        if (blocking) {
            kernel.close();
            return;
        }
        acceptLock.lock(); // an accept that runs is over soon
        try {
            if (!inKernel || !home.selectorsWatchDescriptors() || !isRegistered()) {
                kernel.close();
            }
        } finally {
            acceptLock.unlock();
        }
    }

    // ---- what selectors ask ----------------------------------------------------------------------------------------

    @Override
    public final ChannelKeys keys() {
        return keys;
    }

    @Override
    public final boolean inKernel() {
        return inKernel;
    }

    @Override
    public final ServerSocketChannel kernelChannel() {
        return kernel;
    }

    @Override
    public final int readyOps() {
        WildcardListener<SocketChannel> merged = listener;
        int ready = merged == null ? 0 : merged.ready();
        if ((ready & Ready.ERROR) != 0) {
            return EVERYTHING;
        }
        return (ready & Ready.ACCEPT) != 0 ? SelectionKey.OP_ACCEPT : 0;
    }

    @Override
    public final int possibleOps() {
        return SelectionKey.OP_ACCEPT;
    }

    final boolean isBypassed() {
        return listener != null;
    }

    /** Waits until there may be something to accept. Bypassed only. */
    final void await(long nanos) {
        WildcardListener<SocketChannel> merged = listener;
        if (merged != null) {
            merged.await(nanos);
        }
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw JdkErrors.closedChannel();
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(ServerSocketChannel.class.getName()).append('[');
        if (!isOpen()) {
            text.append("closed");
        } else {
            InetSocketAddress local = localAddress();
            text.append(local == null ? "unbound" : local);
        }
        return text.append(']').toString();
    }
}
