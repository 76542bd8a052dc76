package io.demijohn.spi;

import io.demijohn.engine.Engine;
import io.demijohn.engine.Ready;
import io.demijohn.engine.StatusException;
import io.demijohn.engine.StreamHandle;
import io.demijohn.engine.StreamOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A socket channel whose route is open until it connects, and is then a stream of an engine or the JDK's own channel.
 *
 * <p>Until then an unconnected kernel channel takes options and binds. Bypassed, it is closed and {@link #stream} is set;
 * else {@link #delegate} is set and answers everything. Any thread; connecting takes the locks of reading and writing, and
 * {@link #stateLock} guards the state, under which nothing waits. States and exceptions are those of the JDK's channel.
 */
class BypassSocketChannel extends SelectableStreamChannel {
    private final ChannelHome home;
    private final ProtocolFamily family;
    private final @Nullable SocketChannel kernel;
    private final Object stateLock = new Object();

    // under stateLock
    private final ChannelOptions options;
    private @Nullable PortReservation reservation;
    private @Nullable InetSocketAddress localAddress;
    private @Nullable InetSocketAddress remoteAddress;
    private @Nullable Socket adaptor;

    /** An undecided channel over {@code kernel}, which is unconnected and becomes this channel's. */
    BypassSocketChannel(ChannelHome home, ProtocolFamily family, SocketChannel kernel) {
        super(home.provider());
        this.home = home;
        this.family = family;
        this.kernel = kernel;
        this.options = new ChannelOptions(home.defaults(), kernel);
    }

    /** A channel that a listener accepted. */
    BypassSocketChannel(ChannelHome home, ProtocolFamily family, StreamHandle accepted, InetOptions options) {
        super(home.provider());
        this.home = home;
        this.family = family;
        this.kernel = null;
        this.options = new ChannelOptions(home.defaults(), options);
        synchronized (stateLock) {
            this.localAddress = accepted.local();
            this.remoteAddress = accepted.remote();
            become(accepted);
            this.phase = ChannelPhase.CONNECTED;
        }
    }

    /** A channel over {@code connected}, which a listener of the kernel accepted and which becomes this channel's. */
    BypassSocketChannel(ChannelHome home, ProtocolFamily family, SocketChannel connected, InetSocketAddress remote) {
        this(home, family, connected);
        synchronized (stateLock) {
            this.remoteAddress = remote;
            this.delegate = connected;
            this.watched = true;
        }
    }

    // ---- addresses and options -------------------------------------------------------------------------------------

    @Override
    public Socket socket() {
        synchronized (stateLock) {
            if (adaptor == null) {
                adaptor = SocketChannelAdaptor.create(this);
            }
            return adaptor;
        }
    }

    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        ensureOpen();
        return localAddress();
    }

    @Override
    public @Nullable SocketAddress getRemoteAddress() throws IOException {
        ensureOpen();
        return remoteAddress();
    }

    /** Returns the local address, or null while unbound; the last one known once closed. */
    @Nullable
    InetSocketAddress localAddress() {
        SocketChannel inKernel = delegate;
        synchronized (stateLock) {
            if (inKernel != null) {
                localAddress = KernelChannels.local(inKernel, localAddress);
            }
            return localAddress;
        }
    }

    /** Returns the remote address, or null before connect; the last one known once closed. */
    @Nullable
    InetSocketAddress remoteAddress() {
        synchronized (stateLock) {
            return remoteAddress;
        }
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> name, T value) throws IOException {
        Objects.requireNonNull(name);
        ChannelOptions.check(supportedOptions(), name, value);
        synchronized (stateLock) {
            ensureOpen();
            options.set(name, value, stream);
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
        return home.defaults().supported();
    }

    /** Returns the option that only socket adaptors use. */
    final SocketOption<Boolean> oobInline() {
        return home.defaults().oobInline();
    }

    // ---- bind and connect ------------------------------------------------------------------------------------------

    @Override
    public SocketChannel bind(@Nullable SocketAddress local) throws IOException {
        lockBoth();
        try {
            synchronized (stateLock) {
                ensureOpen();
                if (isConnectionPending()) {
                    throw JdkErrors.connectionPending();
                }
                if (localAddress() != null) {
                    throw JdkErrors.channelAlreadyBound();
                }
                InetSocketAddress wanted = local == null
                        ? new InetSocketAddress(InetAddresses.any(family), 0)
                        : InetAddresses.check(local, family);
                boolean reuse = kernel().getOption(StandardSocketOptions.SO_REUSEADDR);
                PortReservation bound = PortReservation.reserve(
                        home.datapath().router().planBind(wanted), wanted, family, reuse, new KernelPort());
                reservation = bound;
                localAddress = bound.onKernel() ? KernelChannels.local(kernel(), null) : bound.local();
            }
        } finally {
            unlockBoth();
        }
        return this;
    }

    @Override
    public boolean isConnected() {
        SocketChannel inKernel = delegate;
        return inKernel != null ? inKernel.isConnected() && isOpen() : phase == ChannelPhase.CONNECTED;
    }

    @Override
    public boolean isConnectionPending() {
        SocketChannel inKernel = delegate;
        return inKernel != null ? inKernel.isConnectionPending() && isOpen() : phase == ChannelPhase.PENDING;
    }

    @Override
    public boolean connect(SocketAddress remote) throws IOException {
        InetSocketAddress to = checkRemote(remote);
        lockBoth();
        try {
            ensureOpen();
            return connectLocked(to, isBlocking(), 0);
        } catch (IOException e) {
            close();
            throw e;
        } finally {
            unlockBoth();
        }
    }

    /** Connects in blocking mode for the adaptor; {@code timeoutMillis} 0 is endless. */
    void blockingConnect(SocketAddress remote, int timeoutMillis) throws IOException {
        InetSocketAddress to = checkRemote(remote);
        lockBoth();
        try {
            if (!isBlocking()) {
                throw JdkErrors.illegalBlockingMode();
            }
            ensureOpen();
            connectLocked(to, true, timeoutMillis);
        } catch (IOException e) {
            close();
            throw e;
        } finally {
            unlockBoth();
        }
    }

    private boolean connectLocked(InetSocketAddress to, boolean blocking, int timeoutMillis) throws IOException {
        PortReservation bound;
        synchronized (stateLock) {
            ensureOpen();
            if (isConnected()) {
                throw JdkErrors.channelAlreadyConnected();
            }
            if (isConnectionPending()) {
                throw JdkErrors.connectionPending();
            }
            phase = ChannelPhase.PENDING;
            remoteAddress = to;
            bound = reservation;
        }
        Engine engine = route(bound, to).engine();
        if (engine == null) {
            return connectInKernel(to, timeoutMillis);
        }
        StreamHandle connecting = connectOn(engine, bound, to);
        if (!blocking) {
            return false;
        }
        int status = 0;
        try {
            begin();
            status = awaitConnect(connecting, Waits.nanos(timeoutMillis));
        } finally {
            end(status > 0);
        }
        return connected(connecting, status);
    }

    private Route route(@Nullable PortReservation bound, InetSocketAddress to) throws IOException {
        Router router = home.datapath().router();
        return router.decideConnect(bound, to);
    }

    private boolean connectInKernel(InetSocketAddress to, int timeoutMillis) throws IOException {
        SocketChannel inKernel = kernel();
        synchronized (stateLock) {
            ensureNotClosedMeanwhile();
            delegate = inKernel;
            releaseReservation();
        }
        boolean connected;
        if (timeoutMillis > 0) {
            inKernel.socket().connect(to, timeoutMillis);
            connected = true;
        } else {
            connected = inKernel.connect(to);
        }
        watched = true;
        keys.inKernel();
        return connected;
    }

    private StreamHandle connectOn(Engine engine, @Nullable PortReservation bound, InetSocketAddress to)
            throws IOException {
        synchronized (stateLock) {
            ensureNotClosedMeanwhile();
            StreamOptions starting = home.defaults().streamOptions(options.keep());
            StreamHandle connecting;
            try {
                connecting = engine.connect(bound == null ? null : bound.take(engine), to, starting);
            } catch (StatusException e) {
                throw JdkErrors.connect(e.status());
            }
            releaseReservation();
            kernel().close();
            become(connecting);
            return connecting;
        }
    }

    private void become(StreamHandle bypassed) {
        stream = bypassed;
        keys.bypassed((set, attachment) -> List.of(bypassed.register(set, attachment)));
    }

    /** Waits until the attempt ended; returns its status, or 0 once this channel is closed. */
    private int awaitConnect(StreamHandle connecting, long timeoutNanos) throws IOException {
        long startNanos = System.nanoTime();
        int status = connecting.connectStatus();
        while (status == 0 && isOpen()) {
            long leftNanos = Waits.left(timeoutNanos, startNanos);
            if (leftNanos <= 0) {
                throw JdkErrors.connectTimedOut();
            }
            connecting.await(Ready.CONNECT, leftNanos);
            status = connecting.connectStatus();
        }
        return status;
    }

    private boolean connected(StreamHandle connecting, int status) throws IOException {
        if (status < 0) {
            throw JdkErrors.connect(status);
        }
        synchronized (stateLock) {
            if (status > 0 && phase == ChannelPhase.PENDING) {
                localAddress = connecting.local();
                phase = ChannelPhase.CONNECTED;
            }
        }
        return status > 0;
    }

    @Override
    public boolean finishConnect() throws IOException {
        lockBoth();
        try {
            SocketChannel inKernel = delegate;
            if (inKernel != null) {
                ensureOpen();
                return inKernel.finishConnect();
            }
            if (isConnected()) {
                return true;
            }
            ensureOpen();
            StreamHandle connecting = stream;
            if (phase != ChannelPhase.PENDING || connecting == null) {
                throw JdkErrors.noConnectionPending();
            }
            return connected(connecting, isBlocking() ? finishBlocking(connecting) : connecting.connectStatus());
        } catch (IOException e) {
            close();
            throw e;
        } finally {
            unlockBoth();
        }
    }

    private int finishBlocking(StreamHandle connecting) throws IOException {
        int status = 0;
        try {
            begin();
            status = awaitConnect(connecting, Waits.ENDLESS_NANOS);
        } finally {
            end(status != 0);
        }
        return status;
    }

    /** Returns how many bytes a read finds now, for the adaptor. Bypassed only. */
    int available() throws IOException {
        StreamHandle in = connectedStream();
        return inputShut ? 0 : in.availableBytes();
    }

    // ---- half and whole closing ------------------------------------------------------------------------------------

    @Override
    public SocketChannel shutdownInput() throws IOException {
        synchronized (stateLock) {
            ensureOpen();
            if (!isConnected()) {
                throw JdkErrors.notYetConnected();
            }
            if (!inputShut) {
                inputShut = true;
                StreamHandle in = stream;
                if (in == null) {
                    kernel().shutdownInput();
                } else {
                    in.shutdownInput();
                }
            }
        }
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() throws IOException {
        synchronized (stateLock) {
            ensureOpen();
            if (!isConnected()) {
                throw JdkErrors.notYetConnected();
            }
            if (!outputShut) {
                outputShut = true;
                StreamHandle out = stream;
                if (out == null) {
                    kernel().shutdownOutput();
                } else {
                    out.shutdownOutput();
                }
            }
        }
        return this;
    }

    @Override
    protected void implConfigureBlocking(boolean block) throws IOException {
        lockBoth();
        try {
            ensureOpen();
            if (stream == null) { // which no other thread changes under these locks
                if (block) {
                    keys.blocking();
                }
                kernel().configureBlocking(block); // waits for readers and writers, whom closing releases
            }
        } finally {
            unlockBoth();
        }
    }

    /** In blocking mode never waits for readers or writers: they are what closing is to release. */
    @Override
    protected void implCloseSelectableChannel() throws IOException {
        StreamHandle closing;
        int lingerSeconds;
        synchronized (stateLock) {
            phase = ChannelPhase.CLOSED;
            closing = stream;
            lingerSeconds = options.lingerSeconds();
            releaseReservation();
        }
        boolean blocking = isBlocking();
        if (closing == null) {
            closeKernel(blocking);
            return;
        }
        if (!blocking) {
            awaitIo();
        }
        if (lingerSeconds == 0) {
            closing.abort();
        } else if (lingerSeconds > 0 && !isRegistered()) {
            closing.closeLingering(lingerSeconds);
        } else {
            closing.close();
        }
    }

    private void closeKernel(boolean blocking) throws IOException {
        if (blocking || !watched || !home.selectorsWatchDescriptors() || !isRegistered()) {
            kernel().close();
        } else {
            KernelChannels.endWatched(kernel());
        }
    }

    /** No selector watches the descriptor any more. */
    final void releaseKernel() throws IOException {
        if (kernel != null) {
            kernel.close();
        }
    }

    // ---- helpers ---------------------------------------------------------------------------------------------------

    /** The kernel's half of a bind. */
    private final class KernelPort implements KernelBinder {
        @Override
        public void bind(InetSocketAddress local) throws IOException {
            kernel().bind(local);
        }

        @Override
        public int port() throws IOException {
            return KernelChannels.port(kernel());
        }
    }

    @Override
    final StreamHandle connectedStream() throws ClosedChannelException {
        ChannelPhase now = phase;
        StreamHandle connected = stream;
        if (now == ChannelPhase.CLOSED) {
            throw JdkErrors.closedChannel();
        }
        if (now != ChannelPhase.CONNECTED || connected == null) {
            throw JdkErrors.notYetConnected();
        }
        return connected;
    }

    /** Returns the kernel channel, which all but accepted channels have; closed once this one is bypassed. */
    @Override
    final SocketChannel kernel() {
        if (kernel == null) {
            throw new IllegalStateException("an accepted channel has no kernel channel");
        }
        return kernel;
    }

    private InetSocketAddress checkRemote(SocketAddress remote) {
        return InetAddresses.reachable(InetAddresses.check(remote, family));
    }

    private void ensureNotClosedMeanwhile() throws AsynchronousCloseException {
        if (phase == ChannelPhase.CLOSED) {
            throw JdkErrors.asynchronousClose();
        }
    }

    private void releaseReservation() {
        PortReservation bound = reservation;
        reservation = null;
        if (bound != null) {
            bound.close();
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(SocketChannel.class.getName()).append('[');
        if (!isOpen()) {
            return text.append("closed]").toString();
        }
        if (isConnected()) {
            text.append("connected").append(inputShut ? " ishut" : "").append(outputShut ? " oshut" : "");
        } else {
            text.append(isConnectionPending() ? "connection-pending" : "unconnected");
        }
        InetSocketAddress local = localAddress();
        if (local != null) {
            text.append(" local=").append(local);
        }
        InetSocketAddress remote = remoteAddress();
        if (remote != null) {
            text.append(" remote=").append(remote);
        }
        return text.append(']').toString();
    }
}
