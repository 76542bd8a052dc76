package io.demijohn.engine;

/**
 * What a stream starts with.
 *
 * @param noDelay whether small segments go out at once (TCP_NODELAY)
 * @param keepAlive whether an idle peer is probed (SO_KEEPALIVE)
 * @param sendBufferBytes bound of unacknowledged bytes, 0 for the default
 * @param receiveBufferBytes bound of unread bytes, 0 for the default
 * @param trafficClass the type of service of every packet (IP_TOS)
 */
public record StreamOptions(
        boolean noDelay, boolean keepAlive, int sendBufferBytes, int receiveBufferBytes, int trafficClass) {
    public static final StreamOptions DEFAULTS = new StreamOptions(false, false, 0, 0, 0);
}
