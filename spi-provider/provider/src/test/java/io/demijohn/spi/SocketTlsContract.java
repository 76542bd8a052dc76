package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Random;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** TLS over java.net's sockets, direct and layered; run on the JDK as it is and on ours. */
abstract class SocketTlsContract extends SocketContract {
    private static final int LARGE_BYTES = 1 << 20;

    @Test
    void direct_bothEnds_carryBytes() throws Exception {
        try (SSLServerSocket server = listen();
                SSLSocket client = direct(server);
                Socket accepted = server.accept()) {
            exchange(client, (SSLSocket) accepted);
            assertEquals(client.getLocalPort(), accepted.getPort());
        }
    }

    @Test
    void direct_unconnectedThenConnected_carriesBytes() throws Exception {
        try (SSLServerSocket server = listen();
                SSLSocket client =
                        (SSLSocket) TestTls.context().getSocketFactory().createSocket()) {
            client.setTcpNoDelay(true);
            client.connect(world.addressOf(server), 10_000);
            assertTrue(client.getTcpNoDelay());
            try (Socket accepted = server.accept()) {
                exchange(client, (SSLSocket) accepted);
            }
        }
    }

    @Test
    void layered_autoClose_closesTheSocketBeneath() throws Exception {
        try (SSLServerSocket server = listen();
                Socket plain = world.connect(server);
                SSLSocket client = layered(plain, server, true);
                Socket accepted = server.accept()) {
            exchange(client, (SSLSocket) accepted);
            close(client);
            assertTrue(plain.isClosed());
        }
    }

    @Test
    void layered_withoutAutoClose_leavesTheSocketBeneathOpen() throws Exception {
        try (SSLServerSocket server = listen();
                Socket plain = world.connect(server);
                SSLSocket client = layered(plain, server, false);
                Socket accepted = server.accept()) {
            exchange(client, (SSLSocket) accepted);
            Background<Integer> closing = Background.start(() -> {
                close(client);
                return 0;
            });
            assertEquals(-1, accepted.getInputStream().read());
            close(accepted);
            closing.get();
            assertFalse(plain.isClosed());
        }
    }

    @Test
    void layeredServer_overAnAcceptedSocket_takesWhatWasReadBefore() throws Exception {
        try (ServerSocket server = world.listen();
                Socket plain = world.connect(server);
                Socket accepted = server.accept();
                SSLSocket client = layered(plain, server, true)) {
            Background<Integer> handshake = Background.start(() -> {
                client.startHandshake();
                return 0;
            });
            byte[] peeked = accepted.getInputStream().readNBytes(3);
            SSLSocket secured = (SSLSocket)
                    TestTls.context().getSocketFactory().createSocket(accepted, new ByteArrayInputStream(peeked), true);
            secured.setUseClientMode(false);
            secured.startHandshake();
            handshake.get();
            exchange(client, secured);
        }
    }

    @Test
    void largeTransfer_bothWays_bytesEqual() throws Exception {
        byte[] sent = new byte[LARGE_BYTES];
        new Random(4).nextBytes(sent);
        try (SSLServerSocket server = listen();
                SSLSocket client = direct(server);
                Socket accepted = server.accept()) {
            Background<Integer> echo = Background.start(() -> {
                byte[] heard = accepted.getInputStream().readNBytes(LARGE_BYTES);
                accepted.getOutputStream().write(heard);
                return heard.length;
            });
            client.getOutputStream().write(sent);
            assertArrayEquals(sent, client.getInputStream().readNBytes(LARGE_BYTES));
            assertEquals(LARGE_BYTES, echo.get());
        }
    }

    @Test
    void readTimeout_passes_andTheSessionGoesOn() throws Exception {
        try (SSLServerSocket server = listen();
                SSLSocket client = direct(server);
                SSLSocket accepted = (SSLSocket) server.accept()) {
            exchange(client, accepted);
            client.setSoTimeout(50);
            InputStream in = client.getInputStream();
            assertThrows(SocketTimeoutException.class, in::read);
            accepted.getOutputStream().write(8);
            client.setSoTimeout(10_000);
            assertEquals(8, in.read());
        }
    }

    @Test
    void close_whileReading_readerIsReleased() throws Exception {
        try (SSLServerSocket server = listen();
                SSLSocket client = direct(server);
                SSLSocket accepted = (SSLSocket) server.accept()) {
            exchange(client, accepted);
            InputStream in = client.getInputStream();
            Background<Boolean> reader = Background.start(() -> {
                        try {
                            return in.read() < 0; // as TLS has it, if its own close came first
                        } catch (SocketException e) {
                            return true;
                        }
                    })
                    .awaitBlocked();
            close(client);
            assertTrue(reader.get());
        }
    }

    @Test
    void peerCloses_readerSeesTheEnd() throws Exception {
        try (SSLServerSocket server = listen();
                SSLSocket client = direct(server);
                SSLSocket accepted = (SSLSocket) server.accept()) {
            exchange(client, accepted);
            close(accepted);
            assertEquals(-1, client.getInputStream().read());
        }
    }

    private SSLServerSocket listen() throws IOException {
        return (SSLServerSocket)
                TestTls.context().getServerSocketFactory().createServerSocket(0, 50, world.listenAddress());
    }

    private SSLSocket direct(ServerSocket server) throws IOException {
        return (SSLSocket) TestTls.context().getSocketFactory().createSocket(world.loopback(), server.getLocalPort());
    }

    private static SSLSocket layered(Socket plain, ServerSocket server, boolean autoClose) throws IOException {
        return (SSLSocket)
                TestTls.context().getSocketFactory().createSocket(plain, "localhost", server.getLocalPort(), autoClose);
    }

    private static void close(Socket socket) throws IOException {
        socket.close();
    }

    private static void exchange(SSLSocket client, SSLSocket server) throws Exception {
        Background<Integer> writer = Background.start(() -> {
            client.getOutputStream().write(new byte[] {1, 2});
            return 0;
        });
        assertEquals(1, server.getInputStream().read());
        assertEquals(2, server.getInputStream().read());
        writer.get();
        server.getOutputStream().write(3);
        assertEquals(3, client.getInputStream().read());
    }
}
