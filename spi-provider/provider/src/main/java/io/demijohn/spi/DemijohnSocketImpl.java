package io.demijohn.spi;

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
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.Set;
import sun.net.PlatformSocketImpl;
import sun.nio.ch.DjKernelChannels;
import sun.nio.ch.NioSocketImpl;

/**
 * The implementation behind every {@code Socket} and {@code ServerSocket}: undecided until connect or bind, then a bypassed
 * stream, a listener over engines, or the JDK's own implementation, to which everything is passed on.
 *
 * <p>Owned by the socket it is in, which may change: it never remembers its socket. Any thread. What it is stands
 * in its {@link SocketState}, its options are the business of its {@link SocketSettings}.
 */
public final class DemijohnSocketImpl extends SocketImpl implements PlatformSocketImpl {
    private static final int BACKLOG_DEFAULT = 50;

    private final Datapath datapath;
    private final boolean server;
    private final SocketState state = new SocketState();
    private final SocketSettings options;

    public DemijohnSocketImpl(Datapath datapath, boolean server) {
        this.datapath = datapath;
        this.server = server;
        this.options = new SocketSettings(state, server);
    }

    // ---- opening and connecting ------------------------------------------------------------------------------------

    @Override
    protected void create(boolean isStream) throws IOException {
        state.lock.lock();
        try {
            if (state.phase != SocketPhase.NEW) {
                throw JdkErrors.alreadyCreated();
            }
            NioSocketImpl created = new NioSocketImpl(server);
            DjSocketImpls.create(created, isStream); // on 17 also a datagram socket, which is the kernel's for good
            state.inner = created;
            state.become(isStream ? SocketPhase.OPEN : SocketPhase.KERNEL);
        } finally {
            state.lock.unlock();
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
            if (state.phase == SocketPhase.KERNEL) {
                DjSocketImpls.connect(state.kernel(), remote, millis);
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
        Route route = datapath.router().decideConnect(state.reservation, target);
        Engine engine = route.engine();
        if (engine == null) {
            DjSocketImpls.connect(state.becomeKernel(), target, millis);
        } else {
            connectOver(engine, target, millis);
        }
    }

    private void beginConnect(InetSocketAddress target) throws SocketException {
        state.lock.lock();
        try {
            switch (state.phase) {
                case NEW -> throw JdkErrors.notCreated();
                case CONNECTING -> throw JdkErrors.connectionInProgress();
                case CONNECTED, LISTENING -> throw JdkErrors.alreadyConnected();
                case CLOSED -> throw JdkErrors.socketClosed();
                default -> state.become(SocketPhase.CONNECTING);
            }
            address = target.getAddress();
            port = target.getPort();
        } finally {
            state.lock.unlock();
        }
    }

    private void connectOver(Engine engine, InetSocketAddress target, int millis) throws IOException {
        InetSocket connecting = startConnect(engine, target);
        connecting.awaitConnected(millis);
        state.lock.lock();
        try {
            if (state.phase != SocketPhase.CONNECTING) {
                throw JdkErrors.socketClosed();
            }
            state.releaseReservation();
            localport = connecting.stream().local().getPort();
            state.become(SocketPhase.CONNECTED);
        } finally {
            state.lock.unlock();
        }
    }

    /** Begins to connect over {@code engine} and lets the inner socket go. */
    private InetSocket startConnect(Engine engine, InetSocketAddress target) throws IOException {
        state.lock.lock();
        try {
            SocketImpl unused = state.inner;
            if (state.phase != SocketPhase.CONNECTING || unused == null) {
                throw JdkErrors.socketClosed();
            }
            Map<SocketOption<?>, Object> defaults = datapath.optionDefaults().client();
            InetOptions kept = new InetOptions(state.optionsChanged ? OptionDefaults.read(unused) : defaults);
            kept.set(SO_OOBINLINE, unused.getOption(SO_OOBINLINE));
            BoundPort bound = state.reservation == null ? null : state.reservation.take(engine);
            StreamHandle handle = engine.connect(bound, target, kept.streamOptions(defaults));
            kept.apply(handle, DjKernelChannels.oobInlineOption());
            InetSocket connecting = new InetSocket(handle);
            state.stream = connecting;
            state.options = kept;
            state.inner = null;
            DjSocketImpls.close(unused);
            return connecting;
        } catch (StatusException e) {
            throw JdkErrors.connect(e.status());
        } finally {
            state.lock.unlock();
        }
    }

    // ---- binding, listening, accepting -----------------------------------------------------------------------------

    @Override
    protected void bind(InetAddress host, int wantedPort) throws IOException {
        state.lock.lock();
        try {
            state.ensureOpen();
            if (state.phase == SocketPhase.KERNEL) {
                DjSocketImpls.bind(state.kernel(), host, wantedPort);
                return;
            }
            if (localport != 0 || state.phase != SocketPhase.OPEN) {
                throw JdkErrors.alreadyBound();
            }
            SocketImpl binding = state.kernel();
            InetSocketAddress local = new InetSocketAddress(host, wantedPort);
            Router router = datapath.router();
            ListenPlan plan = server ? router.decideListen(local) : router.planBind(local);
            boolean reuse = DjSocketImpls.getOption(binding, StandardSocketOptions.SO_REUSEADDR);
            PortReservation reserved = PortReservation.reserve(
                    plan, local, DjKernelChannels.defaultFamily(), reuse, new InnerBinder(binding));
            state.reservation = reserved;
            address = host;
            localport = reserved.port();
        } catch (IllegalStateException e) { // a bug of ours ends this socket, not the application's thread
            throw JdkErrors.internal(e);
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    protected void listen(int backlog) throws IOException {
        state.lock.lock();
        try {
            state.ensureOpen();
            PortReservation bound = state.reservation;
            if (state.phase != SocketPhase.OPEN) {
                DjSocketImpls.listen(state.kernel(), backlog);
            } else if (bound == null) {
                throw JdkErrors.notBound();
            } else if (bound.engines().isEmpty()) {
                DjSocketImpls.listen(state.becomeKernel(), backlog);
            } else {
                state.listening =
                        InetServer.listen(bound, backlog < 1 ? BACKLOG_DEFAULT : backlog, state.kernel(), datapath);
                state.become(SocketPhase.LISTENING);
            }
        } catch (IllegalStateException e) { // a bug of ours ends this socket, not the application's thread
            throw JdkErrors.internal(e);
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    protected void accept(SocketImpl accepted) throws IOException {
        if (state.phase == SocketPhase.KERNEL) {
            SocketImpl target = accepted instanceof DemijohnSocketImpl ours ? ours.becomeKernelAccepted() : accepted;
            DjSocketImpls.accept(state.kernel(), target);
            return;
        }
        if (!(accepted instanceof DemijohnSocketImpl ours) || ours.state.phase != SocketPhase.NEW) {
            throw JdkErrors.notNewlyCreated();
        }
        InetServer accepting = state.listening;
        if (accepting == null || state.phase == SocketPhase.CLOSED) {
            throw state.phase == SocketPhase.NEW
                    ? JdkErrors.notCreated()
                    : state.phase == SocketPhase.CLOSED ? JdkErrors.socketClosed() : JdkErrors.notBound();
        }
        ours.fill(accepting.accept(state.timeoutMillis), accepting.acceptedOptions());
    }

    /** Makes this new one the connection that a listener of ours accepted. */
    private void fill(WildcardListener.Accepted<SocketImpl> connection, InetOptions accepted) {
        state.lock.lock();
        try {
            StreamHandle handle = connection.stream();
            if (handle == null) {
                state.inner = connection.kernel();
                state.become(SocketPhase.KERNEL);
                return;
            }
            state.stream = new InetSocket(handle);
            state.options = accepted.copy();
            address = handle.remote().getAddress();
            port = handle.remote().getPort();
            localport = handle.local().getPort();
            state.become(SocketPhase.CONNECTED);
        } finally {
            state.lock.unlock();
        }
    }

    /**
     * Makes this new one a kernel socket and returns the JDK's implementation inside, which a listener of the kernel is about
     * to fill.
     */
    SocketImpl becomeKernelAccepted() throws SocketException {
        state.lock.lock();
        try {
            if (state.phase != SocketPhase.NEW) {
                throw JdkErrors.notNewlyCreated();
            }
            SocketImpl fresh = new NioSocketImpl(false);
            state.inner = fresh;
            state.become(SocketPhase.KERNEL);
            return fresh;
        } finally {
            state.lock.unlock();
        }
    }

    // ---- bytes -----------------------------------------------------------------------------------------------------

    @Override
    protected InputStream getInputStream() throws IOException {
        return state.phase == SocketPhase.KERNEL ? DjSocketImpls.getInputStream(state.kernel()) : new SocketInput(this);
    }

    @Override
    protected OutputStream getOutputStream() throws IOException {
        return state.phase == SocketPhase.KERNEL
                ? DjSocketImpls.getOutputStream(state.kernel())
                : new SocketOutput(this);
    }

    @Override
    protected int available() throws IOException {
        return state.phase == SocketPhase.KERNEL
                ? DjSocketImpls.available(state.kernel())
                : state.connected().available();
    }

    @Override
    protected void shutdownInput() throws IOException {
        if (state.phase == SocketPhase.KERNEL) {
            DjSocketImpls.shutdownInput(state.kernel());
        } else {
            state.connected().shutdownInput();
        }
    }

    @Override
    protected void shutdownOutput() throws IOException {
        if (state.phase == SocketPhase.KERNEL) {
            DjSocketImpls.shutdownOutput(state.kernel());
        } else {
            state.connected().shutdownOutput();
        }
    }

    @Override
    protected boolean supportsUrgentData() {
        return true;
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
        if (state.phase == SocketPhase.KERNEL) {
            DjSocketImpls.sendUrgentData(state.kernel(), data);
        } else {
            state.connected().writeUrgent(data);
        }
    }

    @Override
    protected void close() throws IOException {
        SocketImpl closing;
        InetSocket open = null;
        InetServer accepting = null;
        int lingerSeconds = -1;
        state.lock.lock();
        try {
            if (state.phase == SocketPhase.CLOSED) {
                return;
            }
            closing = state.inner;
            if (state.phase != SocketPhase.KERNEL) {
                open = state.stream;
                accepting = state.listening;
                InetOptions own = state.options;
                lingerSeconds = state.phase == SocketPhase.CONNECTED && own != null ? own.lingerSeconds() : -1;
                state.releaseReservation();
                state.become(SocketPhase.CLOSED);
            }
        } finally {
            state.lock.unlock();
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
        return options.supported();
    }

    @Override
    protected <T> void setOption(SocketOption<T> name, T value) throws IOException {
        options.set(name, value);
    }

    @Override
    protected <T> T getOption(SocketOption<T> name) throws IOException {
        return options.get(name);
    }

    @Override
    public void setOption(int option, Object value) throws SocketException {
        options.set(option, value);
    }

    @Override
    public Object getOption(int option) throws SocketException {
        return options.get(option);
    }

    @Override
    protected FileDescriptor getFileDescriptor() {
        return state.phase == SocketPhase.KERNEL
                ? DjSocketImpls.getFileDescriptor(state.kernel())
                : super.getFileDescriptor();
    }

    @Override
    protected InetAddress getInetAddress() {
        return state.phase == SocketPhase.KERNEL
                ? DjSocketImpls.getInetAddress(state.kernel())
                : super.getInetAddress();
    }

    @Override
    protected int getPort() {
        return state.phase == SocketPhase.KERNEL ? DjSocketImpls.getPort(state.kernel()) : super.getPort();
    }

    @Override
    protected int getLocalPort() {
        return state.phase == SocketPhase.KERNEL ? DjSocketImpls.getLocalPort(state.kernel()) : super.getLocalPort();
    }

    // ---- for the streams -------------------------------------------------------------------------------------------

    int read(byte[] target, int offset, int length) throws IOException {
        try {
            return state.everConnected().read(target, offset, length, state.timeoutMillis);
        } catch (IllegalStateException e) { // a bug of ours ends this socket, not the application's thread
            throw JdkErrors.internal(e);
        }
    }

    void write(byte[] source, int offset, int length) throws IOException {
        try {
            state.everConnected().write(source, offset, length);
        } catch (IllegalStateException e) { // a bug of ours ends this socket, not the application's thread
            throw JdkErrors.internal(e);
        }
    }
}
