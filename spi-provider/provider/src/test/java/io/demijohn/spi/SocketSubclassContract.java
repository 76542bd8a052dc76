package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Subclasses of java.net's sockets and implementations of an application's own; run on the JDK as it is and on ours. */
abstract class SocketSubclassContract extends SocketContract {
    @Test
    void implAccept_subclassWithoutImplementation_getsOne() throws Exception {
        try (AcceptingServer server = new AcceptingServer(world.listenAddress());
                Socket client = world.connect(server);
                BareSocket accepted = new BareSocket(null)) {
            server.acceptInto(accepted);
            assertTrue(accepted.isConnected());
            exchange(client, accepted);
            assertEquals(client.getLocalPort(), accepted.getPort());
        }
    }

    @Test
    void implAccept_overriddenAccept_returnsTheSubclass() throws Exception {
        try (AcceptingServer server = new AcceptingServer(world.listenAddress());
                Socket client = world.connect(server);
                Socket accepted = server.accept()) {
            assertSame(BareSocket.class, accepted.getClass());
            exchange(client, accepted);
        }
    }

    @Test
    void implAccept_socketWithOptions_keepsItsTimeoutAlone() throws Exception {
        try (AcceptingServer server = new AcceptingServer(world.listenAddress());
                Socket client = world.connect(server);
                Socket accepted = new Socket()) {
            accepted.setSoTimeout(60);
            server.acceptInto(accepted);
            assertEquals(60, accepted.getSoTimeout());
            InputStream in = accepted.getInputStream();
            assertThrows(SocketTimeoutException.class, in::read);
            exchange(client, accepted);
        }
    }

    @Test
    void implAccept_timesOut_socketMayBeUsedAgain() throws Exception {
        try (AcceptingServer server = new AcceptingServer(world.listenAddress());
                BareSocket accepted = new BareSocket(null)) {
            server.setSoTimeout(30);
            assertThrows(SocketTimeoutException.class, () -> server.acceptInto(accepted));
            assertFalse(accepted.isConnected());
            try (Socket client = world.connect(server)) {
                server.acceptInto(accepted);
                exchange(client, accepted);
            }
        }
    }

    @Test
    void implAccept_implementationOfTheApplicationsOwn_isRefusedByAPlatformListener() throws Exception {
        try (AcceptingServer server = new AcceptingServer(world.listenAddress());
                Socket client = world.connect(server);
                BareSocket accepted = new BareSocket(new OwnImpl())) {
            IOException refused = assertThrows(IOException.class, () -> server.acceptInto(accepted));
            assertTrue(String.valueOf(refused.getMessage()).contains("cannot accept"), refused.getMessage());
            assertTrue(client.isConnected());
        }
    }

    @Test
    void ownImplementation_inASocket_getsEveryCall() throws Exception {
        OwnImpl own = new OwnImpl();
        try (BareSocket socket = new BareSocket(own)) {
            socket.connect(new InetSocketAddress(world.loopback(), 7), 100);
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write('w');
            assertEquals('r', socket.getInputStream().read());
            assertEquals(7, socket.getPort());
        }
        assertEquals(List.of("create true", "connect 100", "option 1", "close"), own.calls);
        assertEquals("w", own.written.toString(java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Test
    void ownImplementation_inAServerSocket_acceptsItsOwnKind() throws Exception {
        OwnImpl own = new OwnImpl();
        try (OwnServer server = new OwnServer(own);
                BareSocket accepted = new BareSocket(new OwnImpl())) {
            server.bind(new InetSocketAddress(world.loopback(), 9));
            server.acceptInto(accepted);
            assertEquals(4, accepted.getPort());
            assertTrue(
                    own.calls.containsAll(List.of("create true", "bind 9", "listen 50", "accept")),
                    own.calls::toString);
        }
    }

    @Test
    void subclass_overridingEverything_isUsedAsItIs() throws Exception {
        CountingSocket counting = new CountingSocket();
        try (ServerSocket server = world.listen();
                Socket client = counting) {
            client.connect(world.addressOf(server));
            try (Socket accepted = server.accept()) {
                exchange(client, accepted);
            }
        }
        assertEquals(1, counting.connects);
        assertEquals(1, counting.closes);
    }

    private static void exchange(Socket client, Socket accepted) throws IOException {
        client.getOutputStream().write(1);
        assertEquals(1, accepted.getInputStream().read());
        accepted.getOutputStream().write(2);
        assertEquals(2, client.getInputStream().read());
    }

    /** A socket made around an implementation, or around none. */
    private static final class BareSocket extends Socket {
        BareSocket(@Nullable SocketImpl impl) throws SocketException {
            super(impl);
        }
    }

    /** A server that accepts into subclasses. */
    private static final class AcceptingServer extends ServerSocket {
        AcceptingServer(InetAddress address) throws IOException {
            super(0, 50, address);
        }

        void acceptInto(Socket socket) throws IOException {
            implAccept(socket);
        }

        @Override
        public Socket accept() throws IOException {
            BareSocket accepted = new BareSocket(null);
            implAccept(accepted);
            return accepted;
        }
    }

    /** A server around an implementation of the application's own. */
    private static final class OwnServer extends ServerSocket {
        OwnServer(SocketImpl impl) {
            super(impl);
        }

        void acceptInto(Socket socket) throws IOException {
            implAccept(socket);
        }
    }

    private static final class CountingSocket extends Socket {
        private int connects;
        private int closes;

        @Override
        public void connect(SocketAddress remote, int timeoutMillis) throws IOException {
            connects++;
            super.connect(remote, timeoutMillis);
        }

        @Override
        public synchronized void close() throws IOException {
            closes += isClosed() ? 0 : 1;
            super.close();
        }
    }

    /** An implementation that writes down what it is asked for and connects to nobody. */
    private static final class OwnImpl extends SocketImpl {
        private final List<String> calls = new ArrayList<>();
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();

        @Override
        protected void create(boolean stream) {
            calls.add("create " + stream);
        }

        @Override
        protected void connect(String host, int toPort) {
            connect(InetSocketAddress.createUnresolved(host, toPort), 0);
        }

        @Override
        protected void connect(InetAddress to, int toPort) {
            connect(new InetSocketAddress(to, toPort), 0);
        }

        @Override
        protected void connect(SocketAddress remote, int timeoutMillis) {
            calls.add("connect " + timeoutMillis);
            address = ((InetSocketAddress) remote).getAddress();
            port = ((InetSocketAddress) remote).getPort();
            localport = 1;
        }

        @Override
        protected void bind(InetAddress host, int wantedPort) {
            calls.add("bind " + wantedPort);
            address = host;
            localport = wantedPort;
        }

        @Override
        protected void listen(int backlog) {
            calls.add("listen " + backlog);
        }

        @Override
        protected void accept(SocketImpl accepted) {
            calls.add("accept");
            OwnImpl own = (OwnImpl) accepted;
            own.address = address;
            own.port = 4;
            own.localport = localport;
        }

        @Override
        protected InputStream getInputStream() {
            return new ByteArrayInputStream(new byte[] {'r'});
        }

        @Override
        protected OutputStream getOutputStream() {
            return written;
        }

        @Override
        protected int available() {
            return 1;
        }

        @Override
        protected void close() {
            calls.add("close");
        }

        @Override
        protected void sendUrgentData(int data) {
            calls.add("urgent");
        }

        @Override
        public void setOption(int option, Object value) {
            calls.add("option " + option);
        }

        @Override
        public Object getOption(int option) {
            return 0;
        }
    }
}
