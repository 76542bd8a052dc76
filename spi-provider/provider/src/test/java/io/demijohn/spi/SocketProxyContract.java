package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.spi.TestProxy.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sockets that connect through SOCKS and HTTP proxies; run on the JDK as it is and on ours. */
abstract class SocketProxyContract extends SocketContract {
    private final Properties before = new Properties();

    @BeforeEach
    void keepProperties() {
        before.putAll(System.getProperties());
    }

    @AfterEach
    void restoreProperties() {
        System.setProperties(before);
    }

    @Test
    void socks5_target_isReachedThroughTheProxy() throws Exception {
        try (TestProxy proxy = TestProxy.start(world, Kind.SOCKS_5);
                ServerSocket target = world.listen()) {
            Socket socket = new Socket(new Proxy(Proxy.Type.SOCKS, proxy.address()));
            exchange(socket, target);
            assertEquals(world.addressOf(target), socket.getRemoteSocketAddress());
            assertEquals(List.of("5 " + world.addressOf(target)), proxy.requests());
        }
    }

    @Test
    void socks4_proxyThatKnowsNoOther_isReachedAsSuch() throws Exception {
        if (world.loopback().getAddress().length > 4) {
            return; // version 4 has IPv4 addresses alone
        }
        try (TestProxy proxy = TestProxy.start(world, Kind.SOCKS_4);
                ServerSocket target = world.listen()) {
            exchange(new Socket(new Proxy(Proxy.Type.SOCKS, proxy.address())), target);
            assertTrue(proxy.requests().contains("4 " + world.addressOf(target)), proxy.requests()::toString);
        }
    }

    @Test
    void socks5_unresolvedTarget_isLeftToTheProxy() throws Exception {
        try (TestProxy proxy = TestProxy.start(world, Kind.SOCKS_5);
                ServerSocket target = world.listen();
                Socket socket = new Socket(new Proxy(Proxy.Type.SOCKS, proxy.address()))) {
            proxy.resolve("nowhere.invalid", world.loopback());
            socket.connect(InetSocketAddress.createUnresolved("nowhere.invalid", target.getLocalPort()), 10_000);
            try (Socket accepted = target.accept()) {
                socket.getOutputStream().write(5);
                assertEquals(5, accepted.getInputStream().read());
                assertEquals(target.getLocalPort(), socket.getPort());
            }
        }
    }

    @Test
    void socks5_targetRefuses_socketException() throws Exception {
        ServerSocket gone = world.listen();
        gone.close();
        try (TestProxy proxy = TestProxy.start(world, Kind.SOCKS_5)) {
            Socket socket = new Socket(new Proxy(Proxy.Type.SOCKS, proxy.address()));
            SocketException refused =
                    assertThrows(SocketException.class, () -> socket.connect(world.addressOf(gone), 10_000));
            assertEquals("SOCKS: Connection refused", refused.getMessage());
            socket.close();
        }
    }

    @Test
    void socks5_proxyThatStaysSilent_connectTimesOut() throws Exception {
        try (ServerSocket silent = world.listen();
                Socket socket = new Socket(new Proxy(Proxy.Type.SOCKS, world.addressOf(silent)))) {
            InetSocketAddress target = new InetSocketAddress(world.loopback(), 1);
            assertThrows(SocketTimeoutException.class, () -> socket.connect(target, 100));
        }
    }

    @Test
    void socksProxyHost_property_sendsEverySocketThroughTheProxy() throws Exception {
        try (TestProxy proxy = TestProxy.start(world, Kind.SOCKS_5);
                ServerSocket target = world.listen()) {
            System.setProperty("socksProxyHost", proxy.address().getAddress().getHostAddress());
            System.setProperty(
                    "socksProxyPort", Integer.toString(proxy.address().getPort()));
            System.setProperty("socksNonProxyHosts", "");
            exchange(new Socket(), target);
            assertEquals(1, proxy.requests().size());
            exchange(new Socket(Proxy.NO_PROXY), target);
            assertEquals(1, proxy.requests().size(), "NO_PROXY goes straight");
        }
    }

    @Test
    void noProxy_target_isReachedDirectly() throws Exception {
        try (ServerSocket target = world.listen()) {
            exchange(new Socket(Proxy.NO_PROXY), target);
        }
    }

    @Test
    void httpConnect_target_isReachedThroughTheTunnel() throws Exception {
        try (TestProxy proxy = TestProxy.start(world, Kind.HTTP);
                ServerSocket target = world.listen()) {
            Socket socket = new Socket(new Proxy(Proxy.Type.HTTP, proxy.address()));
            exchange(socket, target);
            assertEquals(1, proxy.requests().size());
            String request = proxy.requests().get(0);
            assertTrue(request.startsWith("CONNECT "), request);
            assertTrue(request.contains(":" + target.getLocalPort()), request);
        }
    }

    @Test
    void httpConnect_proxyRefuses_ioException() throws Exception {
        ServerSocket gone = world.listen();
        gone.close();
        try (TestProxy proxy = TestProxy.start(world, Kind.HTTP)) {
            Socket socket = new Socket(new Proxy(Proxy.Type.HTTP, proxy.address()));
            IOException refused = assertThrows(IOException.class, () -> socket.connect(world.addressOf(gone), 10_000));
            assertTrue(String.valueOf(refused.getMessage()).contains("502"), refused.getMessage());
            socket.close();
        }
    }

    @Test
    void options_setBeforeConnectingThroughAProxy_hold() throws Exception {
        try (TestProxy proxy = TestProxy.start(world, Kind.SOCKS_5);
                ServerSocket target = world.listen();
                Socket socket = new Socket(new Proxy(Proxy.Type.SOCKS, proxy.address()))) {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.setSoTimeout(54_321);
            socket.connect(world.addressOf(target));
            assertTrue(socket.getTcpNoDelay());
            assertTrue(socket.getKeepAlive());
            assertEquals(54_321, socket.getSoTimeout());
            target.accept().close();
        }
    }

    /** Connects {@code unconnected} to {@code target}, sends bytes both ways, and closes it. */
    private void exchange(Socket unconnected, ServerSocket target) throws IOException {
        List<Socket> open = new ArrayList<>(List.of(unconnected));
        try {
            unconnected.connect(world.addressOf(target), 10_000);
            Socket accepted = target.accept();
            open.add(accepted);
            unconnected.getOutputStream().write(1);
            assertEquals(1, accepted.getInputStream().read());
            accepted.getOutputStream().write(new byte[] {2, 3});
            assertEquals(2, unconnected.getInputStream().read());
            assertEquals(3, unconnected.getInputStream().read());
            unconnected.shutdownOutput();
            assertEquals(-1, accepted.getInputStream().read());
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }
}
