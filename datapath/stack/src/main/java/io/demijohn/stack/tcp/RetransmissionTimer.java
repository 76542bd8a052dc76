package io.demijohn.stack.tcp;

import io.demijohn.stack.tcp.TcpConnection.TimerUse;
import io.demijohn.stack.timer.TimerWheel;

/**
 * Chooses what the one retransmission deadline of a connection is for: the timeout of RFC 6298, RACK's reordering window or
 * the tail loss probe of RFC 8985, whichever applies and comes first.
 *
 * <p>Owned by {@link Tcp}; driver only. Sets the deadline, {@link Connections#arm} puts it into the wheel. The probe's
 * deadline starts when it is chosen, the timeout's at {@link TcpConnection#timeoutFromNanos}.
 */
final class RetransmissionTimer {
    /** How long a peer may delay the acknowledgement of a lone segment: RFC 8985's TLP.max_ack_delay. */
    private static final long ACK_DELAY_MAX_NANOS = 200_000_000L;

    private final boolean probes;
    private final long rtoInitialNanos;

    RetransmissionTimer(TcpConfig config) {
        probes = config.count(TcpTunable.LOSS_PROBE) != 0;
        rtoInitialNanos = config.nanos(TcpTunable.RTO_INITIAL);
    }

    /** Starts the timeout anew (RFC 6298, 5.1 and 5.3). */
    void restart(TcpConnection connection, long nowNanos) {
        connection.timeoutFromNanos = nowNanos;
        if (connection.flight.isEmpty()) {
            stop(connection); // RFC 6298 (5.2)
        } else {
            choose(connection, nowNanos);
        }
    }

    /** Sets the deadline after something was sent, acknowledged or found lost; a persist timer is left alone. */
    void choose(TcpConnection connection, long nowNanos) {
        Flight flight = connection.flight;
        if (flight.isEmpty()) {
            if (connection.timerUse != TimerUse.PERSIST) {
                stop(connection);
            }
            return;
        }
        long timeoutNanos = connection.timeoutFromNanos + connection.rtt.rtoNanos();
        if (connection.userTimeoutMillis != 0 && connection.retries > 0) { // RFC 5482: not later than the user waits
            long endNanos = connection.stuckSinceNanos + connection.userTimeoutNanos();
            timeoutNanos = endNanos - timeoutNanos < 0 ? endNanos : timeoutNanos;
        }
        connection.timerUse = TimerUse.RETRANSMIT;
        connection.timerNanos = timeoutNanos;
        if (flight.reorderNanos != TimerWheel.NEVER) {
            connection.timerUse = TimerUse.REORDER;
            connection.timerNanos = flight.reorderNanos;
        } else if (mayProbe(connection)) {
            long probeNanos = nowNanos + probeDelayNanos(connection);
            if (probeNanos - timeoutNanos < 0) {
                connection.timerUse = TimerUse.PROBE;
                connection.timerNanos = probeNanos;
            }
        }
    }

    /** Nothing is to be sent again. */
    static void stop(TcpConnection connection) {
        connection.timerUse = TimerUse.NONE;
        connection.timerNanos = TimerWheel.NEVER;
    }

    /** RFC 8985, 7.2: nothing is SACKed, nothing lost, no probe under way. */
    private boolean mayProbe(TcpConnection connection) {
        Flight flight = connection.flight;
        return probes
                && connection.sackOn
                && connection.sendWindow > 0
                && flight.phase == Flight.Phase.OPEN
                && flight.sackedBytes == 0
                && flight.probeEnd == Sequence.NEVER;
    }

    private long probeDelayNanos(TcpConnection connection) {
        Flight flight = connection.flight;
        long smoothedNanos = connection.rtt.smoothedNanos();
        long nanos = smoothedNanos == 0 ? rtoInitialNanos : 2 * smoothedNanos;
        return flight.count == 1 ? nanos + ACK_DELAY_MAX_NANOS : nanos;
    }
}
