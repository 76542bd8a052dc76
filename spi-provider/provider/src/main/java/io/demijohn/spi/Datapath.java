package io.demijohn.spi;

import io.demijohn.device.DeviceException;
import io.demijohn.device.NetDevice;
import io.demijohn.device.RegionPool;
import io.demijohn.engine.Engine;
import io.demijohn.engine.EngineCounters;
import io.demijohn.engine.EngineOptions;
import io.demijohn.spi.config.Configuration;
import io.demijohn.spi.config.NetAddress;
import io.demijohn.spi.config.NetSpec;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import java.net.InetAddress;
import java.net.ProtocolFamily;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.DjKernelChannels;

/**
 * The running datapath of one JVM: engines over the configured devices, the router between them, and the counters.
 *
 * <p>Made once at start by the agent or by the provider that stands alone; any thread may use it afterwards. Closing is
 * idempotent and takes a bounded time.
 */
public final class Datapath implements AutoCloseable {
    private static final String LOOP_SCHEME = "loop";
    private static final String LOOP_URI = "loop:";
    private static final IpAddress LOOPBACK = IpAddress.ofIpv4(0x7F00_0001);
    private static final int LOOPBACK_PREFIX = 8;
    private static final IpAddress LOOPBACK_IPV6 = new IpAddress(0, 1);
    private static final int LOOPBACK_IPV6_PREFIX = 128;

    /** Bound of the whole close; each engine has a bound of its own below this. */
    private static final long CLOSE_MILLIS = 3_000;

    private final Configuration configuration;
    private final ProtocolFamily defaultFamily;
    private final List<Engine> engines;
    private final Router router;
    private final RouteCounters counters = new RouteCounters();
    private final OptionDefaults optionDefaults = new OptionDefaults();

    private boolean closed;

    private Datapath(
            Configuration configuration, ProtocolFamily defaultFamily, List<Engine> devices, @Nullable Engine loop) {
        this.configuration = configuration;
        this.defaultFamily = defaultFamily;
        List<Engine> all = new ArrayList<>(devices);
        if (loop != null) {
            all.add(loop);
        }
        this.engines = List.copyOf(all);
        this.router = new Router(
                devices,
                loop,
                configuration.listenRules(),
                configuration.connectRules(),
                configuration.strict(),
                counters,
                defaultFamily);
    }

    /**
     * Opens the configured devices and starts an engine over each.
     *
     * @throws DeviceException if one cannot be opened, in one line; those opened before are closed
     */
    public static Datapath open(Configuration configuration) throws DeviceException {
        return open(configuration, DjKernelChannels.defaultFamily());
    }

    /**
     * Opens the configured devices where the JDK's internals are closed to us.
     *
     * @param defaultFamily of this JVM's sockets: {@code INET} in one without IPv6
     */
    static Datapath open(Configuration configuration, ProtocolFamily defaultFamily) throws DeviceException {
        if (!configuration.bypasses()) { // a start without devices loads neither drivers nor pools
            return new Datapath(configuration, defaultFamily, List.of(), null);
        }
        Devices devices = new Devices();
        int count = configuration.nets().size() + (configuration.loop() ? 1 : 0);
        long memoryBytes = configuration.memoryBytes() / Math.max(count, 1);
        RegionPool regions = new RegionPool(configuration.memoryBytes());
        SecureRandom random = new SecureRandom();
        List<Engine> opened = new ArrayList<>();
        Engine loop = null;
        boolean done = false;
        try {
            for (NetSpec net : configuration.nets()) {
                opened.add(start(
                        devices.open(net.uri(), net.mtuBytes()),
                        options(configuration, net, memoryBytes, random.nextLong()),
                        regions));
            }
            if (configuration.loop()) {
                loop = start(
                        devices.open(LOOP_URI, 0),
                        new EngineOptions(
                                List.of(
                                        new LocalNetwork(LOOPBACK, LOOPBACK_PREFIX, true),
                                        new LocalNetwork(LOOPBACK_IPV6, LOOPBACK_IPV6_PREFIX, false)),
                                null,
                                false,
                                configuration.tcp(),
                                configuration.spinNanos(),
                                memoryBytes,
                                random.nextLong()),
                        regions);
            }
            done = true;
            return new Datapath(configuration, defaultFamily, opened, loop);
        } finally {
            if (!done) {
                opened.forEach(Engine::close);
            }
        }
    }

    public Configuration configuration() {
        return configuration;
    }

    /** Returns the family of a channel that is opened without one. */
    ProtocolFamily defaultFamily() {
        return defaultFamily;
    }

    /** Returns every engine, that of the in-process device last; what a {@code ReadySet} of a selector drives. */
    public List<Engine> engines() {
        return engines;
    }

    public Router router() {
        return router;
    }

    public RouteCounters counters() {
        return counters;
    }

    OptionDefaults optionDefaults() {
        return optionDefaults;
    }

    /** Returns what was accelerated and what was not and why, in lines. */
    public String report() {
        StringBuilder text = new StringBuilder();
        for (Engine engine : engines) {
            EngineCounters counted = engine.counters();
            text.append("device ")
                    .append(engine.uri())
                    .append(" connections ")
                    .append(counted.connections)
                    .append(" received ")
                    .append(counted.framesReceived)
                    .append(" sent ")
                    .append(counted.framesSent)
                    .append('\n');
        }
        return text.append(counters.report()).toString();
    }

    /**
     * Closes this datapath when the JVM exits in order, after the application's own shutdown hooks.
     *
     * @param report takes {@link #report} just before, or null if nobody wants it
     */
    public void closeAtExit(@Nullable Consumer<String> report) {
        ExitHook.register(() -> {
            if (report != null) {
                report.accept(report());
            }
            close();
        });
    }

    /** Closes every engine as the kernel does when a process ends. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        List<Thread> closers = new ArrayList<>();
        for (Engine engine : engines) {
            Thread closer = new Thread(null, engine::close, "demijohn-close-" + engine.uri(), 0, false);
            closer.setDaemon(true);
            closer.start();
            closers.add(closer);
        }
        join(closers);
    }

    private static void join(List<Thread> threads) {
        long startNanos = System.nanoTime();
        boolean interrupted = false;
        for (Thread thread : threads) {
            long leftMillis;
            while (thread.isAlive() && (leftMillis = CLOSE_MILLIS - (System.nanoTime() - startNanos) / 1_000_000) > 0) {
                try {
                    thread.join(leftMillis);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Engine start(NetDevice device, EngineOptions options, RegionPool regions) throws DeviceException {
        boolean done = false;
        try {
            Engine engine = Engine.open(device, options, regions);
            done = true;
            return engine;
        } finally {
            if (!done) {
                device.close();
            }
        }
    }

    private static EngineOptions options(Configuration configuration, NetSpec net, long memoryBytes, long seed) {
        List<LocalNetwork> networks = new ArrayList<>();
        for (NetAddress address : net.addresses()) {
            networks.add(new LocalNetwork(ip(address.address()), address.prefixLength(), false));
        }
        return new EngineOptions(
                networks,
                net.gateways().stream().map(Datapath::ip).toList(),
                net.autoconfigure(),
                !LOOP_SCHEME.equals(net.scheme()),
                configuration.tcp(),
                configuration.spinNanos(),
                memoryBytes,
                seed);
    }

    private static IpAddress ip(InetAddress address) {
        return IpAddress.ofBytes(address.getAddress());
    }
}
