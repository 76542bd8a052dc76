package io.demijohn.stack.tcp;

import io.demijohn.stack.tcp.TcpConnection.AckOwed;
import io.demijohn.stack.tcp.TcpConnection.Ownership;
import io.demijohn.stack.timer.TimerWheel;

/**
 * What happens when one of a connection's deadlines is reached: retransmission, window probe, delayed acknowledgement,
 * keep-alive, the end of an orphan (RFC 9293, 3.10.8).
 *
 * <p>Owned by {@link Tcp}; driver only; never allocates.
 */
final class TcpTimers {
    private static final int PROBE_SHIFT_MAX = 16;

    private final Connections connections;
    private final Transmitter transmitter;
    private final LossRecovery recovery;
    private final PathMtu pathMtu;
    private final TcpConfig config;
    private final TcpCounters counters;

    TcpTimers(Connections connections, Transmitter transmitter, LossRecovery recovery, PathMtu pathMtu) {
        this.connections = connections;
        this.transmitter = transmitter;
        this.recovery = recovery;
        this.pathMtu = pathMtu;
        this.config = connections.config;
        this.counters = connections.counters;
    }

    /** Does what is due on the connection, whose wheel entry just came up. */
    void fire(TcpConnection connection, long nowNanos) {
        if (isDue(connection.retryNanos, nowNanos)) {
            connection.retryNanos = TimerWheel.NEVER; // output tries again
        }
        if (isDue(connection.ackNanos, nowNanos)) {
            connection.ackNanos = TimerWheel.NEVER;
            connection.ackOwed = AckOwed.NOW;
            counters.delayedAcks++;
        }
        if (isDue(connection.timerNanos, nowNanos)) {
            switch (connection.timerUse) {
                case RETRANSMIT -> retransmit(connection, nowNanos);
                case REORDER -> recovery.onReorderTimeout(connection, nowNanos);
                case PROBE -> transmitter.sendLossProbe(connection, recovery, nowNanos);
                case PERSIST -> probeWindow(connection, nowNanos);
                case NONE -> connection.timerNanos = TimerWheel.NEVER;
            }
            if (isDue(connection.timerNanos, nowNanos)) {
                connection.timerNanos = nowNanos + Transmitter.RETRY_NANOS; // a probe found no packet buffer
            }
        }
        if (connection.inTable && isDue(connection.idleNanos, nowNanos)) {
            idle(connection, nowNanos);
        }
        if (connection.inTable) {
            transmitter.output(connection, nowNanos);
        }
    }

    private void retransmit(TcpConnection connection, long nowNanos) {
        if (connection.retries == 0) {
            connection.stuckSinceNanos = connection.timeoutFromNanos;
        }
        boolean patient = connection.retries == 0 || !isStuckTooLong(connection, nowNanos);
        if (!patient || connection.retries >= retriesMax(connection)) {
            counters.timedOut++;
            connections.fail(connection, TcpStatus.TIMED_OUT);
            return;
        }
        recovery.onTimeout(connection, nowNanos);
        pathMtu.onTimeout(connection, nowNanos);
        heedUserTimeout(connection, nowNanos);
    }

    /** Returns whether the peer took nothing for as long as the user waits (RFC 5482). */
    private static boolean isStuckTooLong(TcpConnection connection, long nowNanos) {
        return nowNanos - connection.stuckSinceNanos >= connection.userTimeoutNanos();
    }

    /** Lets the timer just set come up when the user's patience ends, if that is sooner. */
    private static void heedUserTimeout(TcpConnection connection, long nowNanos) {
        long userNanos = connection.userTimeoutNanos();
        if (userNanos != Long.MAX_VALUE && connection.timerNanos != TimerWheel.NEVER) {
            long endNanos = Math.max(nowNanos, connection.stuckSinceNanos + userNanos);
            if (endNanos - connection.timerNanos < 0) {
                connection.timerNanos = endNanos;
            }
        }
    }

    private int retriesMax(TcpConnection connection) {
        return switch (connection.state) {
            case SYN_SENT -> config.count(TcpTunable.SYN_RETRIES);
            case SYN_RECEIVED -> config.count(TcpTunable.SYN_ACK_RETRIES);
            default -> config.count(TcpTunable.DATA_RETRIES);
        };
    }

    /**
     * The peer's window is still too small. Probes go on as long as the peer answers them (RFC 9293, 3.8.6.1); an orphan, of
     * which no user can tell us to stop, gets a bounded number of them (RFC 6429, 3).
     */
    private void probeWindow(TcpConnection connection, long nowNanos) {
        boolean orphan = connection.ownership == Ownership.ORPHAN;
        if (connection.probes == 0) {
            connection.stuckSinceNanos = nowNanos - connection.rtt.rtoNanos();
        }
        if ((connection.probes > 0 && isStuckTooLong(connection, nowNanos))
                || connection.retries >= config.count(TcpTunable.DATA_RETRIES)
                || (orphan && connection.probes >= config.count(TcpTunable.DATA_RETRIES))) {
            counters.timedOut++;
            transmitter.sendReset(connection, nowNanos);
            connections.fail(connection, TcpStatus.TIMED_OUT);
            return;
        }
        if (transmitter.sendIntoSmallWindow(connection, nowNanos)) {
            return; // RFC 9293, 3.8.6.2.1: the override timeout; now the retransmission timer runs
        }
        connection.retries++;
        connection.probes++;
        transmitter.sendWindowProbe(connection, nowNanos);
        long waitNanos = connection.rtt.rtoNanos() << Math.min(connection.probes, PROBE_SHIFT_MAX);
        connection.timerNanos = nowNanos + Math.min(waitNanos, config.nanos(TcpTunable.RTO_MAX));
        heedUserTimeout(connection, nowNanos);
    }

    private void idle(TcpConnection connection, long nowNanos) {
        if (connection.ownership == Ownership.ORPHAN && connection.state == TcpState.FIN_WAIT_2) {
            connections.leave(connection); // the peer never closed its side; nobody is left to care
            return;
        }
        KeepAlive times = connection.keepAliveTimes;
        long dueNanos = connection.lastReceiveNanos + times.idleNanos();
        if (!connection.keepAlive || !connection.state.isSynchronized()) {
            connection.idleNanos = TimerWheel.NEVER;
        } else if (dueNanos - nowNanos > 0) {
            connection.keepAliveProbes = 0;
            connection.idleNanos = dueNanos;
        } else if (connection.hasOutstanding()) {
            connection.idleNanos = nowNanos + times.idleNanos(); // retransmission watches the peer
        } else if (isSilentTooLong(connection, nowNanos)) {
            counters.timedOut++;
            transmitter.sendReset(connection, nowNanos);
            connections.fail(connection, TcpStatus.TIMED_OUT);
        } else {
            connection.keepAliveProbes++;
            transmitter.sendKeepAliveProbe(connection, nowNanos);
            connection.idleNanos = nowNanos + times.intervalNanos();
            if (connection.userTimeoutMillis != 0) {
                long endNanos = connection.lastReceiveNanos + connection.userTimeoutNanos();
                connection.idleNanos = Math.max(nowNanos + 1, Math.min(connection.idleNanos, endNanos));
            }
        }
    }

    /** Returns whether probes went unanswered too often, or for longer than the user waits, whose word comes first (RFC 5482, 3.2). */
    private static boolean isSilentTooLong(TcpConnection connection, long nowNanos) {
        if (connection.userTimeoutMillis != 0) {
            return connection.keepAliveProbes > 0
                    && nowNanos - connection.lastReceiveNanos >= connection.userTimeoutNanos();
        }
        return connection.keepAliveProbes >= connection.keepAliveTimes.probes();
    }

    private static boolean isDue(long deadlineNanos, long nowNanos) {
        return deadlineNanos != TimerWheel.NEVER && deadlineNanos - nowNanos <= 0;
    }
}
