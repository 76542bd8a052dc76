package io.demijohn.spi;

import java.io.IOException;
import java.net.InetSocketAddress;

/** The kernel's half of a bind: the JDK's own unbound socket or channel of whoever binds. */
public interface KernelBinder {
    /** Binds; may be called again with another port after it threw. */
    void bind(InetSocketAddress local) throws IOException;

    /** Returns the port that the kernel bound. */
    int port() throws IOException;
}
