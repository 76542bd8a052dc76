package io.demijohn.engine;

import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.tcp.TcpConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an engine is opened with.
 *
 * @param networks own addresses with their prefixes, at least one unless addresses come from routers
 * @param gateways where packets for other networks go; the first of each family counts
 * @param autoconfigure whether IPv6 routers are asked for prefixes and addresses made of them
 * @param resolveNeighbours whether ARP and neighbour discovery are spoken; false on a device that reaches only this engine
 * @param tcp the stack's TCP settings
 * @param spinNanos how long a waiting platform thread polls without work before it sleeps
 * @param memoryBytes bound of the engine's registered memory
 * @param seed secret for sequence numbers, ports and hashes
 */
public record EngineOptions(
        List<LocalNetwork> networks,
        List<IpAddress> gateways,
        boolean autoconfigure,
        boolean resolveNeighbours,
        TcpConfig tcp,
        long spinNanos,
        long memoryBytes,
        long seed) {
    /** Default of {@link #spinNanos}. */
    public static final long SPIN_NANOS = 50_000;

    public EngineOptions {
        networks = List.copyOf(networks);
        gateways = List.copyOf(gateways);
        if (networks.isEmpty() && !autoconfigure) {
            throw new IllegalArgumentException("an engine needs at least one address");
        }
    }

    /** Makes the options of an engine that asks no routers; {@code gateway} may be null. */
    public EngineOptions(
            List<LocalNetwork> networks,
            @Nullable IpAddress gateway,
            boolean resolveNeighbours,
            TcpConfig tcp,
            long spinNanos,
            long memoryBytes,
            long seed) {
        this(
                networks,
                gateway == null ? List.of() : List.of(gateway),
                false,
                resolveNeighbours,
                tcp,
                spinNanos,
                memoryBytes,
                seed);
    }
}
