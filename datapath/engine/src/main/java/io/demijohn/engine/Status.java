package io.demijohn.engine;

import io.demijohn.stack.tcp.TcpStatus;

/** Negative results of handle operations; expected trouble, never an exception. -1 is the end of a stream. */
public final class Status {
    /** The peer reset the connection. */
    public static final int RESET = -2;
    /** The peer did not answer in time, while connecting or later. */
    public static final int TIMED_OUT = -3;
    /** The peer's port has no listener. */
    public static final int REFUSED = -4;
    /** No route, or the network says that the peer cannot be reached. */
    public static final int UNREACHABLE = -5;
    /** The stream can take no more bytes: shut down, or reset earlier. */
    public static final int BROKEN_PIPE = -6;
    /** Closed from this side. */
    public static final int CLOSED = -7;
    /** A bound of memory or of connections is reached. */
    public static final int NO_MEMORY = -8;
    /** The local port is taken. */
    public static final int ADDRESS_IN_USE = -9;
    /** The local address is not one of the engine's. */
    public static final int ADDRESS_NOT_AVAILABLE = -10;
    /** Every ephemeral port to that peer is in use. */
    public static final int NO_PORTS = -11;
    /** The engine stopped: its device vanished or a bug ended it. */
    public static final int ENGINE_FAILED = -12;
    /** The stream is not connected yet. */
    public static final int NOT_CONNECTED = -13;

    private Status() {}

    /** Returns the status here for one of the stack's. */
    static int ofTcp(int tcpStatus) {
        return switch (tcpStatus) {
            case TcpStatus.RESET -> RESET;
            case TcpStatus.TIMED_OUT -> TIMED_OUT;
            case TcpStatus.REFUSED -> REFUSED;
            case TcpStatus.UNREACHABLE -> UNREACHABLE;
            case TcpStatus.NO_MEMORY -> NO_MEMORY;
            case TcpStatus.ADDRESS_IN_USE -> ADDRESS_IN_USE;
            case TcpStatus.ADDRESS_NOT_AVAILABLE -> ADDRESS_NOT_AVAILABLE;
            case TcpStatus.NO_PORTS -> NO_PORTS;
            default -> CLOSED;
        };
    }
}
