package io.demijohn.stack.tcp;

import io.demijohn.stack.tcp.TcpConnection.TimerUse;
import io.demijohn.stack.timer.TimerWheel;

/**
 * What acknowledgements and timeouts mean for what was sent: the retransmission timer of RFC 6298, fast retransmit and
 * recovery of RFC 5681 and 6582.
 *
 * <p>Changes the connection's send side and its congestion control; {@link Transmitter#output} then sends. After a timeout
 * everything from SND.UNA on is sent again as acknowledgements allow. Driver only; never allocates.
 */
final class LossRecovery {
    private static final int DUPLICATES_MIN = 3;

    private final TcpCounters counters;

    LossRecovery(TcpCounters counters) {
        this.counters = counters;
    }

    /** Takes an acknowledgement of something new: {@code SND.UNA < acknowledgement <= } the highest number sent. */
    void onAcknowledged(TcpConnection connection, long acknowledgement, long nowNanos) {
        int bytes = (int) (acknowledgement - connection.sendUnacknowledged);
        connection.rtt.onAcknowledged(acknowledgement, nowNanos);
        connection.sendUnacknowledged = acknowledgement;
        connection.sendNext = Math.max(connection.sendNext, acknowledgement);
        connection.retries = 0;
        connection.probes = 0;
        boolean firstPartial = false;
        if (connection.inRecovery) {
            if (acknowledgement >= connection.recover) {
                leaveRecovery(connection);
            } else {
                firstPartial = onPartial(connection, bytes);
            }
        } else {
            connection.duplicateAcks = 0;
            connection.congestion.onAcknowledged(bytes, nowNanos);
        }
        if (!connection.hasOutstanding()) {
            connection.timerUse = TimerUse.NONE; // RFC 6298 (5.2)
            connection.timerNanos = TimerWheel.NEVER;
        } else if (!connection.inRecovery || firstPartial) {
            connection.timerUse = TimerUse.RETRANSMIT; // (5.3); RFC 6582, 3.2 (3): the first partial one alone
            connection.timerNanos = nowNanos + connection.rtt.rtoNanos();
        }
    }

    /** Takes a duplicate acknowledgement as RFC 5681, 2 defines it. */
    void onDuplicate(TcpConnection connection, long nowNanos) {
        counters.duplicateAcks++;
        connection.duplicateAcks++;
        if (connection.inRecovery) {
            connection.recoveryWindow += connection.sendMss; // RFC 6582, 3.2 (2), RFC 5681, 3.2 (4)
            return;
        }
        // RFC 6582, 3.2 (1): "Cumulative Acknowledgement field covers more than recover", so that repeats of what a
        // timeout sent again start no second recovery
        if (connection.duplicateAcks != DUPLICATES_MIN || connection.sendUnacknowledged <= connection.recover) {
            return;
        }
        counters.fastRetransmits++;
        connection.congestion.onLoss(flightBytes(connection), nowNanos);
        connection.recover = connection.sendMax;
        connection.inRecovery = true;
        connection.partials = 0;
        connection.recoveryWindow = connection.congestion.thresholdBytes() + DUPLICATES_MIN * connection.sendMss;
        connection.retransmitOwed = true;
    }

    /** The retransmission timer ran out (RFC 6298, 5.4 to 5.6). */
    void onTimeout(TcpConnection connection, long nowNanos) {
        counters.retransmitTimeouts++;
        if (connection.state.sendsData()) {
            connection.congestion.onTimeout(flightBytes(connection), connection.retries > 0);
        } else {
            connection.handshakeRetransmitted = true;
        }
        connection.retries++;
        connection.inRecovery = false;
        connection.retransmitOwed = false;
        connection.duplicateAcks = 0;
        connection.recover = connection.sendMax; // RFC 6582, 4
        connection.sendNext = connection.sendUnacknowledged;
        connection.rtt.onRetransmitted();
        connection.rtt.backOff();
        connection.timerNanos = nowNanos + connection.rtt.rtoNanos();
    }

    /** Returns FlightSize. */
    private static int flightBytes(TcpConnection connection) {
        return (int) (connection.sendNext - connection.sendUnacknowledged);
    }

    private static void leaveRecovery(TcpConnection connection) {
        connection.inRecovery = false;
        connection.retransmitOwed = false;
        connection.duplicateAcks = 0;
        connection.congestion.onRecovered(flightBytes(connection));
    }

    /** A hole behind the one just filled: it is lost as well (RFC 6582, 3.2 (3)); returns whether it is the first. */
    private static boolean onPartial(TcpConnection connection, int bytes) {
        connection.retransmitOwed = true;
        int deflated = connection.recoveryWindow - bytes + (bytes >= connection.sendMss ? connection.sendMss : 0);
        connection.recoveryWindow = Math.max(connection.sendMss, deflated);
        return connection.partials++ == 0;
    }
}
