package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The windows of each algorithm against what its RFC says, without a network. */
final class CongestionControlTest {
    private static final int MSS = 1000;
    private static final long MILLI = 1_000_000L;
    private static final double C = 0.4;

    private final Delivery delivery = new Delivery();
    private long now;

    @Test
    @Tag("proves:rfc9438-growth")
    void cubic_afterLoss_followsTheCubicOfTime() {
        CongestionControl cubic = started(CongestionControl.CUBIC, 1000);
        cubic.onLoss(1000 * MSS);
        assertEquals(700 * MSS, cubic.windowBytes());
        cubic.onRecovered();
        double inflection = Math.cbrt((1000 - 700) / C);
        long roundTrip = 100 * MILLI;
        long begin = now + roundTrip;
        for (int round = 1; round <= 150; round++) {
            now += roundTrip;
            int window = cubic.windowBytes();
            for (int acked = 0; acked < window; acked += 2 * MSS) {
                acknowledge(cubic, Math.min(2 * MSS, window - acked), roundTrip, acked == 0);
            }
            double distance = (now - begin + roundTrip) / 1e9 - inflection;
            double expected = C * distance * distance * distance + 1000;
            double actual = cubic.windowBytes() / (double) MSS;
            assertEquals(expected, actual, expected * 0.02, "round " + round);
        }
    }

    @Test
    @Tag("proves:rfc9438-reduction")
    void cubic_lossBelowTheLastMaximum_convergesFaster() {
        Cubic cubic = (Cubic) started(CongestionControl.CUBIC, 1000);
        cubic.onLoss(0);
        cubic.onRecovered();
        cubic.onLoss(0); // at 700: another flow takes its share, W_max = 700 * 0.85
        cubic.onRecovered();
        assertEquals(490 * MSS, cubic.windowBytes());
        double inflection = Math.cbrt((595 - 490) / C);
        acknowledge(cubic, MSS, 0, true);
        long start = now;
        while (now < start + inflection * 1e9) {
            now += 10 * MILLI;
            acknowledge(cubic, 49 * MSS, 10 * MILLI, true);
        }
        assertEquals(595, cubic.windowBytes() / (double) MSS, 12);
    }

    @Test
    @Tag("proves:rfc9438-growth")
    void cubic_shortRoundTrips_asFastAsReno() {
        CongestionControl cubic = started(CongestionControl.CUBIC, 20);
        cubic.onLoss(0);
        cubic.onRecovered();
        for (int round = 0; round < 100; round++) {
            now += MILLI;
            acknowledge(cubic, cubic.windowBytes(), MILLI, true);
        }
        double reno = 14 + 100 * 3 * 0.3 / 1.7; // alpha = 0.53 segments a round trip until W_max
        assertTrue(cubic.windowBytes() >= reno * MSS * 0.95, "window " + cubic.windowBytes());
    }

    @Test
    @Tag("proves:undo")
    void undo_afterLossOrTimeout_windowAndThresholdAsBefore() {
        for (int algorithm = CongestionControl.CUBIC; algorithm <= CongestionControl.DCTCP; algorithm++) {
            CongestionControl control = started(algorithm, 40);
            int threshold = control.thresholdBytes();
            control.onLoss(40 * MSS);
            control.undo();
            assertEquals(40 * MSS, control.windowBytes());
            assertEquals(threshold, control.thresholdBytes());
            control.onTimeout(40 * MSS, false);
            assertEquals(MSS, control.windowBytes());
            control.onTimeout(MSS, true);
            control.undo();
            assertEquals(40 * MSS, control.windowBytes());
            assertEquals(threshold, control.thresholdBytes());
        }
    }

    @Test
    @Tag("proves:rfc5681-avoidance")
    void newReno_avoidance_oneSegmentARoundTrip() {
        CongestionControl reno = started(CongestionControl.NEW_RENO, 40);
        reno.onLoss(40 * MSS);
        assertEquals(20 * MSS, reno.windowBytes());
        for (int round = 1; round <= 10; round++) {
            int window = reno.windowBytes();
            for (int acked = 0; acked < window; acked += MSS) {
                acknowledge(reno, MSS, MILLI, false);
            }
            assertEquals((20 + round) * MSS, reno.windowBytes());
        }
    }

    @Test
    @Tag("proves:rfc3465")
    void slowStart_acknowledgementOfManySegments_countsBytesUpToItsLimit() {
        CongestionControl reno = started(CongestionControl.NEW_RENO, 10);
        acknowledge(reno, 300, MILLI, false);
        assertEquals(10 * MSS + 300, reno.windowBytes());
        acknowledge(reno, 6 * MSS, MILLI, false);
        assertEquals(12 * MSS + 300, reno.windowBytes());
        CongestionControl cubic = started(CongestionControl.CUBIC, 10);
        acknowledge(cubic, 20 * MSS, MILLI, false);
        assertEquals(18 * MSS, cubic.windowBytes());
    }

    @Test
    @Tag("proves:rfc7661")
    void windowNotUsed_doesNotGrow_andShrinksWhenIdle() {
        for (int algorithm = CongestionControl.CUBIC; algorithm <= CongestionControl.DCTCP; algorithm++) {
            CongestionControl control = started(algorithm, 80);
            delivery.limited = false;
            delivery.ackedBytes = 10 * MSS;
            delivery.echo = false;
            control.onAcknowledged(delivery);
            assertEquals(80 * MSS, control.windowBytes());
            control.onIdle(1);
            assertEquals(40 * MSS, control.windowBytes());
            control.onIdle(60);
            assertEquals(10 * MSS, control.windowBytes());
            assertTrue(control.thresholdBytes() >= 60 * MSS);
        }
    }

    @Test
    @Tag("proves:rfc9406")
    void hyStart_roundTripsGrow_slowStartEndsAfterConservativeRounds() {
        CongestionControl cubic = started(CongestionControl.CUBIC, 10);
        int before = 0;
        int rounds = 0;
        while (cubic.windowBytes() < cubic.thresholdBytes() && rounds < 100) {
            long queueing = rounds < 3 ? 0 : (rounds - 2L) * 20 * MILLI;
            before = cubic.windowBytes();
            round(cubic, 100 * MILLI + queueing);
            rounds++;
        }
        // 3 rounds double, the growth of the 4th is noticed in it, 5 rounds grow by a quarter or less
        assertEquals(9, rounds);
        assertTrue(cubic.windowBytes() <= before * 1.25 + MSS);
    }

    @Test
    @Tag("proves:rfc9406")
    void hyStart_roundTripsGrowOnce_slowStartGoesOn() {
        CongestionControl cubic = started(CongestionControl.CUBIC, 10);
        round(cubic, 100 * MILLI);
        round(cubic, 130 * MILLI);
        int conservative = cubic.windowBytes();
        round(cubic, 100 * MILLI);
        int resumed = cubic.windowBytes();
        round(cubic, 100 * MILLI);
        assertTrue(resumed - conservative < conservative);
        assertEquals(2 * resumed, cubic.windowBytes());
        assertEquals(CongestionControl.WINDOW_MAX_BYTES, cubic.thresholdBytes());
    }

    @Test
    @Tag("proves:rfc8257")
    void dctcp_shareOfMarks_reductionInProportion() {
        CongestionControl dctcp = started(CongestionControl.DCTCP, 100);
        dctcp.onEcho(100 * MSS);
        assertEquals(50 * MSS, dctcp.windowBytes()); // alpha is 1 at first
        double alpha = 1;
        for (int round = 0; round < 60; round++) { // one segment of four is marked
            for (int quarter = 0; quarter < 4; quarter++) {
                delivery.echo = quarter == 3;
                acknowledge(dctcp, 10 * MSS, MILLI, quarter == 3);
            }
            alpha = alpha * 15 / 16 + 0.25 / 16;
        }
        delivery.echo = false;
        int window = dctcp.windowBytes();
        dctcp.onEcho(window);
        assertEquals(window * (1 - alpha / 2), dctcp.windowBytes(), MSS);
        assertEquals(0.25, alpha, 0.02);
    }

    @Test
    void anyEvents_tinySegments_windowStaysAtLeastOneSegment() {
        for (int algorithm = CongestionControl.CUBIC; algorithm <= CongestionControl.DCTCP; algorithm++) {
            CongestionControl control = CongestionControl.of(algorithm);
            control.start(1, 10);
            Random random = new Random(algorithm);
            for (int event = 0; event < 20_000; event++) {
                now += random.nextInt(100) * MILLI;
                delivery.echo = random.nextInt(8) == 0;
                switch (random.nextInt(6)) {
                    case 0 -> control.onLoss(random.nextInt(10));
                    case 1 -> control.onTimeout(random.nextInt(10), random.nextBoolean());
                    case 2 -> control.onIdle(random.nextInt(100));
                    case 3 -> control.onEcho(random.nextInt(10));
                    case 4 -> control.undo();
                    default ->
                        acknowledge(control, random.nextInt(100), random.nextInt(5) * MILLI - 1, random.nextBoolean());
                }
                assertTrue(control.windowBytes() >= 1 && control.thresholdBytes() >= 2, "event " + event);
            }
        }
    }

    private CongestionControl started(int algorithm, int segments) {
        CongestionControl control = CongestionControl.of(algorithm);
        control.start(MSS, 10 * MSS);
        control.grow((segments - 10) * MSS);
        return control;
    }

    /** One round trip in slow start: every segment of the window acknowledged by itself. */
    private void round(CongestionControl control, long roundTripNanos) {
        now += roundTripNanos;
        int window = control.windowBytes();
        for (int acked = 0; acked < window && control.windowBytes() < control.thresholdBytes(); acked += MSS) {
            acknowledge(control, MSS, roundTripNanos, acked == 0);
        }
    }

    private void acknowledge(CongestionControl control, int bytes, long rttNanos, boolean roundStarted) {
        delivery.nowNanos = now;
        delivery.ackedBytes = bytes;
        delivery.rttNanos = rttNanos;
        delivery.roundStarted = roundStarted;
        delivery.limited = true;
        control.onAcknowledged(delivery);
    }
}
