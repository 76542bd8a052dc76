package io.demijohn.stack.tcp;

/**
 * How much may be in flight: the window of one connection's congestion control.
 *
 * <p>Knows bytes and events, not segments, sequence numbers or timers; {@link LossRecovery} finds losses and tells. One
 * instance per connection; driver only; never allocates after {@link #start}.
 */
interface CongestionControl {
    /** Starts with a window of {@code initialWindowBytes} for segments of {@code mssBytes}. */
    void start(int mssBytes, int initialWindowBytes);

    /** Returns the congestion window in bytes, at least one segment. */
    int windowBytes();

    /** Returns the slow-start threshold in bytes. */
    int thresholdBytes();

    /** Takes an acknowledgement of {@code acknowledgedBytes} new bytes outside of recovery. */
    void onAcknowledged(int acknowledgedBytes, long nowNanos);

    /** A segment was lost while {@code flightBytes} were in flight, and others arrived. */
    void onLoss(int flightBytes, long nowNanos);

    /** Fast recovery is over; {@code flightBytes} are in flight. */
    void onRecovered(int flightBytes);

    /** The retransmission timer ran out; {@code repeated} if for the same data again. */
    void onTimeout(int flightBytes, boolean repeated);

    /** Nothing was sent for longer than the retransmission timeout. */
    void onIdle();
}
