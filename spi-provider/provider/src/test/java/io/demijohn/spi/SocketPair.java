package io.demijohn.spi;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/** A connected client and what the server accepted. */
record SocketPair(ServerSocket server, Socket client, Socket accepted) implements AutoCloseable {
    static SocketPair open(SocketWorld world) throws IOException {
        ServerSocket server = world.listen();
        Socket client = world.connect(server);
        return new SocketPair(server, client, server.accept());
    }

    @Override
    public void close() throws IOException {
        client.close();
        accepted.close();
        server.close();
    }
}
