package io.demijohn.stack.tcp;

/**
 * When keep-alive probes a silent peer and when it gives up (RFC 9293, 3.8.4; TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT).
 *
 * @param idleNanos silence before the first probe
 * @param intervalNanos time between probes
 * @param probes unanswered probes that end the connection
 */
public record KeepAlive(long idleNanos, long intervalNanos, int probes) {
    /** Returns what {@code config} says. */
    static KeepAlive of(TcpConfig config) {
        return new KeepAlive(
                config.nanos(TcpTunable.KEEP_ALIVE_IDLE),
                config.nanos(TcpTunable.KEEP_ALIVE_INTERVAL),
                config.count(TcpTunable.KEEP_ALIVE_PROBES));
    }
}
