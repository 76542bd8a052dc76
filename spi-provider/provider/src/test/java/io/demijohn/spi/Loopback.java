package io.demijohn.spi;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Collections;

/** The families that every contract runs over, by their loopback address. */
enum Loopback {
    IPV4("127.0.0.1"),
    IPV6("::1");

    private final String text;

    Loopback(String text) {
        this.text = text;
    }

    /** Returns the address; skips the test on a host whose kernel has none of the family. */
    InetAddress address() {
        assumeTrue(this == IPV4 || hostHasIpv6(), "this host has no IPv6 loopback");
        try {
            return InetAddress.getByName(text);
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
