package io.demijohn.spi;

import java.io.IOException;
import java.net.DjSocketImpls;
import java.net.InetSocketAddress;
import java.net.SocketImpl;

/** The kernel's half of a socket's bind: its inner implementation. */
record InnerBinder(SocketImpl inner) implements KernelBinder {
    @Override
    public void bind(InetSocketAddress local) throws IOException {
        DjSocketImpls.bind(inner, local.getAddress(), local.getPort());
    }

    @Override
    public int port() {
        return DjSocketImpls.getLocalPort(inner);
    }
}
