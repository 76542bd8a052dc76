package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;

/** The options of java.net's sockets; run on the JDK as it is and on ours. */
abstract class SocketOptionContract extends SocketContract {
    @Test
    void options_setBeforeConnect_holdAfterwards() throws Exception {
        try (ServerSocket server = world.listen();
                Socket socket = new Socket()) {
            set(socket);
            check(socket);
            socket.connect(world.addressOf(server));
            check(socket);
            server.accept().close();
        }
    }

    @Test
    void options_setOnConnectedAndAccepted_hold() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            set(pair.client());
            check(pair.client());
            set(pair.accepted());
            check(pair.accepted());
        }
    }

    @Test
    void keepAliveTimes_setBeforeAndAfterConnect_holdOnEveryRoute() throws Exception {
        try (ServerSocket server = world.listen();
                Socket socket = new Socket()) {
            server.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 33);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 11);
            socket.connect(world.addressOf(server));
            assertEquals(11, socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE));
            socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 12);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 13);
            assertEquals(12, socket.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL));
            assertEquals(13, socket.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT));
            try (Socket accepted = server.accept()) {
                assertEquals(33, accepted.getOption(ExtendedSocketOptions.TCP_KEEPIDLE), "the listener's");
                assertEquals(75, accepted.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL));
            }
        }
    }

    @Test
    void keepAliveTimes_outOfBounds_invalidArgument() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            Socket socket = pair.client();
            for (int value : new int[] {0, -1, 32_768}) {
                SocketException failure = assertThrows(
                        SocketException.class, () -> socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, value));
                assertEquals("Invalid argument", failure.getMessage());
            }
            assertThrows(SocketException.class, () -> socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 128));
            assertEquals(7200, socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE));
        }
    }

    @Test
    void options_neverSet_areTheDefaults() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            for (Socket socket : new Socket[] {pair.client(), pair.accepted()}) {
                assertFalse(socket.getTcpNoDelay());
                assertFalse(socket.getKeepAlive());
                assertFalse(socket.getOOBInline());
                assertEquals(-1, socket.getSoLinger());
                assertEquals(0, socket.getSoTimeout());
                assertEquals(0, socket.getTrafficClass());
                assertTrue(socket.getReceiveBufferSize() > 0);
                assertTrue(socket.getSendBufferSize() > 0);
            }
            assertFalse(pair.client().getReuseAddress());
            assertTrue(pair.accepted().getReuseAddress());
        }
    }

    @Test
    void supportedOptions_anySocket_equalTheStockOnes() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            Set<String> client = names(pair.client().supportedOptions());
            Set<String> accepted = names(pair.accepted().supportedOptions());
            Set<String> server = names(pair.server().supportedOptions());
            for (SocketOption<?> option : pair.client().supportedOptions()) {
                pair.client().getOption(option);
            }
            world.leave();
            try (Socket stock = new Socket();
                    ServerSocket stockServer = new ServerSocket()) {
                assertEquals(names(stock.supportedOptions()), client);
                assertEquals(client, accepted);
                assertEquals(names(stockServer.supportedOptions()), server);
            }
        }
    }

    @Test
    void options_badValues_refusedAsTheJdkDoes() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            Socket socket = pair.client();
            assertEquals(
                    "Invalid IP_TOS value",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> socket.setOption(StandardSocketOptions.IP_TOS, 256))
                            .getMessage());
            assertEquals(
                    "Invalid send/receive buffer size",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> socket.setOption(StandardSocketOptions.SO_SNDBUF, -1))
                            .getMessage());
            assertEquals(
                    "'IP_MULTICAST_TTL' not supported",
                    assertThrows(
                                    UnsupportedOperationException.class,
                                    () -> socket.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1))
                            .getMessage());
            assertThrows(IllegalArgumentException.class, () -> socket.setOption(StandardSocketOptions.SO_LINGER, null));
        }
    }

    @Test
    void options_ofServer_hold() throws Exception {
        try (ServerSocket server = new ServerSocket()) {
            assertTrue(server.getReuseAddress());
            server.setReceiveBufferSize(20_000);
            server.setSoTimeout(77);
            server.bind(new java.net.InetSocketAddress(world.listenAddress(), 0));
            assertEquals(77, server.getSoTimeout());
            assertEquals(20_000, server.getReceiveBufferSize());
            server.setSoTimeout(0);
            server.setReceiveBufferSize(30_000);
            assertEquals(30_000, server.getReceiveBufferSize());
            try (Socket client = world.connect(server);
                    Socket accepted = server.accept()) {
                assertEquals(30_000, accepted.getReceiveBufferSize());
                assertTrue(client.isConnected());
            }
        }
    }

    @Test
    @SuppressWarnings({"deprecation", "removal"}) // the constructor is what is tested
    void datagramConstructor_anyWorld_asTheJdk() throws Exception {
        try (DatagramSocket receiver = new DatagramSocket()) {
            if (Runtime.version().feature() > 17) {
                assertThrows(
                        IllegalArgumentException.class, () -> new Socket("127.0.0.1", receiver.getLocalPort(), false));
            } else {
                new Socket("127.0.0.1", receiver.getLocalPort(), false).close();
            }
        }
    }

    private static void set(Socket socket) throws SocketException {
        socket.setTcpNoDelay(true);
        socket.setKeepAlive(true);
        socket.setSoLinger(true, 7);
        socket.setSoTimeout(4321);
        socket.setReuseAddress(true);
        socket.setOOBInline(true);
        socket.setTrafficClass(0x10);
        socket.setReceiveBufferSize(50_000);
        socket.setSendBufferSize(60_000);
        socket.setPerformancePreferences(1, 2, 3);
    }

    private static void check(Socket socket) throws SocketException {
        assertTrue(socket.getTcpNoDelay());
        assertTrue(socket.getKeepAlive());
        assertEquals(7, socket.getSoLinger());
        assertEquals(4321, socket.getSoTimeout());
        assertTrue(socket.getReuseAddress());
        assertTrue(socket.getOOBInline());
        assertEquals(0x10, socket.getTrafficClass());
        assertEquals(50_000, socket.getReceiveBufferSize());
        assertEquals(60_000, socket.getSendBufferSize());
    }

    private static Set<String> names(Set<SocketOption<?>> options) {
        return options.stream().map(SocketOption::name).collect(Collectors.toCollection(TreeSet::new));
    }
}
