package io.demijohn.stack.tcp;

import io.demijohn.stack.IpAddress;
import org.jspecify.annotations.Nullable;

/** One listening port. */
public final class TcpListener {
    /** Whatever the engine hangs here; TCP never looks at it. */
    public @Nullable Object attachment;

    private final IpAddress localAddress;
    private final int localPort;

    TcpListener(IpAddress localAddress, int localPort) {
        this.localAddress = localAddress;
        this.localPort = localPort;
    }

    /** Gives the oldest connection that is established and not accepted, or null; driver only. */
    public @Nullable TcpConnection accept() {
        return null;
    }

    /** Returns whether {@link #accept} would give one; driver only. */
    public boolean pending() {
        return false;
    }

    public IpAddress localAddress() {
        return localAddress;
    }

    public int localPort() {
        return localPort;
    }
}
