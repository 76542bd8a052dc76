package io.demijohn.stack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * What the user set on a socket before it connects or listens.
 *
 * @param noDelay sends small segments at once instead of waiting for the acknowledgement of earlier ones (TCP_NODELAY)
 * @param keepAlive probes an idle peer (SO_KEEPALIVE)
 * @param sendBufferBytes bound of unacknowledged bytes, 0 for one that grows from {@link TcpTunable#SEND_BUFFER}
 * @param receiveBufferBytes bound of unread bytes, 0 for one that grows from {@link TcpTunable#RECEIVE_BUFFER}
 * @param trafficClass the type of service of every packet (IP_TOS); the two ECN bits count as 0, they are TCP's own
 * @param keepAliveTimes when an idle peer is probed, null for what is configured
 * @param userTimeoutMillis how long anything may stay unacknowledged or unsent (TCP_USER_TIMEOUT), 0 for what is configured
 */
public record TcpOptions(
        boolean noDelay,
        boolean keepAlive,
        int sendBufferBytes,
        int receiveBufferBytes,
        int trafficClass,
        @Nullable KeepAlive keepAliveTimes,
        int userTimeoutMillis) {
    /** Nagle on, no keep-alive, buffers as configured. */
    public static final TcpOptions DEFAULTS = new TcpOptions(false, false, 0, 0, 0);

    /** Leaves the times to the configuration. */
    public TcpOptions(
            boolean noDelay, boolean keepAlive, int sendBufferBytes, int receiveBufferBytes, int trafficClass) {
        this(noDelay, keepAlive, sendBufferBytes, receiveBufferBytes, trafficClass, null, 0);
    }
}
