package io.demijohn.stack;

import io.demijohn.device.Capabilities;
import io.demijohn.stack.tcp.TcpConfig;
import io.demijohn.stack.wire.Ipv6Header;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a stack is told at its start; immutable.
 *
 * @param macAddress the device's station address in the low 48 bits
 * @param networks our addresses, at least one
 * @param gateways the ways to all other networks, the first of each family counts
 * @param autoconfigure IPv6 routers are asked for prefixes, and addresses made of them (RFC 4862)
 * @param mtuBytes largest IP packet that one frame carries
 * @param resolveNeighbours ARP and neighbour discovery are spoken; if false the device loops frames back and their destination is our own station
 * @param capabilities what the device does for the stack
 * @param tcp TCP's tunables
 * @param seed secret behind initial sequence numbers and random ports
 */
public record StackConfig(
        long macAddress,
        List<LocalNetwork> networks,
        List<IpAddress> gateways,
        boolean autoconfigure,
        int mtuBytes,
        boolean resolveNeighbours,
        Capabilities capabilities,
        TcpConfig tcp,
        long seed) {
    /** Smallest MTU that every IPv4 host must take whole (RFC 791, 3.2 asks for 576). */
    public static final int MTU_MIN_BYTES = 576;

    public StackConfig {
        networks = List.copyOf(networks);
        gateways = List.copyOf(gateways);
        if (networks.isEmpty() && !autoconfigure) {
            throw new IllegalArgumentException("a stack without an address");
        }
        if (mtuBytes < MTU_MIN_BYTES || mtuBytes > 65_535) {
            throw new IllegalArgumentException("mtu " + mtuBytes + ": must be " + MTU_MIN_BYTES + " to 65535");
        }
        if (mtuBytes < Ipv6Header.MTU_MIN_BYTES && speaksIpv6(networks, autoconfigure)) {
            throw new IllegalArgumentException(
                    "mtu " + mtuBytes + ": must be " + Ipv6Header.MTU_MIN_BYTES + " at least for IPv6 (RFC 8200, 5)");
        }
    }

    /** Makes the configuration of a host that asks no routers; {@code gateway} may be null. */
    public StackConfig(
            long macAddress,
            List<LocalNetwork> networks,
            @Nullable IpAddress gateway,
            int mtuBytes,
            boolean resolveNeighbours,
            Capabilities capabilities,
            TcpConfig tcp,
            long seed) {
        this(
                macAddress,
                networks,
                gateway == null ? List.of() : List.of(gateway),
                false,
                mtuBytes,
                resolveNeighbours,
                capabilities,
                tcp,
                seed);
    }

    /** Returns whether the host has IPv6 addresses, or may get them. */
    public boolean speaksIpv6() {
        return speaksIpv6(networks, autoconfigure);
    }

    /** Returns whether a host with these networks has IPv6 addresses, or may get them. */
    public static boolean speaksIpv6(List<LocalNetwork> networks, boolean autoconfigure) {
        return autoconfigure
                || networks.stream().anyMatch(network -> !network.address().isIpv4());
    }
}
