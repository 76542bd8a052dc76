package io.demijohn.spi.config;

import java.net.InetAddress;
import java.util.List;

/**
 * One network device as configured.
 *
 * @param uri what the user typed, such as {@code tap:dj0}
 * @param addresses at least one unless {@code autoconfigure}
 * @param gateways where packets for other networks go, at most one for each family
 * @param autoconfigure whether IPv6 routers are asked for prefixes, and addresses made of them
 * @param mtuBytes largest IP packet, or 0 for the device's own
 */
public record NetSpec(
        String uri, List<NetAddress> addresses, List<InetAddress> gateways, boolean autoconfigure, int mtuBytes) {
    public NetSpec {
        addresses = List.copyOf(addresses);
        gateways = List.copyOf(gateways);
    }

    /** Returns the part of the URI before the colon, such as {@code tap}. */
    public String scheme() {
        return uri.substring(0, uri.indexOf(':'));
    }
}
