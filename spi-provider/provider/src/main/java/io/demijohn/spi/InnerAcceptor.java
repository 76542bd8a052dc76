package io.demijohn.spi;

import java.io.IOException;
import java.net.DjSocketImpls;
import java.net.SocketImpl;
import sun.nio.ch.NioSocketImpl;

/** The kernel's half of a server socket: its inner implementation, which listens and has no timeout. */
record InnerAcceptor(SocketImpl inner) implements KernelAcceptPump.Acceptor<SocketImpl> {
    @Override
    public SocketImpl accept() throws IOException {
        SocketImpl fresh = new NioSocketImpl(false);
        DjSocketImpls.accept(inner, fresh);
        return fresh;
    }

    @Override
    public void discard(SocketImpl connection) {
        try {
            DjSocketImpls.close(connection);
        } catch (IOException e) {
            // nobody knows this connection: there is nobody to tell
        }
    }

    @Override
    public void close() {
        discard(inner);
    }
}
