package io.demijohn.spi;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;

/** What channels ask about the addresses given to them. Stateless; any thread. */
final class InetAddresses {
    private static final InetAddress ANY_IPV4 = of(new byte[4]);
    private static final InetAddress ANY_IPV6 = of(new byte[16]);
    private static final InetAddress LOOPBACK_IPV4 = of(new byte[] {127, 0, 0, 1});
    private static final InetAddress LOOPBACK_IPV6 = of(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});

    private InetAddresses() {}

    /** Checks type, resolution and family of {@code address} and throws what the JDK's channels throw. */
    static InetSocketAddress check(SocketAddress address, ProtocolFamily family) {
        Objects.requireNonNull(address);
        if (!(address instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        if (inet.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        if (family == StandardProtocolFamily.INET && !(inet.getAddress() instanceof Inet4Address)) {
            throw new UnsupportedAddressTypeException();
        }
        return inet;
    }

    /** Returns a listener's wildcard address in the form of {@code family}, as the kernel's channel says it; others as they are. */
    static InetSocketAddress listening(InetSocketAddress wanted, ProtocolFamily family) {
        return wanted.getAddress().isAnyLocalAddress() ? new InetSocketAddress(any(family), wanted.getPort()) : wanted;
    }

    /** Returns where a connect to {@code to} goes: to the wildcard address means to this host. */
    static InetSocketAddress reachable(InetSocketAddress to) {
        InetAddress address = to.getAddress();
        return address.isAnyLocalAddress() ? new InetSocketAddress(loopbackLike(address), to.getPort()) : to;
    }

    /** Returns the wildcard address of {@code family}. */
    static InetAddress any(ProtocolFamily family) {
        return family == StandardProtocolFamily.INET ? ANY_IPV4 : ANY_IPV6;
    }

    /** Returns the loopback address of the family of {@code wildcard}. */
    private static InetAddress loopbackLike(InetAddress wildcard) {
        return wildcard instanceof Inet6Address ? LOOPBACK_IPV6 : LOOPBACK_IPV4;
    }

    private static InetAddress of(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }
}
