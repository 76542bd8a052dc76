package io.demijohn.spi;

import io.demijohn.engine.Engine;
import io.demijohn.spi.RouteCounters.Operation;
import io.demijohn.spi.config.Rule;
import io.demijohn.spi.config.Transport;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides at bind and connect which transport a socket uses, and counts each decision with its reason.
 *
 * <p>Immutable, any thread. Decisions look at addresses, rules and what the engines own; they open and close nothing.
 */
public final class Router {
    private final List<Engine> devices;
    private final @Nullable Engine loop;
    private final List<Engine> all;
    private final List<Rule> listenRules;
    private final List<Rule> connectRules;
    private final boolean strict;
    private final RouteCounters counters;
    private final ProtocolFamily defaultFamily;

    /**
     * @param devices engines over configured devices, in the order of the configuration
     * @param loop the engine that owns the loopback addresses, or null if that is off
     * @param defaultFamily of this JVM's sockets: {@code INET} in one without IPv6
     */
    Router(
            List<Engine> devices,
            @Nullable Engine loop,
            List<Rule> listenRules,
            List<Rule> connectRules,
            boolean strict,
            RouteCounters counters,
            ProtocolFamily defaultFamily) {
        this.devices = List.copyOf(devices);
        this.loop = loop;
        List<Engine> engines = new ArrayList<>(devices);
        if (loop != null) {
            engines.add(loop);
        }
        this.all = List.copyOf(engines);
        this.listenRules = List.copyOf(listenRules);
        this.connectRules = List.copyOf(connectRules);
        this.strict = strict;
        this.counters = counters;
        this.defaultFamily = defaultFamily;
    }

    /**
     * Decides the way to {@code remote}.
     *
     * @param bound where the socket was bound before, or null if it was not
     * @param remote resolved, not the wildcard address
     * @throws SocketException under {@code strict=true} if it would be the kernel unwantedly
     */
    public Route decideConnect(@Nullable PortReservation bound, InetSocketAddress remote) throws SocketException {
        Route route = routeTo(remote);
        if (bound != null) {
            route = within(bound, route, remote);
        }
        return settle(route, remote);
    }

    /**
     * Decides where a listener at {@code local} listens.
     *
     * @throws SocketException under {@code strict=true} if it would be the kernel alone, unwantedly
     */
    public ListenPlan decideListen(InetSocketAddress local) throws SocketException {
        ListenPlan plan = planFor(local);
        if (plan.kernelOnly() && strict && !plan.reason().wanted()) {
            throw JdkErrors.strict(Operation.LISTEN, local, plan.reason());
        }
        counters.count(Operation.LISTEN, plan.kernelOnly() ? Transport.KERNEL : Transport.INET, plan.reason());
        return plan;
    }

    /** Returns where a socket that will connect later reserves its local port; not counted, the connect is. */
    public ListenPlan planBind(InetSocketAddress local) {
        InetAddress address = plain(local).getAddress();
        if (all.isEmpty()) {
            return ListenPlan.kernel(RouteReason.NO_DEVICE);
        }
        if (isRefused(address)) {
            return ListenPlan.kernel(RouteReason.NO_IPV6);
        }
        if (address.isAnyLocalAddress()) {
            return new ListenPlan(all, true, RouteReason.WILDCARD);
        }
        if (address.isLoopbackAddress()) {
            return loop == null
                    ? ListenPlan.kernel(RouteReason.LOOPBACK)
                    : new ListenPlan(List.of(loop), true, RouteReason.LOOP);
        }
        Engine owner = ownerOf(address);
        return owner == null
                ? ListenPlan.kernel(RouteReason.NOT_OUR_ADDRESS)
                : ListenPlan.engine(owner, RouteReason.OWN_ADDRESS);
    }

    private Route settle(Route route, InetSocketAddress remote) throws SocketException {
        if (route.isKernel() && strict && !route.reason().wanted()) {
            throw JdkErrors.strict(Operation.CONNECT, remote, route.reason());
        }
        counters.count(Operation.CONNECT, route.isKernel() ? Transport.KERNEL : Transport.INET, route.reason());
        return route;
    }

    private Route routeTo(InetSocketAddress given) {
        if (isRefused(given.getAddress())) {
            return Route.kernel(RouteReason.NO_IPV6);
        }
        InetSocketAddress remote = plain(given);
        InetAddress address = remote.getAddress();
        Transport ruled = firstMatch(connectRules, remote);
        if (ruled == Transport.KERNEL) {
            return Route.kernel(RouteReason.RULE);
        }
        if (ruled == Transport.INET) {
            Engine engine = address.isLoopbackAddress() ? loop : reaching(address);
            return engine == null ? Route.kernel(RouteReason.RULE_WITHOUT_DEVICE) : new Route(engine, RouteReason.RULE);
        }
        if (address.isLoopbackAddress()) {
            Engine engine = loop;
            if (engine == null) {
                return Route.kernel(RouteReason.LOOPBACK);
            }
            return engine.listens(remote)
                    ? new Route(engine, RouteReason.LOOP)
                    : Route.kernel(RouteReason.NO_LISTENER_ON_LOOP);
        }
        if (devices.isEmpty()) {
            return Route.kernel(RouteReason.NO_DEVICE);
        }
        Engine engine = reaching(address);
        return engine == null ? Route.kernel(RouteReason.NOT_REACHED) : new Route(engine, RouteReason.REACHED);
    }

    /** Keeps {@code route} if the socket is bound there, else takes what the socket is bound to. */
    private static Route within(PortReservation bound, Route route, InetSocketAddress remote) {
        if (route.isKernel()) {
            return bound.onKernel() ? route : new Route(bound.engines().get(0), RouteReason.BOUND_TO_DEVICE);
        }
        if (bound.engines().contains(route.engine())) {
            return route;
        }
        if (bound.onKernel()) {
            boolean local = remote.getAddress().isLoopbackAddress();
            return Route.kernel(local ? RouteReason.LOOPBACK : RouteReason.BOUND_TO_KERNEL);
        }
        return new Route(bound.engines().get(0), RouteReason.BOUND_TO_DEVICE);
    }

    private ListenPlan planFor(InetSocketAddress given) {
        if (isRefused(given.getAddress())) {
            return ListenPlan.kernel(RouteReason.NO_IPV6);
        }
        InetSocketAddress local = plain(given);
        InetAddress address = local.getAddress();
        Transport ruled = firstMatch(listenRules, local);
        if (ruled == Transport.KERNEL) {
            return ListenPlan.kernel(RouteReason.RULE);
        }
        if (ruled == Transport.INET) {
            List<Engine> owners = ownersOf(address);
            return owners.isEmpty()
                    ? ListenPlan.kernel(RouteReason.RULE_WITHOUT_DEVICE)
                    : new ListenPlan(owners, false, RouteReason.RULE);
        }
        if (address.isLoopbackAddress()) {
            Engine engine = loop;
            return engine == null
                    ? ListenPlan.kernel(RouteReason.LOOPBACK)
                    : ListenPlan.engine(engine, RouteReason.LOOP);
        }
        if (all.isEmpty()) {
            return ListenPlan.kernel(RouteReason.NO_DEVICE);
        }
        if (address.isAnyLocalAddress()) {
            return new ListenPlan(all, true, RouteReason.WILDCARD);
        }
        Engine owner = ownerOf(address);
        return owner == null
                ? ListenPlan.kernel(RouteReason.NOT_OUR_ADDRESS)
                : ListenPlan.engine(owner, RouteReason.OWN_ADDRESS);
    }

    private List<Engine> ownersOf(InetAddress address) {
        if (address.isAnyLocalAddress()) {
            return all;
        }
        Engine owner = address.isLoopbackAddress() ? loop : ownerOf(address);
        return owner == null ? List.of() : List.of(owner);
    }

    /** Returns whether the JDK's sockets refuse the address: they open none of IPv6 in this JVM, and neither do we. */
    private boolean isRefused(InetAddress address) {
        return address instanceof Inet6Address && defaultFamily == StandardProtocolFamily.INET;
    }

    /** Returns a v4-mapped address that somebody made as an {@link Inet6Address} as what it means. */
    private static InetSocketAddress plain(InetSocketAddress given) {
        if (!(given.getAddress() instanceof Inet6Address ipv6)) {
            return given;
        }
        try {
            InetAddress meant = InetAddress.getByAddress(ipv6.getAddress()); // which makes IPv4 of it
            return meant instanceof Inet6Address ? given : new InetSocketAddress(meant, given.getPort());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 16 bytes", e);
        }
    }

    private @Nullable Engine ownerOf(InetAddress address) {
        for (Engine engine : devices) {
            if (engine.isLocal(address)) {
                return engine;
            }
        }
        return null;
    }

    private @Nullable Engine reaching(InetAddress address) {
        for (Engine engine : devices) {
            if (engine.reaches(address)) {
                return engine;
            }
        }
        return null;
    }

    private static @Nullable Transport firstMatch(List<Rule> rules, InetSocketAddress address) {
        for (Rule rule : rules) {
            if (rule.matches(address.getAddress(), address.getPort())) {
                return rule.transport();
            }
        }
        return null;
    }
}
