package io.demijohn.engine;

import io.demijohn.stack.IpAddress;
import io.demijohn.stack.wire.Ipv6Kind;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Carries addresses between the JDK's classes and the stack's; any thread. */
final class Addresses {
    private Addresses() {}

    static IpAddress ip(InetAddress address) {
        return IpAddress.ofBytes(address.getAddress());
    }

    /** Returns the JDK's form; a link-local address gets {@code scopeId} unless that is 0, as the kernel's sockets say it. */
    static InetSocketAddress socketAddress(IpAddress address, int port, int scopeId) {
        byte[] bytes = address.toBytes();
        try {
            boolean scoped = scopeId != 0 && !address.isIpv4() && Ipv6Kind.isLinkLocal(address.high());
            return new InetSocketAddress(
                    scoped ? Inet6Address.getByAddress(null, bytes, scopeId) : InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }
}
