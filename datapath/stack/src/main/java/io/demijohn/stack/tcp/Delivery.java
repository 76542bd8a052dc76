package io.demijohn.stack.tcp;

/**
 * What one acknowledgement told about the flight: one reused value of {@link LossRecovery}, valid while it is processed.
 *
 * <p>Driver only.
 */
final class Delivery {
    long nowNanos;
    /** Bytes that SND.UNA moved on. */
    int ackedBytes;
    /** Bytes that are now known to have arrived and were not before: acknowledged or SACKed. */
    int deliveredBytes;
    /** Round trip of the delivered segment that was sent last, or -1. */
    long rttNanos;
    /** Round trip of the first acknowledged segment that was sent once, or -1: what the timeout is made of. */
    long timeoutRttNanos;
    /** A round trip is over: something sent since the last one ended was acknowledged. */
    boolean roundStarted;
    /** The congestion window was in use: RFC 7661's validated phase. */
    boolean limited;
    /** The acknowledgement echoes a congestion mark (RFC 3168). */
    boolean echo;
    /** RACK.fack before. */
    long deliveredEndBefore;
    /** A segment arrived that was sent once, and before the last timeout: F-RTO. */
    boolean originalArrived;
    /** It reports a duplicate (RFC 2883). */
    boolean duplicateReported;

    void start(Flight flight, CongestionControl congestion, boolean echoes, long now) {
        nowNanos = now;
        ackedBytes = 0;
        deliveredBytes = 0;
        rttNanos = -1;
        timeoutRttNanos = -1;
        roundStarted = false;
        limited = 2L * flight.pipeBytes() >= congestion.windowBytes();
        echo = echoes;
        deliveredEndBefore = flight.deliveredEnd;
        originalArrived = false;
        duplicateReported = false;
    }
}
