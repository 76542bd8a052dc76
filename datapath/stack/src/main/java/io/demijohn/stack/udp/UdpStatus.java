package io.demijohn.stack.udp;

/** Expected trouble of UDP as negative numbers, equal to TCP's statuses of the same names; constants only. */
public final class UdpStatus {
    /** The peer's host says that nobody has the port. */
    public static final int REFUSED = -4;
    /** The network says that the peer cannot be reached. */
    public static final int UNREACHABLE = -5;
    /** The socket was closed here. */
    public static final int CLOSED = -7;
    /** No packet buffer is free: try again later. */
    public static final int NO_MEMORY = -8;
    /** Somebody else has the local address and port. */
    public static final int ADDRESS_IN_USE = -9;
    /** The local address is not ours. */
    public static final int ADDRESS_NOT_AVAILABLE = -10;
    /** No ephemeral port is free. */
    public static final int NO_PORTS = -11;
    /** The datagram does not fit one packet. */
    public static final int TOO_BIG = -13;

    private UdpStatus() {}
}
