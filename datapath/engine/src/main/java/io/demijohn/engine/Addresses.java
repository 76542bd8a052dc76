package io.demijohn.engine;

import io.demijohn.stack.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Carries addresses between the JDK's classes and the stack's; any thread. */
final class Addresses {
    private Addresses() {}

    static IpAddress ip(InetAddress address) {
        return IpAddress.ofBytes(address.getAddress());
    }

    static InetSocketAddress socketAddress(IpAddress address, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address.toBytes()), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }
}
