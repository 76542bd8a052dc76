package io.demijohn.linux.loss;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * One TCP implementation with an address and a plug. Any thread may connect and listen; {@link #close} comes after the bridge's
 * end.
 */
interface End extends AutoCloseable {
    Port port();

    /** Returns the end's own IPv4 address, dotted. */
    String address();

    /** Connects and returns when the handshake is done. */
    Stream connect(InetSocketAddress remote) throws IOException;

    Acceptor listen(int port) throws IOException;

    @Override
    void close();

    /** A listening port. */
    interface Acceptor {
        /** Waits for a connection. */
        Stream accept() throws IOException;
    }

    /** A connection; one reader and one writer. */
    interface Stream {
        /** Waits for bytes and returns their count, -1 at the end. */
        int read(byte[] target) throws IOException;

        /** Waits for room and returns how many bytes were taken. */
        int write(byte[] source, int offset, int length) throws IOException;

        /** Resets the connection; whoever waits in it gets an exception. */
        void abort();
    }
}
