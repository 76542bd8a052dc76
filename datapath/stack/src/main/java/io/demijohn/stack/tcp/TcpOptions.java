package io.demijohn.stack.tcp;

/**
 * What the user set on a socket before it connects or listens.
 *
 * @param noDelay sends small segments at once instead of waiting for the acknowledgement of earlier ones (TCP_NODELAY)
 * @param keepAlive probes an idle peer (SO_KEEPALIVE)
 * @param sendBufferBytes bound of unacknowledged bytes, 0 for one that grows from {@link TcpTunable#SEND_BUFFER}
 * @param receiveBufferBytes bound of unread bytes, 0 for one that grows from {@link TcpTunable#RECEIVE_BUFFER}
 * @param trafficClass the type of service of every packet (IP_TOS); the two ECN bits count as 0, they are TCP's own
 */
public record TcpOptions(
        boolean noDelay, boolean keepAlive, int sendBufferBytes, int receiveBufferBytes, int trafficClass) {
    /** Nagle on, no keep-alive, buffers as configured. */
    public static final TcpOptions DEFAULTS = new TcpOptions(false, false, 0, 0, 0);
}
