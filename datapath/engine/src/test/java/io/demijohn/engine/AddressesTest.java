package io.demijohn.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.demijohn.stack.IpAddress;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** The forms in which the JDK's sockets say addresses. */
final class AddressesTest {
    private static final int SCOPE_ID = 7;

    @Test
    void v4MappedAddress_isSaidAsIpv4() throws Exception {
        InetSocketAddress address = Addresses.socketAddress(IpAddress.ofIpv4(0x0A4D0002), 80, SCOPE_ID);
        assertInstanceOf(Inet4Address.class, address.getAddress());
        assertEquals("/10.77.0.2:80", address.toString());
    }

    @Test
    void linkLocalAddress_hasTheScopeOfItsLink() throws Exception {
        InetSocketAddress address = Addresses.socketAddress(ip("fe80::1"), 80, SCOPE_ID);
        assertEquals(SCOPE_ID, ((Inet6Address) address.getAddress()).getScopeId());
        assertEquals("fe80:0:0:0:0:0:0:1%7", address.getAddress().getHostAddress());
        assertEquals(
                "fe80:0:0:0:0:0:0:1",
                Addresses.socketAddress(ip("fe80::1"), 80, 0).getAddress().getHostAddress());
    }

    @Test
    void globalAddress_hasNoScope() throws Exception {
        InetSocketAddress address = Addresses.socketAddress(ip("fd77::2"), 80, SCOPE_ID);
        assertEquals("fd77:0:0:0:0:0:0:2", address.getAddress().getHostAddress());
    }

    private static IpAddress ip(String literal) throws Exception {
        return IpAddress.ofBytes(InetAddress.getByName(literal).getAddress());
    }
}
