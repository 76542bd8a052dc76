package io.demijohn.stack.tcp;

/**
 * The tunables of one TCP instance; immutable.
 *
 * @param rtoInitialNanos retransmission timeout before the first measurement (RFC 6298, 2.1)
 * @param rtoMinNanos floor of the retransmission timeout
 * @param rtoMaxNanos ceiling of the retransmission timeout, backed off or not
 * @param delayedAckNanos longest wait before data is acknowledged, at most 500 ms
 * @param timeWaitNanos length of TIME_WAIT (2 MSL)
 * @param finWait2Nanos how long a closed socket waits for the peer's FIN
 * @param keepAliveIdleNanos silence before the first keep-alive probe
 * @param keepAliveIntervalNanos time between keep-alive probes
 * @param keepAliveProbes unanswered keep-alive probes that end the connection
 * @param synRetries retransmissions of a SYN before connect times out
 * @param synAckRetries retransmissions of a SYN-ACK before a half-open connection is forgotten
 * @param dataRetries consecutive timeouts of data or FIN before the connection times out
 * @param receiveBufferBytes bound of unread bytes per connection
 * @param sendBufferBytes bound of unacknowledged bytes per connection
 * @param initialWindowSegments initial congestion window in segments (RFC 6928)
 * @param quickAckSegments segments acknowledged without delay at the start of a connection
 * @param reassemblySegmentsMax out-of-order segments kept per connection
 * @param connectionsMax bound of connections
 * @param halfOpenMax bound of half-open connections over all listeners
 * @param timeWaitMax bound of TIME_WAIT entries; beyond it the oldest goes
 * @param challengeAcksPerSecond bound per connection of ACKs that answer suspicious segments (RFC 5961, 7)
 * @param ephemeralPortFirst lowest port chosen for the user
 * @param ephemeralPortLast highest port chosen for the user
 */
public record TcpConfig(
        long rtoInitialNanos,
        long rtoMinNanos,
        long rtoMaxNanos,
        long delayedAckNanos,
        long timeWaitNanos,
        long finWait2Nanos,
        long keepAliveIdleNanos,
        long keepAliveIntervalNanos,
        int keepAliveProbes,
        int synRetries,
        int synAckRetries,
        int dataRetries,
        int receiveBufferBytes,
        int sendBufferBytes,
        int initialWindowSegments,
        int quickAckSegments,
        int reassemblySegmentsMax,
        int connectionsMax,
        int halfOpenMax,
        int timeWaitMax,
        int challengeAcksPerSecond,
        int ephemeralPortFirst,
        int ephemeralPortLast) {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000_000_000L;

    /** Returns what a server on a real network wants. */
    public static TcpConfig defaults() {
        return new TcpConfig(
                SECOND,
                200 * MILLI,
                60 * SECOND,
                40 * MILLI,
                60 * SECOND,
                60 * SECOND,
                7200 * SECOND,
                75 * SECOND,
                9,
                6,
                5,
                15,
                256 << 10,
                256 << 10,
                10,
                16,
                256,
                1 << 20,
                4096,
                16384,
                10,
                32768,
                60999);
    }
}
