package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What java.net's sockets say of themselves in each state; run on the JDK as it is and on ours. */
abstract class SocketQueriesContract extends SocketContract {
    @Test
    void socket_unconnected_knowsNothing() throws Exception {
        try (Socket socket = new Socket()) {
            assertFalse(socket.isBound());
            assertFalse(socket.isConnected());
            assertFalse(socket.isClosed());
            assertNull(socket.getInetAddress());
            assertNull(socket.getRemoteSocketAddress());
            assertNull(socket.getLocalSocketAddress());
            assertNull(socket.getChannel());
            assertEquals(0, socket.getPort());
            assertEquals(-1, socket.getLocalPort());
            assertTrue(socket.getLocalAddress().isAnyLocalAddress());
            assertEquals("Socket[unconnected]", socket.toString());
            assertMessage("Socket is not connected", socket::getInputStream);
            assertMessage("Socket is not connected", socket::getOutputStream);
            assertMessage("Socket is not connected", socket::shutdownInput);
            assertMessage("Socket is not connected", socket::shutdownOutput);
        }
    }

    @Test
    void socket_bound_knowsItsOwnEnd() throws Exception {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(world.loopback(), 0));
            assertTrue(socket.isBound());
            assertFalse(socket.isConnected());
            assertTrue(socket.getLocalPort() > 0);
            assertEquals(world.loopback(), socket.getLocalAddress());
            assertEquals(
                    new InetSocketAddress(world.loopback(), socket.getLocalPort()), socket.getLocalSocketAddress());
            assertEquals("Socket[unconnected]", socket.toString());
            assertMessage("Already bound", () -> socket.bind(null));
        }
    }

    @Test
    void socket_boundToTheWildcard_saysSo() throws Exception {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(0));
            assertTrue(socket.getLocalAddress().isAnyLocalAddress());
            assertTrue(((InetSocketAddress) socket.getLocalSocketAddress()).getPort() > 0);
        }
    }

    @Test
    void socket_connectedThenClosed_keepsWhatTheJdkKeeps() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            Socket socket = pair.client();
            int port = socket.getPort();
            int localPort = socket.getLocalPort();
            SocketAddress remote = socket.getRemoteSocketAddress();
            socket.close();
            assertTrue(socket.isClosed());
            assertTrue(socket.isConnected());
            assertTrue(socket.isBound());
            assertEquals(port, socket.getPort());
            assertEquals(localPort, socket.getLocalPort());
            assertEquals(world.loopback(), socket.getInetAddress());
            assertEquals(remote, socket.getRemoteSocketAddress());
            assertTrue(socket.getLocalAddress().isAnyLocalAddress());
            assertTrue(socket.toString().contains("port=" + port + ",localport=" + localPort), socket.toString());
        }
    }

    @Test
    void socket_closed_everyCallSaysSo() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            Socket socket = pair.client();
            socket.close();
            for (Executable call : new Executable[] {
                socket::getInputStream,
                socket::getOutputStream,
                socket::shutdownInput,
                socket::shutdownOutput,
                socket::getTcpNoDelay,
                () -> socket.setTcpNoDelay(true),
                socket::getSoLinger,
                () -> socket.setSoLinger(true, 1),
                socket::getSoTimeout,
                () -> socket.setSoTimeout(1),
                socket::getSendBufferSize,
                () -> socket.setSendBufferSize(1),
                socket::getReceiveBufferSize,
                () -> socket.setReceiveBufferSize(1),
                socket::getKeepAlive,
                () -> socket.setKeepAlive(true),
                socket::getTrafficClass,
                () -> socket.setTrafficClass(1),
                socket::getReuseAddress,
                () -> socket.setReuseAddress(true),
                socket::getOOBInline,
                () -> socket.setOOBInline(true),
                () -> socket.sendUrgentData(1),
                () -> socket.bind(null),
                () -> socket.connect(world.addressOf(pair.server())),
                () -> socket.connect(world.addressOf(pair.server()), 1)
            }) {
                String message =
                        String.valueOf(assertThrows(SocketException.class, call).getMessage());
                assertTrue(message.equals("Socket is closed") || message.equals("Socket closed"), message);
            }
        }
    }

    @Test
    void arguments_illegal_refusedBeforeAnythingHappens() throws Exception {
        try (Socket socket = new Socket();
                ServerSocket server = new ServerSocket()) {
            InetSocketAddress somewhere = new InetSocketAddress(world.loopback(), 1);
            assertThrows(IllegalArgumentException.class, () -> socket.connect(null));
            assertThrows(IllegalArgumentException.class, () -> socket.connect(somewhere, -1));
            assertThrows(IllegalArgumentException.class, () -> socket.connect(new OtherAddress()));
            assertThrows(IllegalArgumentException.class, () -> socket.bind(new OtherAddress()));
            assertThrows(IllegalArgumentException.class, () -> socket.setSoTimeout(-1));
            assertThrows(IllegalArgumentException.class, () -> socket.setSoLinger(true, -1));
            assertThrows(IllegalArgumentException.class, () -> socket.setSendBufferSize(0));
            assertThrows(IllegalArgumentException.class, () -> socket.setReceiveBufferSize(0));
            assertThrows(IllegalArgumentException.class, () -> socket.setTrafficClass(256));
            assertThrows(IllegalArgumentException.class, () -> socket.setTrafficClass(-1));
            assertThrows(IllegalArgumentException.class, () -> server.setSoTimeout(-1));
            assertThrows(IllegalArgumentException.class, () -> server.setReceiveBufferSize(0));
            assertThrows(IllegalArgumentException.class, () -> server.bind(new OtherAddress()));
            assertThrows(IllegalArgumentException.class, () -> new ServerSocket(-1).close());
            assertThrows(IllegalArgumentException.class, () -> new ServerSocket(65_536).close());
            assertThrows(IllegalArgumentException.class, () -> new Socket("localhost", -1).close());
            assertFalse(socket.isClosed());
            assertFalse(socket.isConnected());
        }
    }

    @Test
    void bind_unresolved_socketExceptionAndStillUnbound() throws Exception {
        InetSocketAddress nowhere = InetSocketAddress.createUnresolved("nowhere.invalid", 0);
        try (Socket socket = new Socket();
                ServerSocket server = new ServerSocket()) {
            assertThrows(SocketException.class, () -> socket.bind(nowhere));
            assertThrows(SocketException.class, () -> server.bind(nowhere));
            assertFalse(server.isBound());
        }
    }

    @Test
    void connect_toTheWildcard_meansThisHost() throws Exception {
        try (ServerSocket server = new ServerSocket(0);
                Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName("0.0.0.0"), server.getLocalPort()), 10_000);
            assertFalse(socket.getInetAddress().isAnyLocalAddress());
            server.accept().close();
        }
    }

    @Test
    void connect_failed_socketIsUsedUp() throws Exception {
        ServerSocket server = world.listen();
        server.close();
        Socket socket = new Socket();
        assertThrows(IOException.class, () -> socket.connect(world.addressOf(server)));
        assertFalse(socket.isConnected());
        try (ServerSocket other = world.listen()) {
            assertThrows(SocketException.class, () -> socket.connect(world.addressOf(other)));
        }
        socket.close();
    }

    @Test
    void constructors_everyOne_connect() throws Exception {
        try (ServerSocket server = world.listen()) {
            InetAddress to = world.loopback();
            int port = server.getLocalPort();
            for (ThrowingSocket constructor : new ThrowingSocket[] {
                () -> new Socket(to, port),
                () -> new Socket(to.getHostAddress(), port),
                () -> new Socket(to, port, to, 0),
                () -> new Socket(to.getHostAddress(), port, null, 0)
            }) {
                try (Socket client = constructor.open();
                        Socket accepted = server.accept()) {
                    assertEquals(client.getLocalPort(), accepted.getPort());
                    assertTrue(client.isBound());
                }
            }
        }
    }

    @Test
    void serverSocket_eachState_describesItself() throws Exception {
        ServerSocket server = new ServerSocket();
        assertFalse(server.isBound());
        assertNull(server.getInetAddress());
        assertNull(server.getLocalSocketAddress());
        assertNull(server.getChannel());
        assertEquals(-1, server.getLocalPort());
        assertEquals("ServerSocket[unbound]", server.toString());
        assertMessage("Socket is not bound yet", server::accept);
        server.bind(new InetSocketAddress(world.listenAddress(), 0), -5);
        int port = server.getLocalPort();
        assertTrue(server.isBound());
        assertEquals("ServerSocket[addr=" + server.getInetAddress() + ",localport=" + port + "]", server.toString());
        assertEquals(new InetSocketAddress(world.listenAddress(), port), server.getLocalSocketAddress());
        server.close();
        assertTrue(server.isClosed());
        assertTrue(server.isBound());
        assertEquals(port, server.getLocalPort());
        assertNotNull(server.getInetAddress());
        for (Executable call : new Executable[] {
            server::accept,
            server::getSoTimeout,
            () -> server.setSoTimeout(1),
            server::getReuseAddress,
            () -> server.setReuseAddress(true),
            server::getReceiveBufferSize,
            () -> server.setReceiveBufferSize(1),
            () -> server.bind(null)
        }) {
            String message =
                    String.valueOf(assertThrows(SocketException.class, call).getMessage());
            assertTrue(message.equals("Socket is closed") || message.equals("Socket closed"), message);
        }
    }

    @Test
    void acceptTimeout_changedBetweenAccepts_holdsForTheNext() throws Exception {
        try (ServerSocket server = world.listen()) {
            server.setSoTimeout(1);
            assertThrows(SocketTimeoutException.class, server::accept);
            server.setSoTimeout(60);
            long startNanos = System.nanoTime();
            assertThrows(SocketTimeoutException.class, server::accept);
            assertTrue(System.nanoTime() - startNanos >= 55_000_000L);
            server.setSoTimeout(0);
            Background<Socket> accepting = Background.start(server::accept).awaitBlocked();
            try (Socket client = world.connect(server);
                    Socket accepted = accepting.get()) {
                assertEquals(client.getLocalPort(), accepted.getPort());
            }
        }
    }

    @Test
    void readTimeout_setWhileAReadWaits_holdsForTheNext() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            Background<Integer> reader =
                    Background.start(pair.client().getInputStream()::read).awaitBlocked();
            pair.client().setSoTimeout(1);
            assertEquals(1, pair.client().getSoTimeout());
            pair.accepted().getOutputStream().write(3);
            assertEquals(3, reader.get());
            assertThrows(
                    SocketTimeoutException.class,
                    () -> pair.client().getInputStream().read());
        }
    }

    @Test
    void available_eachState_asTheJdk() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            var in = pair.client().getInputStream();
            assertEquals(0, in.available());
            pair.accepted().getOutputStream().write(new byte[3]);
            assertEquals(0, in.read());
            assertEquals(2, in.available());
            pair.accepted().shutdownOutput();
            assertEquals(2, in.readNBytes(2).length);
            assertEquals(-1, in.read());
            assertEquals(0, in.available());
            pair.client().shutdownInput();
            assertEquals(0, in.available());
            pair.client().close();
            assertThrows(IOException.class, in::available);
        }
    }

    @Test
    void shutdown_twice_asTheJdk() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            Socket socket = pair.client();
            socket.shutdownInput();
            assertTrue(socket.isInputShutdown());
            assertMessage("Socket input is already shutdown", socket::shutdownInput);
            assertMessage("Socket input is shutdown", socket::getInputStream);
            socket.shutdownOutput();
            assertTrue(socket.isOutputShutdown());
            assertMessage("Socket output is already shutdown", socket::shutdownOutput);
            assertMessage("Socket output is shutdown", socket::getOutputStream);
            assertFalse(socket.isClosed());
        }
    }

    private static void assertMessage(String message, Executable call) {
        assertEquals(message, assertThrows(SocketException.class, call).getMessage());
    }

    /** A constructor call. */
    private interface ThrowingSocket {
        Socket open() throws IOException;
    }

    /** An address that is not of the Internet. */
    private static final class OtherAddress extends SocketAddress {
        private static final long serialVersionUID = 1;
    }
}
