package io.demijohn.spi.config;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One network device as configured.
 *
 * @param uri what the user typed, such as {@code tap:dj0}
 * @param addresses at least one
 * @param gateway where packets for other networks go, or null if there are none
 * @param mtuBytes largest IP packet, or 0 for the device's own
 */
public record NetSpec(String uri, List<NetAddress> addresses, @Nullable InetAddress gateway, int mtuBytes) {
    public NetSpec {
        addresses = List.copyOf(addresses);
    }

    /** Returns the part of the URI before the colon, such as {@code tap}. */
    public String scheme() {
        return uri.substring(0, uri.indexOf(':'));
    }
}
