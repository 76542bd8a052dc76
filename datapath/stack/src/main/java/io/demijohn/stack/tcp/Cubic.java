package io.demijohn.stack.tcp;

import org.jspecify.annotations.Nullable;

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

    /** The cubic and where it came from: of a connection that left slow start, so that an idle one goes without. */
    private static final class Curve {
        long epochNanos = NO_EPOCH;
        double originBytes;
        double inflectionSeconds;
        double friendlyBytes;
        double maxBytes;
        double priorMaxBytes;
        double reducedFromBytes;
        double fraction; // of a byte that the window has not grown yet
    }

    private final HyStart start = new HyStart();
    private @Nullable Curve curve;

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
            grow(start.growth(Math.min(delivery.ackedBytes, slowStartMaxBytes())));
        }
    }

    @Override
    void avoid(Delivery delivery) {
        Curve own = curve();
        if (own.epochNanos == NO_EPOCH) {
            beginEpoch(own, delivery.nowNanos);
        }
        double seconds = (delivery.nowNanos - own.epochNanos) / NANOS_PER_SECOND;
        double roundTrip = Math.max(0, delivery.rttNanos) / NANOS_PER_SECOND;
        double cubic = at(own, seconds);
        double pace = own.friendlyBytes >= own.reducedFromBytes ? 1 : FRIENDLY; // RFC 9438, 4.3
        own.friendlyBytes += pace * delivery.ackedBytes / window * mss;
        if (cubic < own.friendlyBytes) {
            window = (int) Math.min(WINDOW_MAX_BYTES, Math.max(window, own.friendlyBytes));
            return;
        }
        double target = Math.max(window, Math.min(at(own, seconds + roundTrip), 1.5 * window));
        own.fraction += (target - window) / window * delivery.ackedBytes;
        int whole = (int) own.fraction;
        own.fraction -= whole;
        grow(whole);
    }

    @Override
    void reduce(int flightBytes) {
        Curve own = curve();
        own.priorMaxBytes = own.maxBytes;
        own.maxBytes = window < own.maxBytes ? window * CONVERGENCE : window; // fast convergence: RFC 9438, 4.7
        own.reducedFromBytes = window;
        endEpoch();
        reduceTo(Math.round(window * BETA));
        start.reset();
    }

    @Override
    void undone() {
        Curve own = curve();
        own.maxBytes = own.priorMaxBytes;
        endEpoch();
    }

    @Override
    void restarted() {
        endEpoch();
        start.reset();
    }

    private Curve curve() {
        Curve own = curve;
        if (own == null) {
            own = new Curve();
            curve = own;
        }
        return own;
    }

    private double at(Curve own, double seconds) {
        double distance = seconds - own.inflectionSeconds;
        return own.originBytes + C * mss * distance * distance * distance;
    }

    private void beginEpoch(Curve own, long nowNanos) {
        own.epochNanos = nowNanos;
        own.friendlyBytes = window;
        if (window < own.maxBytes) {
            own.inflectionSeconds = Math.cbrt((own.maxBytes - window) / mss / C);
            own.originBytes = own.maxBytes;
        } else {
            own.inflectionSeconds = 0;
            own.originBytes = window;
        }
    }

    private void endEpoch() {
        Curve own = curve;
        if (own != null) {
            own.epochNanos = NO_EPOCH;
            own.fraction = 0;
        }
    }
}
