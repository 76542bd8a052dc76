package io.demijohn.stack.tcp;

/** The standard congestion control: slow start and congestion avoidance of RFC 5681, recovery's end of RFC 6582. */
final class NewReno implements CongestionControl {
    /** Far above any window that scaling can express. */
    private static final int WINDOW_MAX_BYTES = 1 << 30;

    private int mss;
    private int initialWindow;
    private int window;
    private int threshold;
    private int countedBytes;

    @Override
    public void start(int mssBytes, int initialWindowBytes) {
        mss = mssBytes;
        initialWindow = initialWindowBytes;
        window = initialWindowBytes;
        threshold = WINDOW_MAX_BYTES;
        countedBytes = 0;
    }

    @Override
    public int windowBytes() {
        return window;
    }

    @Override
    public int thresholdBytes() {
        return threshold;
    }

    @Override
    public void onAcknowledged(int acknowledgedBytes, long nowNanos) {
        if (window < threshold) {
            window = Math.min(WINDOW_MAX_BYTES, window + Math.min(acknowledgedBytes, mss)); // RFC 5681, (2)
            return;
        }
        countedBytes += acknowledgedBytes; // RFC 5681, 3.1: one segment per window acknowledged
        if (countedBytes >= window) {
            countedBytes -= window;
            window = Math.min(WINDOW_MAX_BYTES, window + mss);
        }
    }

    @Override
    public void onLoss(int flightBytes, long nowNanos) {
        threshold = Math.max(flightBytes / 2, 2 * mss); // RFC 5681, (4)
        window = threshold;
        countedBytes = 0;
    }

    @Override
    public void onRecovered(int flightBytes) {
        window = Math.min(threshold, Math.max(flightBytes, mss) + mss); // RFC 6582, 3.2 (3), option 1
    }

    @Override
    public void onTimeout(int flightBytes, boolean repeated) {
        if (!repeated) {
            threshold = Math.max(flightBytes / 2, 2 * mss);
        }
        window = mss;
        countedBytes = 0;
    }

    @Override
    public void onIdle() {
        window = Math.min(window, initialWindow); // RFC 5681, 4.1
    }
}
