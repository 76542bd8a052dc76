package io.demijohn.stack.tcp;

import io.demijohn.stack.IpAddress;
import org.jspecify.annotations.Nullable;

/** One connection. */
public final class TcpConnection {
    /** Whatever the engine hangs here; TCP never looks at it. */
    public @Nullable Object attachment;

    private final SendQueue sendQueue;
    private final ReceiveQueue receiveQueue;

    TcpConnection(SendQueue sendQueue, ReceiveQueue receiveQueue) {
        this.sendQueue = sendQueue;
        this.receiveQueue = receiveQueue;
    }

    /** Returns the {@link Ev} bits since the last call and clears them; driver only. */
    public int takeEvents() {
        return 0;
    }

    /** Returns where the application writes. */
    public SendQueue sendQueue() {
        return sendQueue;
    }

    /** Returns where the application reads. */
    public ReceiveQueue receiveQueue() {
        return receiveQueue;
    }

    /** Returns the state of RFC 9293; driver only. */
    public TcpState state() {
        return TcpState.CLOSED;
    }

    /** Returns why the connection failed, a {@link TcpStatus}, or 0. */
    public int error() {
        return 0;
    }

    public IpAddress localAddress() {
        return IpAddress.ANY;
    }

    public IpAddress remoteAddress() {
        return IpAddress.ANY;
    }

    public int localPort() {
        return 0;
    }

    public int remotePort() {
        return 0;
    }

    /** Turns Nagle's algorithm off or on; the next {@code Tcp.send} heeds it; any thread. */
    public void setNoDelay(boolean on) {}

    /** Turns keep-alive on or off; driver only. */
    public void setKeepAlive(boolean on, long nowNanos) {}

    /** Returns the listener that made this connection, or null if we connected. */
    public @Nullable TcpListener listener() {
        return null;
    }
}
