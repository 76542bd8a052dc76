package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;

/** Which values the options of java.net's sockets take; run on the JDK as it is and on ours. */
abstract class SocketOptionValueContract extends SocketContract {
    private static final int ECN_BITS = 3;

    @Test
    void trafficClass_anyOctet_keepsAllButTheEcnBits() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            for (int octet : new int[] {0, 0x04, 0x28, 0xb8, 0xfc, 0xff, 0x13}) {
                pair.client().setTrafficClass(octet);
                assertEquals(octet & ~ECN_BITS, pair.client().getTrafficClass());
                pair.accepted().setOption(StandardSocketOptions.IP_TOS, octet);
                assertEquals(octet & ~ECN_BITS, pair.accepted().getOption(StandardSocketOptions.IP_TOS));
            }
        }
    }

    @Test
    void linger_beyondItsBounds_isBrought() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            Socket socket = pair.client();
            socket.setSoLinger(true, 70_000);
            assertEquals(65_535, socket.getSoLinger());
            socket.setOption(StandardSocketOptions.SO_LINGER, -7);
            assertEquals(-1, socket.getOption(StandardSocketOptions.SO_LINGER));
            assertEquals(-1, socket.getSoLinger());
            socket.setOption(StandardSocketOptions.SO_LINGER, 5);
            assertEquals(5, socket.getSoLinger());
            socket.setSoLinger(false, 5);
            assertEquals(-1, socket.getSoLinger());
        }
    }

    @Test
    void timeout_largest_isTakenAndRead() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            pair.client().setSoTimeout(Integer.MAX_VALUE);
            assertEquals(Integer.MAX_VALUE, pair.client().getSoTimeout());
            pair.server().setSoTimeout(Integer.MAX_VALUE);
            assertEquals(Integer.MAX_VALUE, pair.server().getSoTimeout());
        }
    }

    @Test
    void everySupportedOption_inEachState_canBeRead() throws Exception {
        try (ServerSocket server = world.listen();
                Socket socket = new Socket()) {
            readAll(socket);
            socket.bind(new InetSocketAddress(world.loopback(), 0));
            readAll(socket);
            socket.connect(world.addressOf(server));
            readAll(socket);
            try (Socket accepted = server.accept()) {
                readAll(accepted);
            }
            for (SocketOption<?> option : server.supportedOptions()) {
                assertInstanceOf(option.type(), server.getOption(option), option.name());
            }
        }
    }

    @Test
    void quickAck_connected_isTaken() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            pair.client().setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
            pair.client().setOption(ExtendedSocketOptions.TCP_QUICKACK, false);
            pair.client().getOutputStream().write(1);
            assertEquals(1, pair.accepted().getInputStream().read());
        }
    }

    @Test
    void incomingNapiId_isReadOnly() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            assertTrue(pair.client().getOption(ExtendedSocketOptions.SO_INCOMING_NAPI_ID) >= 0);
            assertThrows(Exception.class, () -> pair.client().setOption(ExtendedSocketOptions.SO_INCOMING_NAPI_ID, 1));
        }
    }

    @Test
    void options_ofAServer_areItsOwnSet() throws Exception {
        try (ServerSocket server = new ServerSocket()) {
            server.setReuseAddress(false);
            assertEquals(false, server.getReuseAddress());
            assertEquals(false, server.getOption(StandardSocketOptions.SO_REUSEADDR));
            server.setOption(StandardSocketOptions.SO_RCVBUF, 40_000);
            assertEquals(40_000, server.getReceiveBufferSize());
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> server.setOption(StandardSocketOptions.TCP_NODELAY, true));
            assertThrows(UnsupportedOperationException.class, () -> server.getOption(StandardSocketOptions.SO_LINGER));
            server.setPerformancePreferences(0, 1, 2);
            server.bind(new InetSocketAddress(world.listenAddress(), 0));
            server.setPerformancePreferences(2, 1, 0);
            assertEquals(false, server.getReuseAddress());
        }
    }

    @Test
    void options_ofTheListener_reachTheAccepted() throws Exception {
        try (ServerSocket server = new ServerSocket()) {
            server.setReceiveBufferSize(50_000);
            server.setOption(StandardSocketOptions.IP_TOS, 0x28);
            server.bind(new InetSocketAddress(world.listenAddress(), 0));
            try (Socket client = world.connect(server);
                    Socket accepted = server.accept()) {
                assertEquals(50_000, accepted.getReceiveBufferSize());
                assertTrue(accepted.getReuseAddress());
                assertEquals(0, client.getTrafficClass());
            }
        }
    }

    @Test
    void options_nullNamesAndValues_refused() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            Socket socket = pair.client();
            assertThrows(NullPointerException.class, () -> socket.getOption(null));
            assertThrows(NullPointerException.class, () -> socket.setOption(null, true));
            assertThrows(
                    IllegalArgumentException.class, () -> socket.setOption(StandardSocketOptions.TCP_NODELAY, null));
        }
    }

    @Test
    void options_closed_socketException() throws Exception {
        Socket socket = new Socket();
        socket.close();
        assertThrows(SocketException.class, () -> socket.getOption(StandardSocketOptions.TCP_NODELAY));
        assertThrows(SocketException.class, () -> socket.setOption(StandardSocketOptions.TCP_NODELAY, true));
        ServerSocket server = world.listen();
        server.close();
        assertThrows(SocketException.class, () -> server.getOption(StandardSocketOptions.SO_RCVBUF));
        assertThrows(SocketException.class, () -> server.setOption(StandardSocketOptions.SO_RCVBUF, 9_999));
    }

    @Test
    void linger_nobodyReads_closeWaitsNoLongerThanItSays() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            Background<Integer> writer = Background.start(() -> {
                        try {
                            while (true) {
                                pair.client().getOutputStream().write(new byte[1 << 20]);
                            }
                        } catch (SocketException e) {
                            return 0;
                        }
                    })
                    .awaitBlocked();
            pair.client().setSoLinger(true, 1);
            long startNanos = System.nanoTime();
            pair.client().close();
            assertTrue(System.nanoTime() - startNanos < 10_000_000_000L);
            assertEquals(0, writer.get());
        }
    }

    private static void readAll(Socket socket) throws IOException {
        for (SocketOption<?> option : socket.supportedOptions()) {
            assertInstanceOf(option.type(), socket.getOption(option), option.name());
        }
    }
}
