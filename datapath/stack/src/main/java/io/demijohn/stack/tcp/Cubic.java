package io.demijohn.stack.tcp;

/**
 * CUBIC (RFC 9438): after a loss the window follows a cubic of time around the size at which the loss was.
 *
 * <pre>
 *   W_cubic(t) = C (t - K)^3 + W_max        K = cbrt((W_max - cwnd_epoch) / C)        in segments and seconds
 * </pre>
 *
 * <p>Slow start ends by HyStart++. Windows are bytes here, so that C is multiplied by the segment size.
 */
final class Cubic extends CongestionControl {
    private static final double C = 0.4;
    private static final double BETA = 0.7;
    /** Growth of the Reno-friendly estimate, segments a round trip: 3 (1 - beta) / (1 + beta). */
    private static final double FRIENDLY = 3 * (1 - BETA) / (1 + BETA);

    private static final double CONVERGENCE = (1 + BETA) / 2;
    private static final int SLOW_START_SEGMENTS = 8; // RFC 9406, 4.2: L without pacing
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long NO_EPOCH = Long.MIN_VALUE;

    private final HyStart start = new HyStart();
    private long epochNanos = NO_EPOCH;
    private double originBytes;
    private double inflectionSeconds;
    private double friendlyBytes;
    private double maxBytes;
    private double priorMaxBytes;
    private double reducedFromBytes;
    private double fraction; // of a byte that the window has not grown yet

    Cubic() {
        super(SLOW_START_SEGMENTS);
    }

    @Override
    void onAcknowledged(Delivery delivery) {
        if (window >= threshold) {
            super.onAcknowledged(delivery);
            return;
        }
        if (start.onAcknowledged(delivery)) {
            threshold = window;
        } else if (delivery.limited) {
            grow(start.growth(Math.min(delivery.ackedBytes, SLOW_START_SEGMENTS * mss)));
        }
    }

    @Override
    void avoid(Delivery delivery) {
        if (epochNanos == NO_EPOCH) {
            beginEpoch(delivery.nowNanos);
        }
        double seconds = (delivery.nowNanos - epochNanos) / NANOS_PER_SECOND;
        double roundTrip = Math.max(0, delivery.rttNanos) / NANOS_PER_SECOND;
        double cubic = at(seconds);
        double pace = friendlyBytes >= reducedFromBytes ? 1 : FRIENDLY; // RFC 9438, 4.3
        friendlyBytes += pace * delivery.ackedBytes / window * mss;
        if (cubic < friendlyBytes) {
            window = (int) Math.min(WINDOW_MAX_BYTES, Math.max(window, friendlyBytes));
            return;
        }
        double target = Math.max(window, Math.min(at(seconds + roundTrip), 1.5 * window));
        fraction += (target - window) / window * delivery.ackedBytes;
        int whole = (int) fraction;
        fraction -= whole;
        grow(whole);
    }

    @Override
    void reduce(int flightBytes) {
        priorMaxBytes = maxBytes;
        maxBytes = window < maxBytes ? window * CONVERGENCE : window; // fast convergence: RFC 9438, 4.7
        reducedFromBytes = window;
        endEpoch();
        reduceTo(Math.round(window * BETA));
        start.reset();
    }

    @Override
    void undone() {
        maxBytes = priorMaxBytes;
        endEpoch();
    }

    @Override
    void restarted() {
        endEpoch();
        start.reset();
    }

    private double at(double seconds) {
        double distance = seconds - inflectionSeconds;
        return originBytes + C * mss * distance * distance * distance;
    }

    private void beginEpoch(long nowNanos) {
        epochNanos = nowNanos;
        friendlyBytes = window;
        if (window < maxBytes) {
            inflectionSeconds = Math.cbrt((maxBytes - window) / mss / C);
            originBytes = maxBytes;
        } else {
            inflectionSeconds = 0;
            originBytes = window;
        }
    }

    private void endEpoch() {
        epochNanos = NO_EPOCH;
        fraction = 0;
    }
}
