package io.demijohn.stack.tcp;

/** The standard congestion control: slow start, congestion avoidance and halving of RFC 5681, counting bytes. */
sealed class NewReno extends CongestionControl permits Dctcp {
    private static final int SLOW_START_SEGMENTS = 2; // RFC 3465, 2.3

    private int countedBytes;

    NewReno() {
        super(SLOW_START_SEGMENTS);
    }

    @Override
    final void avoid(Delivery delivery) {
        countedBytes += delivery.ackedBytes; // RFC 5681, 3.1: one segment per window acknowledged
        if (countedBytes >= window) {
            countedBytes -= window;
            grow(mss);
        }
    }

    @Override
    final void reduce(int flightBytes) {
        countedBytes = 0;
        reduceTo(flightBytes / 2); // RFC 5681, (4)
    }
}
