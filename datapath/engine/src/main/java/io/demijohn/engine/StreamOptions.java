package io.demijohn.engine;

import io.demijohn.stack.tcp.KeepAlive;
import org.jspecify.annotations.Nullable;

/**
 * What a stream starts with.
 *
 * @param noDelay whether small segments go out at once (TCP_NODELAY)
 * @param keepAlive whether an idle peer is probed (SO_KEEPALIVE)
 * @param sendBufferBytes bound of unacknowledged bytes, 0 for one that grows with need
 * @param receiveBufferBytes bound of unread bytes, 0 for one that grows with need
 * @param trafficClass the type of service of every packet (IP_TOS)
 * @param keepAliveTimes when an idle peer is probed, null for the default
 * @param userTimeoutMillis how long anything may stay unacknowledged or unsent (TCP_USER_TIMEOUT), 0 for the default
 */
public record StreamOptions(
        boolean noDelay,
        boolean keepAlive,
        int sendBufferBytes,
        int receiveBufferBytes,
        int trafficClass,
        @Nullable KeepAlive keepAliveTimes,
        int userTimeoutMillis) {
    public static final StreamOptions DEFAULTS = new StreamOptions(false, false, 0, 0, 0);

    /** Leaves the times to their defaults. */
    public StreamOptions(
            boolean noDelay, boolean keepAlive, int sendBufferBytes, int receiveBufferBytes, int trafficClass) {
        this(noDelay, keepAlive, sendBufferBytes, receiveBufferBytes, trafficClass, null, 0);
    }
}
