package io.demijohn.stack.tcp;

/** Expected trouble as negative numbers, equal to the engine's statuses of the same names; constants only. */
public final class TcpStatus {
    /** The peer reset the connection. */
    public static final int RESET = -2;
    /** The peer did not answer in time. */
    public static final int TIMED_OUT = -3;
    /** Nobody listens at the remote port. */
    public static final int REFUSED = -4;
    /** The network says that the peer cannot be reached. */
    public static final int UNREACHABLE = -5;
    /** The connection or the listener was closed here. */
    public static final int CLOSED = -7;
    /** A bound on connections or memory is reached. */
    public static final int NO_MEMORY = -8;
    /** Somebody else has the local address and port. */
    public static final int ADDRESS_IN_USE = -9;
    /** The local address and port cannot be used for this peer. */
    public static final int ADDRESS_NOT_AVAILABLE = -10;
    /** No ephemeral port is free. */
    public static final int NO_PORTS = -11;

    private TcpStatus() {}
}
