package io.demijohn.spi;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where a {@link DemijohnSocketImpl} stands; each phase names the phases that may follow it.
 *
 * <pre>
 *   NEW -> OPEN -> CONNECTING -> CONNECTED -> CLOSED      a bypassed stream
 *          OPEN -> LISTENING -> CLOSED                    a listener with an engine
 *   NEW, OPEN, CONNECTING -> KERNEL                       the JDK's implementation does everything from now on
 *   NEW -> CONNECTED                                      accepted
 * </pre>
 */
enum SocketPhase {
    /** Made, not created. */
    NEW,
    /** Created, perhaps bound; the transport is not decided. */
    OPEN,
    /** The route is being decided or an engine connects. */
    CONNECTING,
    /** A stream of an engine. */
    CONNECTED,
    /** Listens on an engine. */
    LISTENING,
    /** The inner socket of the JDK does everything, its own closing included. */
    KERNEL,
    /** Closed before or after it was a bypassed socket. */
    CLOSED;

    boolean mayBecome(SocketPhase next) {
        return followers().contains(next);
    }

    private Set<SocketPhase> followers() {
        return switch (this) {
            case NEW -> EnumSet.of(OPEN, CONNECTED, KERNEL, CLOSED);
            case OPEN -> EnumSet.of(CONNECTING, LISTENING, KERNEL, CLOSED);
            case CONNECTING -> EnumSet.of(CONNECTED, KERNEL, CLOSED);
            case CONNECTED, LISTENING -> EnumSet.of(CLOSED);
            case KERNEL, CLOSED -> EnumSet.noneOf(SocketPhase.class);
        };
    }
}
