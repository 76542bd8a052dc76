package io.demijohn.spi;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Collections;

/**
 * The families that every contract runs over, by their loopback address; {@link TapFamilies} puts the addresses of a tap
 * device in its place.
 */
enum Loopback {
    IPV4("127.0.0.1", "contract.ipv4"),
    IPV6("::1", "contract.ipv6");

    private final String text;
    private final String property;

    Loopback(String text, String property) {
        this.text = text;
        this.property = property;
    }

    /** Returns the address; skips the test on a host whose kernel has none of the family. */
    InetAddress address() {
        return address(System.getProperty(property, text));
    }

    /** Returns the address that the kernel owns; skips likewise. */
    InetAddress ofKernel() {
        return address(text);
    }

    private InetAddress address(String literal) {
        assumeTrue(this == IPV4 || hostHasIpv6(), "this host has no IPv6 loopback");
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("a literal is never looked up", e);
        }
    }

    private static boolean hostHasIpv6() {
        try {
            return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                    .flatMap(NetworkInterface::inetAddresses)
                    .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress());
        } catch (SocketException e) {
            return false;
        }
    }
}
