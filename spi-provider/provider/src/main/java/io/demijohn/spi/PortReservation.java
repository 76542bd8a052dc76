package io.demijohn.spi;

import io.demijohn.engine.BoundPort;
import io.demijohn.engine.Engine;
import io.demijohn.engine.StatusException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One local port, reserved on every transport where a socket will listen or from which it may connect.
 *
 * <p>Owned by the socket that was bound; one thread at a time, under the socket's own lock. The kernel's half belongs to the
 * socket: closing a reservation leaves it alone.
 */
public final class PortReservation implements AutoCloseable {
    /** Ports tried when the caller leaves the choice to us and a transport finds one of them taken. */
    private static final int ATTEMPTS_MAX = 64;

    private final InetSocketAddress local;
    private final boolean onKernel;
    private final List<Engine> engines;
    private final List<@Nullable BoundPort> ports;

    private PortReservation(
            InetSocketAddress local, boolean onKernel, List<Engine> engines, List<@Nullable BoundPort> ports) {
        this.local = local;
        this.onKernel = onKernel;
        this.engines = engines;
        this.ports = ports;
    }

    /**
     * Binds {@code local} wherever {@code plan} says, to one port on all transports.
     *
     * @param local resolved; port 0 takes one that is free everywhere
     * @param family of the socket: INET if the wildcard address means those of IPv4 alone
     * @param kernel bound last, and only if the plan includes the kernel
     * @throws IOException as the kernel's bind would, usually a {@link BindException}
     */
    public static PortReservation reserve(
            ListenPlan plan, InetSocketAddress local, ProtocolFamily family, boolean reuseAddress, KernelBinder kernel)
            throws IOException {
        if (plan.kernelOnly()) {
            kernel.bind(local);
            return new PortReservation(at(local, kernel.port()), true, List.of(), List.of());
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return reserveOnce(plan, local, family == StandardProtocolFamily.INET, reuseAddress, kernel);
            } catch (BindException e) {
                if (local.getPort() != 0 || attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private static PortReservation reserveOnce(
            ListenPlan plan, InetSocketAddress local, boolean ipv4Only, boolean reuseAddress, KernelBinder kernel)
            throws IOException {
        List<@Nullable BoundPort> ports = new ArrayList<>();
        InetSocketAddress wanted = local;
        boolean done = false;
        try {
            for (Engine engine : plan.engines()) {
                BoundPort port = engine.bind(wanted, ipv4Only, reuseAddress);
                ports.add(port);
                wanted = at(local, port.address().getPort());
            }
            if (plan.kernel()) {
                kernel.bind(wanted);
            }
            done = true;
            return new PortReservation(wanted, plan.kernel(), plan.engines(), ports);
        } catch (StatusException e) {
            throw JdkErrors.bind(e.status());
        } finally {
            if (!done) {
                release(ports);
            }
        }
    }

    /** Returns the address asked for with the port that was reserved. */
    public InetSocketAddress local() {
        return local;
    }

    public int port() {
        return local.getPort();
    }

    public boolean onKernel() {
        return onKernel;
    }

    /** Returns the engines that reserved the port, in the order of the plan. */
    public List<Engine> engines() {
        return engines;
    }

    /** Gives the port of {@code engine} to the caller, once; null if it is not reserved there. */
    public @Nullable BoundPort take(Engine engine) {
        int index = engines.indexOf(engine);
        return index < 0 ? null : ports.set(index, null);
    }

    /** Releases what was not taken; idempotent. */
    @Override
    public void close() {
        release(ports);
    }

    private static void release(List<@Nullable BoundPort> ports) {
        for (int i = 0; i < ports.size(); i++) {
            BoundPort port = ports.set(i, null);
            if (port != null) {
                port.close();
            }
        }
    }

    private static InetSocketAddress at(InetSocketAddress local, int port) {
        return new InetSocketAddress(local.getAddress(), port);
    }
}
