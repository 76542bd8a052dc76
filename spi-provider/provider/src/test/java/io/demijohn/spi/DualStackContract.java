package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.channels.spi.SelectorProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What channels promise where the two families meet; run on the JDK's provider and on ours. */
@Timeout(60)
abstract class DualStackContract {
    abstract SelectorProvider provider();

    @BeforeEach
    void needsBothFamilies() {
        Loopback.IPV6.address();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    @Tag("proves:rfc3493")
    void wildcardListener_clientsOfBothFamilies_acceptedAsWhatTheyAre(String wildcard) throws Exception {
        try (ServerSocketChannel listener = provider().openServerSocketChannel()) {
            listener.bind(new InetSocketAddress(InetAddress.getByName(wildcard), 0));
            assertEquals(InetAddress.getByName("::"), ((InetSocketAddress) listener.getLocalAddress()).getAddress());
            assertInstanceOf(Inet4Address.class, acceptedFrom(listener, Loopback.IPV4));
            assertInstanceOf(Inet6Address.class, acceptedFrom(listener, Loopback.IPV6));
        }
    }

    @Test
    void wildcardListener_ofIpv4Alone_ipv6Refused() throws Exception {
        try (ServerSocketChannel listener = provider().openServerSocketChannel(StandardProtocolFamily.INET)) {
            listener.bind(null);
            assertEquals(
                    InetAddress.getByName("0.0.0.0"), ((InetSocketAddress) listener.getLocalAddress()).getAddress());
            assertInstanceOf(Inet4Address.class, acceptedFrom(listener, Loopback.IPV4));
            assertThrows(ConnectException.class, () -> acceptedFrom(listener, Loopback.IPV6));
        }
    }

    @Test
    void channelOfIpv4Alone_ipv6Address_unsupported() throws Exception {
        InetSocketAddress ipv6 = new InetSocketAddress(Loopback.IPV6.address(), 0);
        try (SocketChannel channel = provider().openSocketChannel(StandardProtocolFamily.INET);
                ServerSocketChannel listener = provider().openServerSocketChannel(StandardProtocolFamily.INET)) {
            assertThrows(UnsupportedAddressTypeException.class, () -> channel.connect(ipv6));
            assertThrows(UnsupportedAddressTypeException.class, () -> channel.bind(ipv6));
            assertThrows(UnsupportedAddressTypeException.class, () -> listener.bind(ipv6));
        }
    }

    @Test
    void channelOfIpv6_ipv4Peer_connectsAndSaysIpv4() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(provider(), Loopback.IPV4);
                SocketChannel channel = provider().openSocketChannel(StandardProtocolFamily.INET6)) {
            channel.connect(listener.getLocalAddress());
            InetSocketAddress local = (InetSocketAddress) channel.getLocalAddress();
            assertEquals(Loopback.IPV4.address(), local.getAddress());
            listener.accept().close();
        }
    }

    @Test
    void v4MappedAddress_madeAsIpv6_meansIpv4() throws Exception {
        byte[] mapped = new byte[16];
        mapped[10] = -1;
        mapped[11] = -1;
        System.arraycopy(Loopback.IPV4.address().getAddress(), 0, mapped, 12, 4);
        Inet6Address address = Inet6Address.getByAddress(null, mapped, 0);
        try (ServerSocketChannel listener = ChannelPair.listen(provider(), Loopback.IPV4);
                SocketChannel channel = provider().openSocketChannel()) {
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            channel.connect(new InetSocketAddress(address, port));
            try (SocketChannel accepted = listener.accept()) {
                assertEquals(channel.getLocalAddress(), accepted.getRemoteAddress());
                assertInstanceOf(Inet4Address.class, ((InetSocketAddress) channel.getLocalAddress()).getAddress());
            }
        }
    }

    @Test
    void connect_boundToTheOtherFamily_socketException() throws Exception {
        try (ServerSocketChannel listener = ChannelPair.listen(provider(), Loopback.IPV6);
                SocketChannel channel = provider().openSocketChannel()) {
            channel.bind(new InetSocketAddress(Loopback.IPV4.address(), 0));
            assertThrows(SocketException.class, () -> channel.connect(listener.getLocalAddress()));
        }
    }

    @Test
    void onePort_eachFamilysLoopback_twoListeners() throws Exception {
        try (ServerSocketChannel ipv4 = ChannelPair.listen(provider(), Loopback.IPV4);
                ServerSocketChannel ipv6 = provider().openServerSocketChannel()) {
            int port = ((InetSocketAddress) ipv4.getLocalAddress()).getPort();
            ipv6.bind(new InetSocketAddress(Loopback.IPV6.address(), port));
            assertInstanceOf(Inet4Address.class, acceptedFrom(ipv4, Loopback.IPV4));
            assertInstanceOf(Inet6Address.class, acceptedFrom(ipv6, Loopback.IPV6));
        }
    }

    @Test
    void onePort_wildcardOfBothAndIpv6Loopback_addressInUse() throws Exception {
        try (ServerSocketChannel both = provider().openServerSocketChannel();
                ServerSocketChannel ipv6 = provider().openServerSocketChannel()) {
            both.bind(new InetSocketAddress(0));
            int port = ((InetSocketAddress) both.getLocalAddress()).getPort();
            InetSocketAddress taken = new InetSocketAddress(Loopback.IPV6.address(), port);
            assertThrows(BindException.class, () -> ipv6.bind(taken));
        }
    }

    @Test
    void onePort_wildcardOfIpv4AndIpv6Loopback_twoListeners() throws Exception {
        try (ServerSocketChannel ipv4 = provider().openServerSocketChannel(StandardProtocolFamily.INET);
                ServerSocketChannel ipv6 = provider().openServerSocketChannel()) {
            ipv4.bind(new InetSocketAddress(0));
            int port = ((InetSocketAddress) ipv4.getLocalAddress()).getPort();
            ipv6.bind(new InetSocketAddress(Loopback.IPV6.address(), port));
            assertInstanceOf(Inet4Address.class, acceptedFrom(ipv4, Loopback.IPV4));
            assertInstanceOf(Inet6Address.class, acceptedFrom(ipv6, Loopback.IPV6));
        }
    }

    /** Connects to {@code listener} over a family and returns the address that the accepted channel says the client has. */
    private InetAddress acceptedFrom(ServerSocketChannel listener, Loopback family) throws IOException {
        int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        try (SocketChannel client = provider().openSocketChannel()) {
            client.connect(new InetSocketAddress(family.address(), port));
            try (SocketChannel accepted = listener.accept()) {
                assertEquals(client.getLocalAddress(), accepted.getRemoteAddress());
                assertEquals(client.getRemoteAddress(), accepted.getLocalAddress());
                return ((InetSocketAddress) accepted.getRemoteAddress()).getAddress();
            }
        }
    }
}
