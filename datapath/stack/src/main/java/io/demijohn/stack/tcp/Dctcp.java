package io.demijohn.stack.tcp;

/**
 * Data center TCP (RFC 8257): the window shrinks in proportion to the share of bytes whose packets were marked.
 *
 * <p>Losses halve it as NewReno does. The receiver's half, which echoes each mark exactly, is in {@link Ecn}.
 */
final class Dctcp extends NewReno {
    private static final double GAIN = 1.0 / 16; // g of RFC 8257, 4.2
    private double marked = 1; // alpha; RFC 8257, 3.3
    private long ackedBytes;
    private long echoedBytes;

    @Override
    void onAcknowledged(Delivery delivery) {
        ackedBytes += delivery.ackedBytes;
        echoedBytes += delivery.echo ? delivery.ackedBytes : 0;
        if (delivery.roundStarted && ackedBytes > 0) {
            marked = marked * (1 - GAIN) + GAIN * echoedBytes / ackedBytes;
            ackedBytes = 0;
            echoedBytes = 0;
        }
        if (!delivery.echo) {
            super.onAcknowledged(delivery);
        }
    }

    @Override
    void onEcho(int flightBytes) {
        reduceTo(Math.round(window * (1 - marked / 2)));
    }
}
