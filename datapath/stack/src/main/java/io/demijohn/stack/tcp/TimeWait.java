package io.demijohn.stack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * What is left of a connection in TIME_WAIT: enough to acknowledge a repeated FIN and to recognise a newer SYN.
 *
 * <p>In the flow table instead of the connection, and in the list of {@link Connections} in order of expiry; driver only.
 */
final class TimeWait extends Flow {
    final long sendNext;
    final long receiveNext;
    final int window;
    final boolean timestampsOn;
    final int timestampRecent;
    final int timestampOffset;
    long deadlineNanos;

    @Nullable
    TimeWait older;

    @Nullable
    TimeWait newer;

    TimeWait(TcpConnection connection, int window) {
        super(
                connection.localHigh,
                connection.localLow,
                connection.localPort,
                connection.remoteHigh,
                connection.remoteLow,
                connection.remotePort);
        this.sendNext = connection.sendMax;
        this.receiveNext = connection.receiveNext;
        this.window = window;
        this.timestampsOn = connection.timestampsOn;
        this.timestampRecent = connection.timestampRecent;
        this.timestampOffset = connection.timestampOffset;
        this.trafficClass = connection.trafficClass;
    }

    /** Returns our timestamp clock as the connection had it. */
    int timestampValue(long nowNanos) {
        return TcpConnection.timestampTicks(nowNanos) + timestampOffset;
    }
}
