package io.demijohn.spi;

import io.demijohn.engine.Engine;
import io.demijohn.engine.StatusException;
import io.demijohn.engine.StreamHandle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.DjAsyncGroup;

/**
 * An asynchronous socket channel whose route is open until it connects, and is then a stream of an engine or the JDK's own
 * channel.
 *
 * <p>Until then an unconnected kernel channel takes options and binds, and answers everything else as the JDK does; on the
 * kernel's route it goes on to do so. Bypassed, it is closed and {@link #bypassed} is set. Any thread; {@link #stateLock}
 * guards the state, under which nothing waits.
 */
final class BypassAsyncSocketChannel extends AsynchronousSocketChannel implements DjAsyncGroup.Member {
    private final DemijohnAsyncProvider provider;
    private final AsyncGroup group;
    private final @Nullable AsynchronousSocketChannel kernel;
    private final Object stateLock = new Object();

    private volatile @Nullable AsyncStream bypassed;

    /** Of this channel while it is undecided or bypassed; in the kernel, the kernel's channel knows. */
    private volatile ChannelPhase phase = ChannelPhase.UNCONNECTED;

    private volatile boolean inputShut;
    private volatile boolean outputShut;

    // under stateLock
    private final ChannelOptions options;
    private boolean inKernel;
    private int membership;
    private @Nullable PortReservation reservation;
    private @Nullable InetSocketAddress localAddress;
    private @Nullable InetSocketAddress remoteAddress;

    /** An undecided channel over {@code kernel}, which is unconnected and becomes this channel's. */
    BypassAsyncSocketChannel(DemijohnAsyncProvider provider, AsyncGroup group, AsynchronousSocketChannel kernel) {
        super(provider);
        this.provider = provider;
        this.group = group;
        this.kernel = kernel;
        this.options = new ChannelOptions(provider.defaults(), kernel);
    }

    /**
     * A channel that a listener accepted.
     *
     * @throws java.nio.channels.ShutdownChannelGroupException if the group takes none any more; the stream is the caller's
     */
    BypassAsyncSocketChannel(
            DemijohnAsyncProvider provider, AsyncGroup group, StreamHandle accepted, InetOptions options)
            throws IOException {
        super(provider);
        this.provider = provider;
        this.group = group;
        this.kernel = null;
        this.options = new ChannelOptions(provider.defaults(), options);
        synchronized (stateLock) {
            become(accepted);
            localAddress = accepted.local();
            remoteAddress = accepted.remote();
            phase = ChannelPhase.CONNECTED;
        }
    }

    // ---- addresses and options -------------------------------------------------------------------------------------

    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        ensureOpen();
        synchronized (stateLock) {
            return (inKernel && kernel != null) ? kernel.getLocalAddress() : localAddress;
        }
    }

    @Override
    public @Nullable SocketAddress getRemoteAddress() throws IOException {
        ensureOpen();
        synchronized (stateLock) {
            if (inKernel && kernel != null) {
                return kernel.getRemoteAddress();
            }
            return phase == ChannelPhase.CONNECTED ? remoteAddress : null;
        }
    }

    @Override
    public <T> AsynchronousSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
        Objects.requireNonNull(name);
        ChannelOptions.checkSupported(supportedOptions(), name);
        synchronized (stateLock) {
            AsyncStream stream = bypassed;
            if (stream == null) {
                options.set(name, value, null);
                return this;
            }
            ensureOpen();
            if (outputShut) {
                throw JdkErrors.shutDownForWriting();
            }
            ChannelOptions.check(supportedOptions(), name, value);
            options.set(name, value, stream.handle());
        }
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        Objects.requireNonNull(name);
        ChannelOptions.checkSupported(supportedOptions(), name);
        synchronized (stateLock) {
            ensureOpen();
            return options.get(name);
        }
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return provider.supportedOptions();
    }

    // ---- bind and connect ------------------------------------------------------------------------------------------

    @Override
    public AsynchronousSocketChannel bind(@Nullable SocketAddress local) throws IOException {
        ensureOpen();
        synchronized (stateLock) {
            if (phase == ChannelPhase.PENDING) {
                throw JdkErrors.connectionPending();
            }
            if (localAddress != null) {
                throw JdkErrors.channelAlreadyBound();
            }
            AsynchronousSocketChannel unconnected = kernel();
            if (inKernel) {
                unconnected.bind(local);
                return this;
            }
            InetSocketAddress wanted = local == null
                    ? new InetSocketAddress(
                            InetAddresses.any(provider.datapath().defaultFamily()), 0)
                    : InetAddresses.check(local, StandardProtocolFamily.INET6);
            boolean reuse = unconnected.getOption(StandardSocketOptions.SO_REUSEADDR);
            PortReservation bound = PortReservation.reserve(
                    provider.datapath().router().planBind(wanted),
                    wanted,
                    provider.datapath().defaultFamily(),
                    reuse,
                    new KernelPort(unconnected));
            reservation = bound;
            localAddress = bound.onKernel() ? KernelChannels.local(unconnected, null) : bound.local();
        }
        return this;
    }

    @Override
    public Future<Void> connect(SocketAddress remote) {
        Future<Void> future = start(remote, null, null);
        if (future == null) {
            throw new IllegalStateException("a connect without a handler gives a future");
        }
        return future;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // there is none: there is a handler
    public <A> void connect(SocketAddress remote, A attachment, CompletionHandler<Void, ? super A> handler) {
        start(remote, attachment, AsyncHandlers.of(handler));
    }

    private @Nullable Future<Void> start(
            SocketAddress remote, @Nullable Object attachment, @Nullable CompletionHandler<Void, Object> handler) {
        if (!isOpen()) {
            return AsyncHandlers.answer(group, null, JdkErrors.closedChannel(), attachment, handler);
        }
        InetSocketAddress to = InetAddresses.check(remote, StandardProtocolFamily.INET6);
        AsyncStream stream;
        try {
            stream = beginConnect(to);
        } catch (IOException e) {
            close();
            return AsyncHandlers.answer(group, null, e, attachment, handler);
        }
        if (stream != null) {
            stream.connecting().enter();
            return stream.connecting().begin(null, null, 0, TimeUnit.NANOSECONDS, attachment, handler, true);
        }
        if (handler == null) {
            return kernel().connect(remote);
        }
        kernel().connect(remote, attachment, handler);
        return null;
    }

    /** Chooses the route; returns the stream that connects, or null for the kernel. */
    private @Nullable AsyncStream beginConnect(InetSocketAddress to) throws IOException {
        synchronized (stateLock) {
            if (inKernel) {
                return null;
            }
            switch (phase) {
                case CLOSED -> throw JdkErrors.asynchronousClose();
                case CONNECTED -> throw JdkErrors.channelAlreadyConnected();
                case PENDING -> throw JdkErrors.connectionPending();
                default -> phase = ChannelPhase.PENDING;
            }
            remoteAddress = to;
            InetSocketAddress target = InetAddresses.reachable(to);
            PortReservation bound = reservation;
            Engine engine =
                    provider.datapath().router().decideConnect(bound, target).engine();
            if (engine == null) {
                inKernel = true;
                phase = ChannelPhase.UNCONNECTED;
                releaseReservation();
                return null;
            }
            StreamHandle connecting;
            try {
                connecting = engine.connect(
                        bound == null ? null : bound.take(engine),
                        target,
                        provider.defaults().streamOptions(options.keep()));
            } catch (StatusException e) {
                throw JdkErrors.connect(e.status());
            }
            releaseReservation();
            AsyncStream stream = become(connecting);
            kernel().close();
            return stream;
        }
    }

    private AsyncStream become(StreamHandle connecting) throws IOException {
        boolean joined = false;
        try {
            membership = group.join(this);
            joined = true;
        } finally {
            if (!joined && kernel != null) {
                connecting.abort();
            }
        }
        AsyncStream stream = new AsyncStream(this, connecting, group);
        bypassed = stream;
        return stream;
    }

    /** {@code stream} connected. */
    void connected(StreamHandle stream) {
        synchronized (stateLock) {
            if (phase == ChannelPhase.PENDING) {
                localAddress = stream.local();
                phase = ChannelPhase.CONNECTED;
            }
        }
    }

    // ---- read and write --------------------------------------------------------------------------------------------

    @Override
    public Future<Integer> read(ByteBuffer target) {
        AsyncStream stream = bypassed;
        if (stream == null) {
            return kernel().read(target);
        }
        return AsyncHandlers.future(read(stream, checked(target), null, 0, TimeUnit.NANOSECONDS, null, null));
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // there is none: there is a handler
    public <A> void read(
            ByteBuffer target,
            long timeout,
            TimeUnit unit,
            A attachment,
            CompletionHandler<Integer, ? super A> handler) {
        AsyncStream stream = bypassed;
        if (stream == null) {
            kernel().read(target, timeout, unit, attachment, handler);
            return;
        }
        CompletionHandler<Number, Object> told = AsyncHandlers.ofCount(handler);
        read(stream, checked(target), null, timeout, unit, attachment, told);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // there is none: there is a handler
    public <A> void read(
            ByteBuffer[] targets,
            int offset,
            int length,
            long timeout,
            TimeUnit unit,
            A attachment,
            CompletionHandler<Long, ? super A> handler) {
        AsyncStream stream = bypassed;
        if (stream == null) {
            kernel().read(targets, offset, length, timeout, unit, attachment, handler);
            return;
        }
        CompletionHandler<Number, Object> told = AsyncHandlers.ofCount(handler);
        Objects.checkFromIndexSize(offset, length, targets.length);
        ByteBuffer[] own = Arrays.copyOfRange(targets, offset, offset + length);
        for (ByteBuffer target : own) {
            checked(target);
        }
        read(stream, null, own, timeout, unit, attachment, told);
    }

    private @Nullable Future<Number> read(
            AsyncStream stream,
            @Nullable ByteBuffer one,
            ByteBuffer @Nullable [] many,
            long timeout,
            TimeUnit unit,
            @Nullable Object attachment,
            @Nullable CompletionHandler<Number, Object> handler) {
        if (!isOpen()) {
            return AsyncHandlers.answer(group, null, JdkErrors.closedChannel(), attachment, handler);
        }
        ensureConnected();
        AsyncLane<Number> lane = stream.reading();
        boolean room = one == null || one.hasRemaining();
        if (inputShut || !room) {
            lane.check();
            int count = inputShut ? StreamHandle.END : 0;
            Number value = one == null ? Long.valueOf(count) : (Number) Integer.valueOf(count);
            return AsyncHandlers.answer(group, value, null, attachment, handler);
        }
        lane.enter();
        return lane.begin(one, many, timeout, unit, attachment, handler, false);
    }

    @Override
    public Future<Integer> write(ByteBuffer source) {
        AsyncStream stream = bypassed;
        if (stream == null) {
            return kernel().write(source);
        }
        Objects.requireNonNull(source);
        return AsyncHandlers.future(write(stream, source, null, 0, TimeUnit.NANOSECONDS, null, null));
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // there is none: there is a handler
    public <A> void write(
            ByteBuffer source,
            long timeout,
            TimeUnit unit,
            A attachment,
            CompletionHandler<Integer, ? super A> handler) {
        AsyncStream stream = bypassed;
        if (stream == null) {
            kernel().write(source, timeout, unit, attachment, handler);
            return;
        }
        CompletionHandler<Number, Object> told = AsyncHandlers.ofCount(handler);
        Objects.requireNonNull(source);
        write(stream, source, null, timeout, unit, attachment, told);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // there is none: there is a handler
    public <A> void write(
            ByteBuffer[] sources,
            int offset,
            int length,
            long timeout,
            TimeUnit unit,
            A attachment,
            CompletionHandler<Long, ? super A> handler) {
        AsyncStream stream = bypassed;
        if (stream == null) {
            kernel().write(sources, offset, length, timeout, unit, attachment, handler);
            return;
        }
        CompletionHandler<Number, Object> told = AsyncHandlers.ofCount(handler);
        Objects.checkFromIndexSize(offset, length, sources.length);
        ByteBuffer[] own = Arrays.copyOfRange(sources, offset, offset + length);
        write(stream, null, own, timeout, unit, attachment, told);
    }

    private @Nullable Future<Number> write(
            AsyncStream stream,
            @Nullable ByteBuffer one,
            ByteBuffer @Nullable [] many,
            long timeout,
            TimeUnit unit,
            @Nullable Object attachment,
            @Nullable CompletionHandler<Number, Object> handler) {
        AsyncLane<Number> lane = stream.writing();
        if (isOpen()) {
            ensureConnected();
            lane.check();
        }
        if (!isOpen() || outputShut) {
            return AsyncHandlers.answer(group, null, JdkErrors.closedChannel(), attachment, handler);
        }
        if (one != null && !one.hasRemaining()) {
            return AsyncHandlers.answer(group, 0, null, attachment, handler);
        }
        lane.enter();
        return lane.begin(one, many, timeout, unit, attachment, handler, false);
    }

    private static ByteBuffer checked(ByteBuffer target) {
        if (target.isReadOnly()) {
            throw JdkErrors.readOnlyBuffer();
        }
        return target;
    }

    // ---- half and whole closing ------------------------------------------------------------------------------------

    @Override
    public AsynchronousSocketChannel shutdownInput() throws IOException {
        AsyncStream stream = bypassed;
        if (stream == null) {
            kernel().shutdownInput();
            return this;
        }
        synchronized (stateLock) {
            ensureOpen();
            ensureConnected();
            if (!inputShut) {
                inputShut = true;
                stream.handle().shutdownInput();
            }
        }
        return this;
    }

    @Override
    public AsynchronousSocketChannel shutdownOutput() throws IOException {
        AsyncStream stream = bypassed;
        if (stream == null) {
            kernel().shutdownOutput();
            return this;
        }
        synchronized (stateLock) {
            ensureOpen();
            ensureConnected();
            if (!outputShut) {
                outputShut = true;
                stream.handle().shutdownOutput();
            }
        }
        return this;
    }

    @Override
    public boolean isOpen() {
        return (bypassed == null && kernel != null) ? kernel.isOpen() : phase != ChannelPhase.CLOSED;
    }

    /** Closes without waiting for anybody; what is outstanding ends with AsynchronousCloseException. */
    @Override
    public void close() {
        AsyncStream stream;
        synchronized (stateLock) {
            if (phase == ChannelPhase.CLOSED) {
                return;
            }
            phase = ChannelPhase.CLOSED;
            stream = bypassed;
            releaseReservation();
        }
        if (stream == null) {
            closeKernel();
            return;
        }
        stream.close(); // before leaving: the group may end with its last member, and nobody would tell the handlers
        group.leave(membership);
    }

    private void closeKernel() {
        try {
            kernel().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- helpers ---------------------------------------------------------------------------------------------------

    /** The kernel's half of a bind. */
    private record KernelPort(AsynchronousSocketChannel channel) implements KernelBinder {
        @Override
        public void bind(InetSocketAddress local) throws IOException {
            channel.bind(local);
        }

        @Override
        public int port() throws IOException {
            return KernelChannels.port(channel);
        }
    }

    /** Returns the kernel channel, which all but accepted channels have; closed once this one is bypassed. */
    private AsynchronousSocketChannel kernel() {
        if (kernel == null) {
            throw new IllegalStateException("an accepted channel has no kernel channel");
        }
        return kernel;
    }

    private void ensureOpen() throws IOException {
        if (!isOpen()) {
            throw JdkErrors.closedChannel();
        }
    }

    private void ensureConnected() {
        if (phase == ChannelPhase.UNCONNECTED || phase == ChannelPhase.PENDING) {
            throw JdkErrors.notYetConnected();
        }
    }

    private void releaseReservation() {
        PortReservation bound = reservation;
        reservation = null;
        if (bound != null) {
            bound.close();
        }
    }

    /** Describes itself as the JDK's own channel does. */
    @Override
    public String toString() {
        synchronized (stateLock) {
            if (inKernel) {
                return kernel().toString();
            }
            StringBuilder text = new StringBuilder(DjAsyncGroup.socketChannelName()).append('[');
            if (!isOpen()) {
                return text.append("closed]").toString();
            }
            if (phase == ChannelPhase.CONNECTED) {
                text.append("connected").append(inputShut ? " ishut" : "").append(outputShut ? " oshut" : "");
            } else {
                text.append(phase == ChannelPhase.PENDING ? "connection-pending" : "unconnected");
            }
            if (localAddress != null) {
                text.append(" local=").append(localAddress);
            }
            if (phase == ChannelPhase.CONNECTED) {
                text.append(" remote=").append(remoteAddress);
            }
            return text.append(']').toString();
        }
    }
}
