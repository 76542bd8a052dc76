package io.demijohn.engine;

import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.tcp.TcpConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an engine is opened with.
 *
 * @param networks own addresses with their prefixes, at least one
 * @param gateway where packets for other networks go, or null for none
 * @param resolveNeighbours whether ARP is spoken; false on a device that reaches only this engine
 * @param tcp the stack's TCP settings
 * @param spinNanos how long a waiting platform thread polls without work before it sleeps
 * @param memoryBytes bound of the engine's registered memory
 * @param seed secret for sequence numbers, ports and hashes
 */
public record EngineOptions(
        List<LocalNetwork> networks,
        @Nullable IpAddress gateway,
        boolean resolveNeighbours,
        TcpConfig tcp,
        long spinNanos,
        long memoryBytes,
        long seed) {
    /** Default of {@link #spinNanos}. */
    public static final long SPIN_NANOS = 50_000;

    public EngineOptions {
        networks = List.copyOf(networks);
        if (networks.isEmpty()) {
            throw new IllegalArgumentException("an engine needs at least one address");
        }
    }
}
