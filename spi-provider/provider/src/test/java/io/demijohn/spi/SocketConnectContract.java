package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How java.net's sockets bind, listen, accept and connect; run on the JDK as it is and on ours. */
abstract class SocketConnectContract extends SocketContract {
    private static final int CONNECTS_MAX = 64;

    @Test
    @Tag("proves:rfc9293-refused")
    void connect_nobodyListens_refused() throws Exception {
        ServerSocket server = world.listen();
        server.close();
        Socket socket = new Socket();
        ConnectException refused = assertThrows(ConnectException.class, () -> socket.connect(world.addressOf(server)));
        assertEquals("Connection refused", refused.getMessage());
        socket.close();
    }

    @Test
    void connect_backlogFull_timesOut() throws Exception {
        List<Socket> connected = new ArrayList<>();
        try (ServerSocket server = new ServerSocket(0, 1, world.listenAddress())) {
            SocketTimeoutException late =
                    assertThrows(SocketTimeoutException.class, () -> fill(server, connected, 100));
            assertEquals("Connect timed out", late.getMessage());
        } finally {
            closeAll(connected);
        }
    }

    @Test
    void close_whileConnecting_connectThrowsSocketClosed() throws Exception {
        List<Socket> connected = new ArrayList<>();
        try (ServerSocket server = new ServerSocket(0, 1, world.listenAddress())) {
            for (int i = 0; i < 3; i++) { // a listener of ours takes one more from the kernel when it comes to it
                assertThrows(SocketTimeoutException.class, () -> fill(server, connected, 100));
            }
            Socket socket = new Socket();
            Background<Integer> connecting = Background.start(() -> {
                        socket.connect(world.addressOf(server));
                        return 0;
                    })
                    .awaitBlocked();
            socket.close();
            Throwable failure = connecting.failure();
            assertEquals(SocketException.class, failure.getClass());
            assertTrue(failure.toString().endsWith("closed"), failure.toString()); // "is" if it was not inside yet
        } finally {
            closeAll(connected);
        }
    }

    @Test
    void connect_twice_alreadyConnected() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            SocketException again =
                    assertThrows(SocketException.class, () -> pair.client().connect(world.addressOf(pair.server())));
            assertEquals(
                    "already connected",
                    String.valueOf(again.getMessage()).toLowerCase(java.util.Locale.ROOT)); // 17 and 25 differ
        }
    }

    @Test
    void connect_unresolved_unknownHost() throws Exception {
        try (Socket socket = new Socket()) {
            InetSocketAddress nowhere = InetSocketAddress.createUnresolved("nowhere.invalid", 1);
            assertEquals(
                    "nowhere.invalid",
                    assertThrows(UnknownHostException.class, () -> socket.connect(nowhere))
                            .getMessage());
        }
    }

    @Test
    void connect_boundBefore_keepsItsPort() throws Exception {
        try (ServerSocket server = world.listen();
                Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(world.loopback(), 0));
            int port = socket.getLocalPort();
            assertTrue(port > 0);
            assertEquals(world.loopback(), socket.getLocalAddress());
            socket.connect(world.addressOf(server));
            assertEquals(port, socket.getLocalPort());
            try (Socket accepted = server.accept()) {
                assertEquals(port, accepted.getPort());
            }
        }
    }

    @Test
    void connect_boundToWildcard_keepsItsPort() throws Exception {
        try (ServerSocket server = world.listen();
                Socket socket = new Socket()) {
            socket.bind(null);
            int port = socket.getLocalPort();
            socket.connect(world.addressOf(server));
            assertEquals(port, socket.getLocalPort());
            assertEquals(world.loopback(), socket.getLocalAddress());
            server.accept().close();
        }
    }

    @Test
    void bind_portTaken_addressInUse() throws Exception {
        try (ServerSocket server = world.listen()) {
            BindException taken = assertThrows(
                    BindException.class, () -> new ServerSocket(server.getLocalPort(), 50, world.listenAddress()));
            assertEquals(
                    "Address already in use", String.valueOf(taken.getMessage()).replaceAll(" \\(.*", ""));
        }
    }

    @Test
    void bind_afterClose_portIsFreeAgain() throws Exception {
        ServerSocket server = world.listen();
        try (Socket client = world.connect(server);
                Socket accepted = server.accept()) {
            assertNotEquals(0, accepted.getPort());
            server.close();
            new ServerSocket(server.getLocalPort(), 50, world.listenAddress()).close();
            assertTrue(client.isConnected());
        }
    }

    @Test
    void accept_timeoutPasses_throwsAndServerGoesOn() throws Exception {
        try (ServerSocket server = world.listen()) {
            server.setSoTimeout(50);
            assertEquals(
                    "Accept timed out",
                    assertThrows(SocketTimeoutException.class, server::accept).getMessage());
            try (Socket client = world.connect(server);
                    Socket accepted = server.accept()) {
                assertEquals(client.getLocalPort(), accepted.getPort());
                assertEquals(0, accepted.getSoTimeout());
            }
        }
    }

    @Test
    void accept_manyClients_eachOnce() throws Exception {
        int count = 40;
        try (ServerSocket server = world.listen()) {
            Background<Integer> clients = Background.start(() -> {
                for (int i = 0; i < count; i++) {
                    try (Socket socket = world.connect(server)) {
                        socket.getOutputStream().write(i);
                        socket.getInputStream().read();
                    }
                }
                return count;
            });
            for (int i = 0; i < count; i++) {
                try (Socket accepted = server.accept()) {
                    assertEquals(i, accepted.getInputStream().read());
                }
            }
            assertEquals(count, clients.get());
        }
    }

    @Test
    void implAccept_ownSocket_isConnectedAndKeepsItsTimeout() throws Exception {
        try (ImplAcceptServer server = new ImplAcceptServer(world.listenAddress());
                Socket client = world.connect(server);
                Socket accepted = new Socket()) {
            accepted.setSoTimeout(1234);
            server.acceptInto(accepted);
            client.getOutputStream().write(9);
            assertEquals(9, accepted.getInputStream().read());
            assertEquals(1234, accepted.getSoTimeout());
        }
    }

    @Test
    void serverSocket_unboundAndBound_describesItself() throws Exception {
        try (ServerSocket server = new ServerSocket()) {
            assertEquals(-1, server.getLocalPort());
            assertThrows(SocketException.class, server::accept);
            server.bind(new InetSocketAddress(world.listenAddress(), 0));
            assertEquals(world.listenAddress(), server.getInetAddress());
            assertTrue(server.getLocalPort() > 0);
            assertEquals(
                    "Already bound",
                    assertThrows(SocketException.class, () -> server.bind(null)).getMessage());
        }
    }

    private void fill(ServerSocket server, List<Socket> connected, int timeoutMillis) throws IOException {
        for (int i = 0; i < CONNECTS_MAX; i++) {
            Socket socket = new Socket();
            socket.connect(world.addressOf(server), timeoutMillis);
            connected.add(socket);
        }
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** A server that accepts into sockets its caller made, as SSL and RMI do. */
    private static final class ImplAcceptServer extends ServerSocket {
        ImplAcceptServer(InetAddress address) throws IOException {
            super(0, 50, address);
        }

        void acceptInto(Socket socket) throws IOException {
            implAccept(socket);
        }
    }
}
