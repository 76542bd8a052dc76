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

    /** Returns whether a connection in this state may go to {@code next}: the table of RFC 9293, figure 5, and resets. */
    public boolean mayBecome(TcpState next) {
        if (next == CLOSED) {
            return true; // reset, abort, timeout, the last acknowledgement
        }
        return switch (this) {
            case CLOSED -> next == LISTEN || next == SYN_SENT || next == SYN_RECEIVED;
            case LISTEN -> next == SYN_RECEIVED;
            case SYN_SENT -> next == SYN_RECEIVED || next == ESTABLISHED;
            case SYN_RECEIVED -> next == ESTABLISHED || next == FIN_WAIT_1 || next == CLOSE_WAIT;
            case ESTABLISHED -> next == FIN_WAIT_1 || next == CLOSE_WAIT;
            case FIN_WAIT_1 -> next == FIN_WAIT_2 || next == CLOSING || next == TIME_WAIT;
            case FIN_WAIT_2, CLOSING -> next == TIME_WAIT;
            case CLOSE_WAIT -> next == LAST_ACK;
            case LAST_ACK -> false;
            case TIME_WAIT -> next == SYN_RECEIVED; // RFC 9293, 3.10.7.4: a newer SYN
        };
    }

    /** Returns whether both ends have agreed on sequence numbers: ESTABLISHED and all after it. */
    public boolean isSynchronized() {
        return this != CLOSED && this != LISTEN && this != SYN_SENT && this != SYN_RECEIVED;
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
