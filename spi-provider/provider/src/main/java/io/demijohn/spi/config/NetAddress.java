package io.demijohn.spi.config;

import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * An address of a device together with the network it is in.
 *
 * @param address the station's own address
 * @param prefixLength leading bits that name the network, 1 to 32 for IPv4, 1 to 128 for IPv6
 */
public record NetAddress(InetAddress address, int prefixLength) {
    /** Returns whether {@code other} is in the same network. */
    public boolean contains(InetAddress other) {
        return AddressText.samePrefix(address.getAddress(), other.getAddress(), prefixLength);
    }

    boolean isIpv6() {
        return address instanceof Inet6Address;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + prefixLength;
    }
}
