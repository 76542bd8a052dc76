package io.demijohn.stack.tcp;

/**
 * What the user set on a socket before it connects or listens.
 *
 * @param noDelay sends small segments at once instead of waiting for the acknowledgement of earlier ones (TCP_NODELAY)
 * @param keepAlive probes an idle peer (SO_KEEPALIVE)
 * @param sendBufferBytes bound of unacknowledged bytes, 0 for {@link TcpConfig#sendBufferBytes}
 * @param receiveBufferBytes bound of unread bytes, 0 for {@link TcpConfig#receiveBufferBytes}
 */
public record TcpOptions(boolean noDelay, boolean keepAlive, int sendBufferBytes, int receiveBufferBytes) {
    /** Nagle on, no keep-alive, buffers as configured. */
    public static final TcpOptions DEFAULTS = new TcpOptions(false, false, 0, 0);
}
