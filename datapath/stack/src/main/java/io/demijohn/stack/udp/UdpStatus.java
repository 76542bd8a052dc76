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
    /** The datagram is larger than any can be. */
    public static final int TOO_BIG = -14;
    /** The socket did not ask for leave to broadcast. */
    public static final int NOT_PERMITTED = -15;
    /** The address is no multicast group, or the source not of its family. */
    public static final int NOT_MULTICAST = -16;
    /** The socket is in the group already, or in another way than the call asks for. */
    public static final int MEMBERSHIP_CONFLICT = -17;
    /** The socket is not in the group, or not in the way the call is about. */
    public static final int NOT_MEMBER = -18;

    private UdpStatus() {}
}
