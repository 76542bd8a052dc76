package io.demijohn.spi.config;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One line of the ordered {@code listen} and {@code connect} rules: the first that matches decides.
 *
 * @param network the addresses it is about, or null for all of both families
 * @param prefixLength leading bits of {@code network} that must be equal
 * @param firstPort lowest port it is about, 0 to 65535
 * @param lastPort highest port it is about, at least {@code firstPort}
 * @param transport what it chooses
 */
public record Rule(@Nullable InetAddress network, int prefixLength, int firstPort, int lastPort, Transport transport) {
    static final int PORT_MAX = 65535;

    /** Returns whether the rule is about {@code address} and {@code port}. */
    public boolean matches(InetAddress address, int port) {
        if (port < firstPort || port > lastPort) {
            return false;
        }
        return network == null || AddressText.samePrefix(network.getAddress(), address.getAddress(), prefixLength);
    }
}
