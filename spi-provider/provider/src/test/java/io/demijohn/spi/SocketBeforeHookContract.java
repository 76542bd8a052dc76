package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;

/**
 * Sockets made before the hooks, as by an earlier agent, which go on as the kernel's; run on the JDK as it is and on ours.
 */
abstract class SocketBeforeHookContract extends SocketContract {
    @Test
    void listenerAndClient_madeBefore_connectAfterwards() throws Exception {
        world.leave();
        try (ServerSocket server = world.listen();
                Socket client = new Socket()) {
            world.enter();
            client.connect(world.addressOf(server));
            try (Socket accepted = server.accept()) {
                exchange(client, accepted);
            }
        }
    }

    @Test
    void listener_madeBefore_acceptsIntoASocketMadeAfterwards() throws Exception {
        world.leave();
        try (AcceptingServer server = new AcceptingServer(world.listenAddress());
                Socket client = new Socket()) {
            world.enter();
            client.connect(world.addressOf(server));
            try (Socket accepted = new Socket()) {
                accepted.setSoTimeout(4321);
                server.acceptInto(accepted);
                assertEquals(4321, accepted.getSoTimeout());
                exchange(client, accepted);
            }
        }
    }

    @Test
    void listener_madeBefore_keepsItsTimeout() throws Exception {
        world.leave();
        try (ServerSocket server = world.listen();
                Socket client = new Socket()) {
            server.setSoTimeout(30);
            world.enter();
            assertThrows(SocketTimeoutException.class, server::accept);
            client.connect(world.addressOf(server));
            try (Socket accepted = server.accept()) {
                exchange(client, accepted);
            }
        }
    }

    @Test
    void connection_madeBefore_goesOn() throws Exception {
        world.leave();
        try (SocketPair pair = SocketPair.open(world)) {
            world.enter();
            exchange(pair.client(), pair.accepted());
            pair.client().close();
            assertEquals(-1, pair.accepted().getInputStream().read());
        }
    }

    private static void exchange(Socket client, Socket accepted) throws IOException {
        client.getOutputStream().write(1);
        assertEquals(1, accepted.getInputStream().read());
        accepted.getOutputStream().write(2);
        assertEquals(2, client.getInputStream().read());
    }

    /** A server that accepts into sockets its caller made. */
    private static final class AcceptingServer extends ServerSocket {
        AcceptingServer(InetAddress address) throws IOException {
            super(0, 50, address);
        }

        void acceptInto(Socket socket) throws IOException {
            implAccept(socket);
        }
    }
}
