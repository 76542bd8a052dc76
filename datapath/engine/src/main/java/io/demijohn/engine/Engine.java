package io.demijohn.engine;

import io.demijohn.device.BufferPool;
import io.demijohn.device.DeviceException;
import io.demijohn.device.NetDevice;
import io.demijohn.device.Region;
import io.demijohn.device.RegionPool;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.Stack;
import io.demijohn.stack.StackConfig;
import io.demijohn.stack.tcp.SendMemory;
import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpListener;
import io.demijohn.stack.tcp.TcpOptions;
import io.demijohn.stack.wire.Ipv6Header;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One device queue pair, one stack and their connections, and what the floors above ask of them.
 *
 * <p>Any thread may call. Operations here are the control plane: they take the engine's token for a moment. Bytes move
 * through the handles.
 */
public final class Engine implements AutoCloseable {
    private static final int ETHERNET_HEADER_BYTES = 14;
    private static final int SLOT_ALIGNMENT_BYTES = 64;
    /** Share of the memory bound for received packets; as much again holds bytes to send. */
    private static final int MEMORY_SHARE = 4;

    private static final long CLOSE_NANOS = 2_000_000_000L;
    private static final long CLOSE_STEP_NANOS = 100_000;

    private final NetDevice device;
    private final RegionPool regions;
    private final Region packets;
    private final Region sendRegion;
    private final Stack stack;
    private final Driver driver;
    private boolean closed;

    private Engine(
            NetDevice device, RegionPool regions, Region packets, Region sendRegion, Stack stack, Driver driver) {
        this.device = device;
        this.regions = regions;
        this.packets = packets;
        this.sendRegion = sendRegion;
        this.stack = stack;
        this.driver = driver;
    }

    /**
     * Starts an engine over {@code device}, which becomes the engine's and is closed with it.
     *
     * @param regions where the engine's memory comes from and goes back to
     * @throws DeviceException if the device cannot use the memory, its bound is too low, or its MTU too small for
     *     the IPv6 addresses
     */
    public static Engine open(NetDevice device, EngineOptions options, RegionPool regions) throws DeviceException {
        boolean ipv6 = StackConfig.speaksIpv6(options.networks(), options.autoconfigure());
        if (ipv6 && device.mtuBytes() < Ipv6Header.MTU_MIN_BYTES) {
            throw new DeviceException("net=" + device.uri() + ": its mtu is " + device.mtuBytes() + ", IPv6 needs "
                    + Ipv6Header.MTU_MIN_BYTES + " at least; set mtu, or leave the IPv6 addresses out");
        }
        int slotBytes = BufferPool.HEADROOM_BYTES + ETHERNET_HEADER_BYTES + device.mtuBytes();
        slotBytes = (slotBytes + SLOT_ALIGNMENT_BYTES - 1) & -SLOT_ALIGNMENT_BYTES;
        Region packets = regions.acquire(Math.max(options.memoryBytes() / MEMORY_SHARE, slotBytes));
        Region sendRegion = regions.acquire(Math.max(options.memoryBytes() / MEMORY_SHARE, SendMemory.CHUNK_BYTES));
        device.register(packets);
        BufferPool pool = new BufferPool(packets, slotBytes);
        StackConfig config = new StackConfig(
                device.macAddress(),
                options.networks(),
                options.gateways(),
                options.autoconfigure(),
                device.mtuBytes(),
                options.resolveNeighbours(),
                device.capabilities(),
                options.tcp(),
                options.seed());
        Stack stack = new Stack(config, pool, new SendMemory(sendRegion), System.nanoTime());
        Driver driver = new Driver(device, stack, pool, options.spinNanos());
        driver.start();
        return new Engine(device, regions, packets, sendRegion, stack, driver);
    }

    /** Returns the device's URI as the user typed it. */
    public String uri() {
        return device.uri();
    }

    /** Returns whether {@code address} is one of this engine's own. */
    public boolean isLocal(InetAddress address) {
        return isOnThisLink(address) && stack.isLocal(Addresses.ip(address));
    }

    /** Returns whether packets to {@code address} have a way out of this engine. */
    public boolean reaches(InetAddress address) {
        return !driver.failed() && isOnThisLink(address) && stack.reaches(Addresses.ip(address));
    }

    /** Returns whether an address that has a meaning on one link alone may mean this one: its scope id says so or nothing. */
    private boolean isOnThisLink(InetAddress address) {
        if (!(address instanceof Inet6Address ipv6) || !ipv6.isLinkLocalAddress()) {
            return true;
        }
        int scopeId = ipv6.getScopeId();
        return scopeId == 0 || scopeId == device.interfaceIndex();
    }

    /** Returns whether {@code local} has a listener or a bound port here; a wildcard listener counts. */
    public boolean listens(InetSocketAddress local) {
        driver.lock();
        try {
            return stack.tcp().listens(Addresses.ip(local.getAddress()), local.getPort());
        } finally {
            driver.unlock();
        }
    }

    /** Reserves a local port; the wildcard address means all of the engine's, of both families. */
    public BoundPort bind(InetSocketAddress local, boolean reuseAddress) throws StatusException {
        return bind(local, false, reuseAddress);
    }

    /**
     * Reserves a local port; 0 takes a free one, the wildcard address means all of the engine's.
     *
     * @param ipv4Only whether it means those of IPv4 alone
     * @throws StatusException if the port is taken or the address is not the engine's
     */
    public BoundPort bind(InetSocketAddress local, boolean ipv4Only, boolean reuseAddress) throws StatusException {
        IpAddress ip = local.getAddress().isAnyLocalAddress() ? IpAddress.ANY : Addresses.ip(local.getAddress());
        driver.lock();
        try {
            int port = stack.tcp().reservePort(ip, local.getPort(), ipv4Only, reuseAddress);
            if (port <= 0) {
                throw new StatusException(Status.ofTcp(port));
            }
            return new BoundPort(driver, ip, port, ipv4Only);
        } finally {
            driver.unlock();
        }
    }

    /**
     * Begins to connect; the handle is ready for {@link Ready#CONNECT} when that ended.
     *
     * @param bound the local port, consumed whatever happens, or null to choose one for this peer
     * @throws StatusException if not even an attempt is possible: no free port, no memory, the engine failed
     */
    public StreamHandle connect(@Nullable BoundPort bound, InetSocketAddress remote, StreamOptions options)
            throws StatusException {
        IpAddress to = Addresses.ip(remote.getAddress());
        driver.lock();
        try {
            if (driver.failed()) {
                throw new StatusException(Status.ENGINE_FAILED);
            }
            boolean anyLocal = bound == null || bound.ip().equals(IpAddress.ANY);
            IpAddress from = anyLocal || bound == null ? stack.sourceFor(to) : bound.ip();
            if (from.isAny() || from.isIpv4() != to.isIpv4()) {
                if (bound != null) {
                    bound.releaseUnderToken();
                }
                throw new StatusException(Status.UNREACHABLE);
            }
            TcpConnection connection = stack.tcp()
                    .connect(
                            from,
                            bound == null ? 0 : bound.port(),
                            bound != null,
                            to,
                            remote.getPort(),
                            tcpOptions(options),
                            System.nanoTime());
            if (connection == null) {
                if (bound != null) {
                    bound.releaseUnderToken();
                }
                throw new StatusException(Status.ofTcp(stack.tcp().lastStatus()));
            }
            StreamHandle stream = new StreamHandle(driver, connection, options, bound);
            connection.attachment = stream;
            driver.handles().add(stream);
            driver.counters().connections++;
            return stream;
        } finally {
            driver.unlock();
        }
    }

    /**
     * Listens on a reserved port.
     *
     * @param backlog most connections that wait to be accepted, at least 1
     * @throws StatusException if another listener has the port
     */
    public ListenerHandle listen(BoundPort port, int backlog, StreamOptions options) throws StatusException {
        driver.lock();
        try {
            TcpListener listener =
                    stack.tcp().listen(port.ip(), port.port(), port.ipv4Only(), backlog, tcpOptions(options));
            if (listener == null) {
                port.releaseUnderToken();
                throw new StatusException(Status.ofTcp(stack.tcp().lastStatus()));
            }
            ListenerHandle handle = new ListenerHandle(driver, listener, options, port);
            listener.attachment = handle;
            driver.handles().add(handle);
            return handle;
        } finally {
            driver.unlock();
        }
    }

    public EngineCounters counters() {
        return driver.counters();
    }

    /** Returns how long a waiting thread polls without work before it sleeps. */
    public long spinNanos() {
        return driver.spinNanos();
    }

    /**
     * Closes every handle as the kernel does when a process ends, gives the peers a bounded time to acknowledge, and ends the
     * device. Idempotent.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (Handle handle : driver.handles()) {
            if (handle instanceof StreamHandle stream) {
                stream.close();
            } else if (handle instanceof ListenerHandle listener) {
                listener.close();
            }
        }
        long startNanos = System.nanoTime();
        long nowNanos = startNanos;
        while (!driver.quiet() && nowNanos - startNanos < CLOSE_NANOS) {
            if (!driver.pass(nowNanos)) {
                LockSupport.parkNanos(this, CLOSE_STEP_NANOS);
            }
            nowNanos = System.nanoTime();
        }
        driver.close();
        device.close();
        if (driver.handles().isEmpty()) { // else a late thread may still be inside of a queue: the memory stays mapped
            regions.release(packets);
            regions.release(sendRegion);
        }
    }

    Driver driver() {
        return driver;
    }

    private static TcpOptions tcpOptions(StreamOptions options) {
        return new TcpOptions(
                options.noDelay(),
                options.keepAlive(),
                options.sendBufferBytes(),
                options.receiveBufferBytes(),
                options.trafficClass(),
                options.keepAliveTimes(),
                options.userTimeoutMillis());
    }
}
