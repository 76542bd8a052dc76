package io.demijohn.stack.tcp;

/**
 * The eleven states of RFC 9293, 3.3.2, and the table of legal transitions between them.
 *
 * <p>Immutable; any thread. {@link #mayBecome} is checked at every change of a connection's state.
 */
public enum TcpState {
    CLOSED,
    LISTEN,
    SYN_SENT,
    SYN_RECEIVED,
    ESTABLISHED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    CLOSE_WAIT,
    CLOSING,
    LAST_ACK,
    TIME_WAIT;

    /** Row: from; bit: to. Every state may also become CLOSED: reset, abort, timeout. */
    private static final int[] LEGAL = new int[values().length];

    static {
        allow(CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED);
        allow(LISTEN, SYN_RECEIVED, SYN_SENT);
        allow(SYN_SENT, SYN_RECEIVED, ESTABLISHED);
        allow(SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, CLOSE_WAIT, LISTEN);
        allow(ESTABLISHED, FIN_WAIT_1, CLOSE_WAIT);
        allow(FIN_WAIT_1, FIN_WAIT_2, CLOSING, TIME_WAIT);
        allow(FIN_WAIT_2, TIME_WAIT);
        allow(CLOSE_WAIT, LAST_ACK);
        allow(CLOSING, TIME_WAIT);
        allow(LAST_ACK);
        allow(TIME_WAIT, SYN_RECEIVED);
    }

    private static void allow(TcpState from, TcpState... targets) {
        int row = 1 << CLOSED.ordinal();
        for (TcpState target : targets) {
            row |= 1 << target.ordinal();
        }
        LEGAL[from.ordinal()] = row;
    }

    /** Returns whether a connection in this state may go to {@code next}. */
    public boolean mayBecome(TcpState next) {
        return (LEGAL[ordinal()] & (1 << next.ordinal())) != 0;
    }

    /** Returns whether both ends have agreed on sequence numbers: ESTABLISHED and all after it. */
    public boolean isSynchronized() {
        return ordinal() >= ESTABLISHED.ordinal();
    }

    /** Returns whether the peer's data may still arrive. */
    public boolean receivesData() {
        return this == ESTABLISHED || this == FIN_WAIT_1 || this == FIN_WAIT_2;
    }

    /** Returns whether the peer's FIN has been taken. */
    public boolean hasPeerFin() {
        return this == CLOSE_WAIT || this == CLOSING || this == LAST_ACK || this == TIME_WAIT;
    }

    /** Returns whether data, old or new, may still be sent: our FIN is not acknowledged yet. */
    public boolean sendsData() {
        return switch (this) {
            case ESTABLISHED, FIN_WAIT_1, CLOSE_WAIT, CLOSING, LAST_ACK -> true;
            default -> false;
        };
    }
}
