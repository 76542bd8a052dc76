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
        this.trafficClass = connection.trafficClass;
    }
}
