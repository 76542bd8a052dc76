package io.demijohn.stack.tcp;

/** Event bits of a connection, as {@link TcpConnection#takeEvents} gives them; constants only. */
public final class Ev {
    /** The handshake is done. */
    public static final int CONNECTED = 1;
    /** Bytes were added to the receive queue. */
    public static final int READABLE = 2;
    /** Room in the send queue grew enough to be worth a write. */
    public static final int WRITABLE = 4;
    /** The peer has sent all it will: end of stream after the queued bytes. */
    public static final int PEER_FIN = 8;
    /** The connection failed; {@link TcpConnection#error} says how. */
    public static final int ERROR = 16;
    /** The connection left the flow table; no further events follow. */
    public static final int CLOSED = 32;

    private Ev() {}
}
