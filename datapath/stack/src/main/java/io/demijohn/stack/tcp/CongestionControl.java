package io.demijohn.stack.tcp;

import io.demijohn.device.Require;

/**
 * How much may be in flight: the window of one connection's congestion control, and what all algorithms have in common.
 *
 * <p>Knows bytes and events, not segments, sequence numbers or timers; {@link LossRecovery} finds losses and tells. One
 * instance per connection; driver only; never allocates. Slow start counts bytes (RFC 3465), the window grows only while it
 * is used (RFC 7661), a restart after idling is slow (RFC 5681, 4.1).
 */
abstract sealed class CongestionControl permits Cubic, NewReno {
    /** Far above any window that scaling can express. */
    static final int WINDOW_MAX_BYTES = 1 << 30;

    /** The algorithms that {@link TcpTunable#CONGESTION} chooses among, by their number. */
    static final int CUBIC = 0;

    static final int NEW_RENO = 1;
    static final int DCTCP = 2;

    int mss = 1;
    int window;
    int threshold;
    private final int slowStartSegments;
    private int together;
    private int initialWindow;
    private int priorWindow;
    private int priorThreshold;

    /** Makes an algorithm whose slow start counts at most so many segments of one acknowledgement. */
    CongestionControl(int slowStartSegments) {
        this.slowStartSegments = slowStartSegments;
    }

    /** Returns the algorithm of that number. */
    static CongestionControl of(int algorithm) {
        return switch (algorithm) {
            case CUBIC -> new Cubic();
            case NEW_RENO -> new NewReno();
            default -> new Dctcp();
        };
    }

    /** Starts with a window of {@code initialWindowBytes} for segments of {@code mssBytes}. */
    final void start(int mssBytes, int initialWindowBytes) {
        Require.that(mssBytes > 0 && initialWindowBytes > 0, "congestion window without a segment");
        mss = mssBytes;
        initialWindow = initialWindowBytes;
        window = initialWindowBytes;
        threshold = WINDOW_MAX_BYTES;
        priorWindow = window;
        priorThreshold = threshold;
    }

    /** Segments are smaller from now on: path MTU. */
    final void setMss(int mssBytes) {
        mss = Math.max(1, mssBytes);
    }

    /** So many segments left as one packet, which its receiver may acknowledge as one. */
    final void onSentTogether(int segments) {
        together = Math.max(together, segments);
    }

    /**
     * Returns how many bytes one acknowledgement counts for in slow start at most: the limit is against acknowledgements that
     * stand for more than what left at once (RFC 3465, 2.3; RFC 9406, 4.2).
     */
    final int slowStartMaxBytes() {
        return Math.max(slowStartSegments, together) * mss;
    }

    /** Returns the congestion window in bytes, at least one segment. */
    final int windowBytes() {
        return window;
    }

    /** Returns the slow-start threshold in bytes. */
    final int thresholdBytes() {
        return threshold;
    }

    /** Takes an acknowledgement outside of fast recovery. */
    void onAcknowledged(Delivery delivery) {
        if (!delivery.limited || delivery.ackedBytes == 0) {
            return;
        }
        if (window < threshold) {
            grow(Math.min(delivery.ackedBytes, slowStartMaxBytes()));
        } else {
            avoid(delivery);
        }
    }

    /** A segment was lost while {@code flightBytes} were in flight, and others arrived. */
    final void onLoss(int flightBytes) {
        priorWindow = window;
        priorThreshold = threshold;
        reduce(flightBytes);
    }

    /** The peer echoed a congestion mark: once a round trip (RFC 3168, 6.1.2). */
    void onEcho(int flightBytes) {
        onLoss(flightBytes);
    }

    /** Fast recovery is over (RFC 6937, 3). */
    final void onRecovered() {
        window = threshold;
    }

    /** The retransmission timer ran out; {@code repeated} if for the same data again (RFC 5681, 3.1). */
    final void onTimeout(int flightBytes, boolean repeated) {
        if (!repeated) {
            onLoss(flightBytes);
        }
        window = mss;
    }

    /** Nothing was sent for so many retransmission timeouts: each halves the window, down to the initial one. */
    final void onIdle(long timeouts) {
        threshold = Math.max(threshold, window / 4 * 3); // RFC 7661, 4.4.1
        int restart = Math.min(window, initialWindow);
        window = Math.max(restart, window >> Math.min(timeouts, 30));
        restarted();
    }

    /** What was taken for a loss was none: back to what was before. */
    final void undo() {
        window = Math.max(window, priorWindow);
        threshold = priorThreshold;
        undone();
    }

    /** Congestion avoidance: window at or above the threshold. */
    abstract void avoid(Delivery delivery);

    /** Sets threshold and window after a loss or mark. */
    abstract void reduce(int flightBytes);

    /** A reduction is taken back: what {@link #reduce} remembered counts as not having happened. */
    void undone() {}

    /** The window did not grow for a while, or was cut for idling. */
    void restarted() {}

    final void reduceTo(long bytes) {
        threshold = (int) Math.max(bytes, 2L * mss);
        window = threshold;
    }

    final void grow(int bytes) {
        window = Math.min(WINDOW_MAX_BYTES, window + bytes);
    }
}
