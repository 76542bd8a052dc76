package io.demijohn.spi;

import io.demijohn.device.Require;
import io.demijohn.engine.BoundPort;
import io.demijohn.engine.Engine;
import io.demijohn.engine.StatusException;
import io.demijohn.engine.StreamHandle;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DjSocketImpls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import sun.net.PlatformSocketImpl;
import sun.nio.ch.DjKernelChannels;
import sun.nio.ch.NioSocketImpl;

/**
 * The implementation behind every {@code Socket} and {@code ServerSocket}: undecided until connect or bind, then a bypassed
 * stream, a listener over engines, or the JDK's own implementation, to which everything is passed on.
 *
 * <p>Owned by the socket it is in, which may change: it never remembers its socket. Any thread; {@link #stateLock} guards
 * the fields and is never held while a peer is waited for.
 *
 * <p>Urgent data is not supported on a bypassed stream: {@code Socket.sendUrgentData} throws as its contract says. Sent inline
 * it would show up in the middle of a peer's data that asked not to see it.
 */
public final class DemijohnSocketImpl extends SocketImpl implements PlatformSocketImpl {
    private static final int BACKLOG_DEFAULT = 50;

    private final Datapath datapath;
    private final boolean server;
    private final ReentrantLock stateLock = new ReentrantLock();

    private volatile SocketPhase phase = SocketPhase.NEW;
    private volatile int timeoutMillis;

    /** The JDK's implementation: holds the options while undecided or listening, everything in phase KERNEL. */
    private volatile @Nullable SocketImpl inner;

    private volatile @Nullable InetSocket stream;
    private volatile @Nullable InetServer listening;

    private @Nullable PortReservation reservation;

    /** The options of the bypassed stream. */
    private @Nullable InetOptions options;

    private boolean optionsChanged;

    public DemijohnSocketImpl(Datapath datapath, boolean server) {
        this.datapath = datapath;
        this.server = server;
    }

    // ---- opening and connecting ------------------------------------------------------------------------------------

    @Override
    protected void create(boolean isStream) throws IOException {
        stateLock.lock();
        try {
            if (phase != SocketPhase.NEW) {
                throw JdkErrors.alreadyCreated();
            }
            NioSocketImpl created = new NioSocketImpl(server);
            DjSocketImpls.create(created, isStream); // on 17 also a datagram socket, which is the kernel's for good
            inner = created;
            become(isStream ? SocketPhase.OPEN : SocketPhase.KERNEL);
        } finally {
            stateLock.unlock();
        }
    }

    @Override
    protected void connect(String host, int port) throws IOException {
        connect(new InetSocketAddress(host, port), 0);
    }

    @Override
    protected void connect(InetAddress address, int port) throws IOException {
        connect(new InetSocketAddress(address, port), 0);
    }

    @Override
    protected void connect(SocketAddress remote, int millis) throws IOException {
        if (!(remote instanceof InetSocketAddress given)) {
            throw JdkErrors.unsupportedAddressType();
        }
        if (given.isUnresolved()) {
            throw JdkErrors.unknownHost(given);
        }
        boolean done = false;
        try {
            InetSocketAddress target = given.getAddress().isAnyLocalAddress()
                    ? new InetSocketAddress(InetAddress.getLocalHost(), given.getPort())
                    : given;
            if (phase == SocketPhase.KERNEL) {
                DjSocketImpls.connect(kernel(), remote, millis);
            } else {
                connectUndecided(target, millis);
            }
            done = true;
        } catch (IllegalStateException e) { // a bug of ours ends this socket, not the application's thread
            throw JdkErrors.internal(e);
        } finally {
            if (!done) {
                close();
            }
        }
    }

    private void connectUndecided(InetSocketAddress target, int millis) throws IOException {
        beginConnect(target);
        Route route = datapath.router().decideConnect(reservation, target);
        Engine engine = route.engine();
        if (engine == null) {
            DjSocketImpls.connect(becomeKernel(), target, millis);
        } else {
            connectOver(engine, target, millis);
        }
    }

    private void beginConnect(InetSocketAddress target) throws SocketException {
        stateLock.lock();
        try {
            switch (phase) {
                case NEW -> throw JdkErrors.notCreated();
                case CONNECTING -> throw JdkErrors.connectionInProgress();
                case CONNECTED, LISTENING -> throw JdkErrors.alreadyConnected();
                case CLOSED -> throw JdkErrors.socketClosed();
                default -> become(SocketPhase.CONNECTING);
            }
            address = target.getAddress();
            port = target.getPort();
        } finally {
            stateLock.unlock();
        }
    }

    private void connectOver(Engine engine, InetSocketAddress target, int millis) throws IOException {
        InetSocket connecting = startConnect(engine, target);
        connecting.awaitConnected(millis);
        stateLock.lock();
        try {
            if (phase != SocketPhase.CONNECTING) {
                throw JdkErrors.socketClosed();
            }
            releaseReservation();
            localport = connecting.stream().local().getPort();
            become(SocketPhase.CONNECTED);
        } finally {
            stateLock.unlock();
        }
    }

    /** Begins to connect over {@code engine} and lets the inner socket go. */
    private InetSocket startConnect(Engine engine, InetSocketAddress target) throws IOException {
        stateLock.lock();
        try {
            SocketImpl unused = inner;
            if (phase != SocketPhase.CONNECTING || unused == null) {
                throw JdkErrors.socketClosed();
            }
            Map<SocketOption<?>, Object> defaults = datapath.optionDefaults().client();
            InetOptions kept = new InetOptions(
                    optionsChanged ? OptionDefaults.read(unused) : defaults,
                    Boolean.TRUE.equals(unused.getOption(SocketOptions.SO_OOBINLINE)));
            BoundPort bound = reservation == null ? null : reservation.take(engine);
            StreamHandle handle = engine.connect(bound, target, kept.streamOptions(defaults));
            InetSocket connecting = new InetSocket(handle);
            stream = connecting;
            options = kept;
            inner = null;
            DjSocketImpls.close(unused);
            return connecting;
        } catch (StatusException e) {
            throw JdkErrors.connect(e.status());
        } finally {
            stateLock.unlock();
        }
    }

    // ---- binding, listening, accepting -----------------------------------------------------------------------------

    @Override
    protected void bind(InetAddress host, int wantedPort) throws IOException {
        stateLock.lock();
        try {
            ensureOpen();
            if (phase == SocketPhase.KERNEL) {
                DjSocketImpls.bind(kernel(), host, wantedPort);
                return;
            }
            if (localport != 0 || phase != SocketPhase.OPEN) {
                throw JdkErrors.alreadyBound();
            }
            SocketImpl binding = kernel();
            InetSocketAddress local = new InetSocketAddress(host, wantedPort);
            Router router = datapath.router();
            ListenPlan plan = server ? router.decideListen(local) : router.planBind(local);
            boolean reuse = DjSocketImpls.getOption(binding, StandardSocketOptions.SO_REUSEADDR);
            PortReservation reserved = PortReservation.reserve(
                    plan, local, DjKernelChannels.defaultFamily(), reuse, new InnerBinder(binding));
            reservation = reserved;
            address = host;
            localport = reserved.port();
        } catch (IllegalStateException e) { // a bug of ours ends this socket, not the application's thread
            throw JdkErrors.internal(e);
        } finally {
            stateLock.unlock();
        }
    }

    @Override
    protected void listen(int backlog) throws IOException {
        stateLock.lock();
        try {
            ensureOpen();
            PortReservation bound = reservation;
            if (phase != SocketPhase.OPEN) {
                DjSocketImpls.listen(kernel(), backlog);
            } else if (bound == null) {
                throw JdkErrors.notBound();
            } else if (bound.engines().isEmpty()) {
                DjSocketImpls.listen(becomeKernel(), backlog);
            } else {
                listening = InetServer.listen(bound, backlog < 1 ? BACKLOG_DEFAULT : backlog, kernel(), datapath);
                become(SocketPhase.LISTENING);
            }
        } catch (IllegalStateException e) { // a bug of ours ends this socket, not the application's thread
            throw JdkErrors.internal(e);
        } finally {
            stateLock.unlock();
        }
    }

    @Override
    protected void accept(SocketImpl accepted) throws IOException {
        if (phase == SocketPhase.KERNEL) {
            SocketImpl target = accepted instanceof DemijohnSocketImpl ours ? ours.becomeKernelAccepted() : accepted;
            DjSocketImpls.accept(kernel(), target);
            return;
        }
        if (!(accepted instanceof DemijohnSocketImpl ours) || ours.phase != SocketPhase.NEW) {
            throw JdkErrors.notNewlyCreated();
        }
        InetServer accepting = listening;
        if (accepting == null || phase == SocketPhase.CLOSED) {
            throw phase == SocketPhase.NEW
                    ? JdkErrors.notCreated()
                    : phase == SocketPhase.CLOSED ? JdkErrors.socketClosed() : JdkErrors.notBound();
        }
        ours.fill(accepting.accept(timeoutMillis), accepting.acceptedOptions());
    }

    /** Makes this new one the connection that a listener of ours accepted. */
    private void fill(WildcardListener.Accepted<SocketImpl> connection, InetOptions accepted) {
        stateLock.lock();
        try {
            StreamHandle handle = connection.stream();
            if (handle == null) {
                inner = connection.kernel();
                become(SocketPhase.KERNEL);
                return;
            }
            stream = new InetSocket(handle);
            options = accepted.copy();
            address = handle.remote().getAddress();
            port = handle.remote().getPort();
            localport = handle.local().getPort();
            become(SocketPhase.CONNECTED);
        } finally {
            stateLock.unlock();
        }
    }

    /**
     * Makes this new one a kernel socket and returns the JDK's implementation inside, which a listener of the kernel is about
     * to fill.
     */
    SocketImpl becomeKernelAccepted() throws SocketException {
        stateLock.lock();
        try {
            if (phase != SocketPhase.NEW) {
                throw JdkErrors.notNewlyCreated();
            }
            SocketImpl fresh = new NioSocketImpl(false);
            inner = fresh;
            become(SocketPhase.KERNEL);
            return fresh;
        } finally {
            stateLock.unlock();
        }
    }

    // ---- bytes -----------------------------------------------------------------------------------------------------

    @Override
    protected InputStream getInputStream() throws IOException {
        return phase == SocketPhase.KERNEL ? DjSocketImpls.getInputStream(kernel()) : new SocketInput(this);
    }

    @Override
    protected OutputStream getOutputStream() throws IOException {
        return phase == SocketPhase.KERNEL ? DjSocketImpls.getOutputStream(kernel()) : new SocketOutput(this);
    }

    @Override
    protected int available() throws IOException {
        return phase == SocketPhase.KERNEL
                ? DjSocketImpls.available(kernel())
                : connected().available();
    }

    @Override
    protected void shutdownInput() throws IOException {
        if (phase == SocketPhase.KERNEL) {
            DjSocketImpls.shutdownInput(kernel());
        } else {
            connected().shutdownInput();
        }
    }

    @Override
    protected void shutdownOutput() throws IOException {
        if (phase == SocketPhase.KERNEL) {
            DjSocketImpls.shutdownOutput(kernel());
        } else {
            connected().shutdownOutput();
        }
    }

    @Override
    protected boolean supportsUrgentData() {
        SocketImpl asked = inner;
        return asked != null && DjSocketImpls.supportsUrgentData(asked);
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
        if (phase == SocketPhase.KERNEL) {
            DjSocketImpls.sendUrgentData(kernel(), data);
        } else {
            connected();
            throw JdkErrors.urgentDataNotSupported();
        }
    }

    @Override
    protected void close() throws IOException {
        SocketImpl closing;
        InetSocket open = null;
        InetServer accepting = null;
        int lingerSeconds = -1;
        stateLock.lock();
        try {
            if (phase == SocketPhase.CLOSED) {
                return;
            }
            closing = inner;
            if (phase != SocketPhase.KERNEL) {
                open = stream;
                accepting = listening;
                InetOptions own = options;
                lingerSeconds = phase == SocketPhase.CONNECTED && own != null ? own.lingerSeconds() : -1;
                releaseReservation();
                become(SocketPhase.CLOSED);
            }
        } finally {
            stateLock.unlock();
        }
        if (accepting != null) {
            accepting.close();
        }
        if (open != null) {
            open.close(lingerSeconds);
        }
        if (closing != null) {
            DjSocketImpls.close(closing);
        }
    }

    // ---- options and addresses -------------------------------------------------------------------------------------

    @Override
    protected Set<SocketOption<?>> supportedOptions() {
        return DjSocketImpls.supportedOptions(new NioSocketImpl(server));
    }

    @Override
    protected <T> void setOption(SocketOption<T> name, T value) throws IOException {
        if (!supportedOptions().contains(name)) {
            throw JdkErrors.optionNotSupported(name);
        }
        stateLock.lock();
        try {
            ensureOpen();
            SocketImpl asked = inner;
            if (asked != null) {
                DjSocketImpls.setOption(asked, name, value);
                changed();
            } else if (options != null) {
                options.set(name, value);
                apply(options, name);
            }
        } finally {
            stateLock.unlock();
        }
    }

    @Override
    @SuppressWarnings("unchecked") // a value was checked against its option's type when it was set
    protected <T> T getOption(SocketOption<T> name) throws IOException {
        if (!supportedOptions().contains(name)) {
            throw JdkErrors.optionNotSupported(name);
        }
        stateLock.lock();
        try {
            ensureOpen();
            SocketImpl asked = inner;
            return asked != null || options == null ? DjSocketImpls.getOption(kernel(), name) : (T) options.get(name);
        } finally {
            stateLock.unlock();
        }
    }

    @Override
    public void setOption(int option, Object value) throws SocketException {
        stateLock.lock();
        try {
            ensureOpen();
            SocketImpl asked = inner;
            if (option == SO_TIMEOUT && phase != SocketPhase.KERNEL) {
                timeoutMillis = InetOptions.timeout(value);
            } else if (asked != null) {
                asked.setOption(option, value);
                changed();
            } else if (options != null) {
                options.set(option, value);
                SocketOption<?> named = InetOptions.of(option);
                if (named != null) {
                    apply(options, named);
                }
            }
        } finally {
            stateLock.unlock();
        }
    }

    @Override
    public Object getOption(int option) throws SocketException {
        stateLock.lock();
        try {
            ensureOpen();
            SocketImpl asked = inner;
            if (phase != SocketPhase.KERNEL) {
                if (option == SO_TIMEOUT) {
                    return timeoutMillis;
                }
                InetSocket open = stream;
                if (option == SO_BINDADDR && open != null) {
                    return open.stream().local().getAddress();
                }
                if (option == SO_BINDADDR && reservation != null && !reservation.onKernel()) {
                    return reservation.local().getAddress();
                }
            }
            return asked != null || options == null ? kernel().getOption(option) : options.get(option);
        } finally {
            stateLock.unlock();
        }
    }

    @Override
    protected FileDescriptor getFileDescriptor() {
        return phase == SocketPhase.KERNEL ? DjSocketImpls.getFileDescriptor(kernel()) : super.getFileDescriptor();
    }

    @Override
    protected InetAddress getInetAddress() {
        return phase == SocketPhase.KERNEL ? DjSocketImpls.getInetAddress(kernel()) : super.getInetAddress();
    }

    @Override
    protected int getPort() {
        return phase == SocketPhase.KERNEL ? DjSocketImpls.getPort(kernel()) : super.getPort();
    }

    @Override
    protected int getLocalPort() {
        return phase == SocketPhase.KERNEL ? DjSocketImpls.getLocalPort(kernel()) : super.getLocalPort();
    }

    // ---- helpers, under the state lock unless said -----------------------------------------------------------------

    private void become(SocketPhase next) {
        Require.that(phase.mayBecome(next), "socket phase");
        phase = next;
    }

    private SocketImpl becomeKernel() throws SocketException {
        stateLock.lock();
        try {
            if (phase == SocketPhase.CLOSED) {
                throw JdkErrors.socketClosed();
            }
            SocketImpl kernel = kernel();
            if (timeoutMillis != 0) {
                kernel.setOption(SO_TIMEOUT, timeoutMillis);
            }
            releaseReservation();
            become(SocketPhase.KERNEL);
            return kernel;
        } finally {
            stateLock.unlock();
        }
    }

    /** Returns the inner socket where there must be one; any thread. */
    private SocketImpl kernel() {
        SocketImpl kernel = inner;
        if (kernel == null) {
            throw new IllegalStateException("bug: no inner socket");
        }
        return kernel;
    }

    /** Returns the stream, or throws what the JDK does without one; any thread. */
    private InetSocket connected() throws SocketException {
        SocketPhase now = phase;
        InetSocket open = stream;
        if (open == null || now == SocketPhase.CONNECTING) {
            throw now == SocketPhase.CLOSED ? JdkErrors.socketClosed() : JdkErrors.notConnected();
        }
        return open;
    }

    private void ensureOpen() throws SocketException {
        if (phase == SocketPhase.NEW) {
            throw JdkErrors.notCreated();
        }
        if (phase == SocketPhase.CLOSED) {
            throw JdkErrors.socketClosed();
        }
    }

    private void changed() throws SocketException {
        optionsChanged = true;
        InetServer accepting = listening;
        if (accepting != null) {
            try {
                accepting.optionsChanged();
            } catch (IOException e) {
                throw JdkErrors.internal(e);
            }
        }
    }

    private void apply(InetOptions values, SocketOption<?> changed) {
        InetSocket open = stream;
        if (open != null) {
            values.apply(open.stream(), changed);
        }
    }

    private void releaseReservation() {
        PortReservation reserved = reservation;
        if (reserved != null) {
            reserved.close();
        }
    }

    int read(byte[] target, int offset, int length) throws IOException {
        try {
            return connected().read(target, offset, length, timeoutMillis);
        } catch (IllegalStateException e) { // a bug of ours ends this socket, not the application's thread
            throw JdkErrors.internal(e);
        }
    }

    void write(byte[] source, int offset, int length) throws IOException {
        try {
            connected().write(source, offset, length);
        } catch (IllegalStateException e) { // a bug of ours ends this socket, not the application's thread
            throw JdkErrors.internal(e);
        }
    }
}
