package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nagle's algorithm at one end and delayed acknowledgements at the other: who waits for whom, and for how long. */
class NagleTest {
    private static final long MILLI = TcpPair.MILLI;
    private static final int WARM_EXCHANGES = 20;

    private final TcpPair pair = new TcpPair();
    private final TcpConnection near;
    private final TcpConnection far;

    NagleTest() {
        pair.recording = false;
        pair.delayNanos = MILLI;
        TcpConnection[] ends = pair.establish(TcpOptions.DEFAULTS);
        near = ends[0];
        far = ends[1];
    }

    @BeforeEach
    void talkUntilAcknowledgementsAreDelayed() {
        for (int count = 0; count < WARM_EXCHANGES; count++) {
            exchange(100);
        }
    }

    @AfterEach
    void free() {
        pair.close();
    }

    @Test
    @Tag("proves:rfc9293-nagle")
    @Tag("proves:rfc9293-delayed-ack")
    void request_inOneSmallWrite_neitherEndWaits() {
        assertEquals(2 * MILLI, exchange(100));
    }

    @Test
    @Tag("proves:rfc9293-nagle")
    @Tag("proves:rfc9293-delayed-ack")
    void request_inTwoSmallWrites_oneDelayedAckAndNoMore() {
        long nanos = exchange(100, 100);
        assertTrue(nanos > 40 * MILLI && nanos <= 44 * MILLI, "took " + nanos);
    }

    @Test
    @Tag("proves:rfc9293-nagle")
    void request_inTwoSmallWritesWithNoDelay_neitherEndWaits() {
        near.setNoDelay(true);
        assertEquals(2 * MILLI, exchange(100, 100));
    }

    @Test
    @Tag("proves:rfc9293-nagle")
    @Tag("proves:rfc9293-delayed-ack")
    void request_fullSegmentsAndAShortTail_tailIsNotHeld() {
        for (int full = 1; full <= 8; full++) {
            assertEquals(2 * MILLI, exchange(full * 1448 + 100), full + " full segments and a tail");
        }
    }

    @Test
    @Tag("proves:rfc9293-nagle")
    void writes_manySmallOnes_travelTogether() {
        long before = pair.client.tcp.counters().segmentsSent;
        for (int count = 0; count < 100; count++) {
            pair.client.write(near, new byte[10], pair.now);
        }
        pair.run(pair.now + 100 * MILLI);
        assertEquals(1000, far.receiveQueue().availableBytes());
        assertEquals(2, pair.client.tcp.counters().segmentsSent - before, "the first, and all that waited for it");
    }

    /** The client writes its request in pieces, the server answers once it has it all; returns how long that took. */
    private long exchange(int... pieces) {
        long start = pair.now;
        int bytes = 0;
        for (int piece : pieces) {
            pair.client.write(near, new byte[piece], pair.now);
            bytes += piece;
        }
        int received = 0;
        boolean answered = false;
        while (near.receiveQueue().availableBytes() == 0) {
            assertTrue(pair.step(start + TcpPair.SECOND), "no answer");
            received += pair.server.read(far, pair.now).length;
            if (received == bytes && !answered) {
                answered = true;
                pair.server.write(far, new byte[10], pair.now);
            }
        }
        long nanos = pair.now - start;
        pair.client.read(near, pair.now);
        pair.run(pair.now + 100 * MILLI);
        return nanos;
    }
}
