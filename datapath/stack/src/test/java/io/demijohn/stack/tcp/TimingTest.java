package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.wire.TcpHeader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What happens when: retransmission, probes, delayed acknowledgements, keep-alive, each at its exact time. */
class TimingTest {
    private static final long MILLI = TcpScript.MILLI;
    private static final long SECOND = TcpScript.SECOND;
    private static final int ACK = TcpHeader.ACK;

    private final TcpScript script = new TcpScript();

    @AfterEach
    void free() {
        script.close();
    }

    @Test
    @Tag("proves:rfc6298-first")
    @Tag("proves:rfc6298-backoff")
    void syn_noAnswer_repeatedWithDoublingThenTimedOut() {
        TcpConnection connection = script.beginConnect();
        assertEquals(List.of(1L, 3L, 7L, 15L, 31L, 63L), seconds(sendTimes(200 * SECOND)));
        assertEquals(TcpStatus.TIMED_OUT, connection.error());
        assertEquals(Ev.ERROR | Ev.CLOSED, connection.takeEvents());
    }

    @Test
    void synAck_noAnswer_repeatedFiveTimesThenForgotten() {
        TcpListener listener = script.host.listen(TcpScript.LOCAL_PORT, 4);
        script.inject(TcpHeader.SYN, 0, 0, 0);
        script.sent();
        assertEquals(List.of(1L, 3L, 7L, 15L, 31L), seconds(sendTimes(200 * SECOND)));
        assertEquals(0, script.host.tcp.connectionCount());
        assertEquals(0, listener.halfOpen);
        assertEquals(script.host.pool.count(), script.host.pool.freeCount());
    }

    @Test
    @Tag("proves:rfc6298-bounds")
    @Tag("proves:rfc6298-backoff")
    void data_noAnswer_floorThenDoublingUpToTheCeiling() {
        script.advanceTo(0);
        TcpConnection connection = connectWithRtt(100 * MILLI);
        long start = script.now;
        script.write(connection, 10);
        script.expect("PA 1:11(10) ack 1");
        // one sample of 100 ms: RTO = 100 + 4 * 50 = 300 ms
        List<Long> times = sendTimes(start + 2000 * SECOND);
        assertEquals(15, times.size());
        long expected = start;
        long timeout = 300 * MILLI;
        for (long time : times) {
            expected += timeout;
            assertEquals(expected, time);
            timeout = Math.min(2 * timeout, 60 * SECOND);
        }
        assertEquals(TcpStatus.TIMED_OUT, connection.error());
    }

    @Test
    @Tag("proves:rfc6298-bounds")
    void rto_fastPeer_floorOf200Millis() {
        TcpConnection connection = connectWithRtt(MILLI);
        long start = script.now;
        script.write(connection, 10);
        script.sent();
        assertEquals(start + 200 * MILLI, sendTimes(start + 300 * MILLI).get(0));
    }

    @Test
    @Tag("proves:rfc6298-karn")
    void rto_ackOfRepeatedSegment_isNoSampleAndBackoffStays() {
        TcpConnection connection = connectWithRtt(100 * MILLI);
        script.write(connection, 10);
        script.advanceTo(script.now + 350 * MILLI);
        script.ack(1, 11);
        assertEquals(600 * MILLI, connection.rtt.rtoNanos());
        script.write(connection, 10);
        script.advanceTo(script.now + 100 * MILLI);
        script.ack(1, 21);
        // 7/8 * 100 + 1/8 * 100 and 3/4 * 50: RTO = 100 + 4 * 37.5
        assertEquals(250 * MILLI, connection.rtt.rtoNanos());
    }

    @Test
    void rto_synLost_threeSecondsAndOneSegmentAtStart() {
        TcpConnection connection = script.beginConnect();
        script.advanceTo(1100 * MILLI);
        script.sent();
        script.inject(TcpHeader.SYN | ACK, 0, 1, 0);
        assertEquals(3 * SECOND, connection.rtt.rtoNanos());
        assertEquals(1000, connection.congestion.windowBytes());
    }

    @Test
    @Tag("proves:rfc5681-slow-start")
    void timeout_severalOutstanding_oneSegmentThenSlowStart() {
        TcpConnection connection = connectWithRtt(100 * MILLI);
        script.write(connection, 5000);
        assertEquals(5, script.sent().size());
        script.advanceTo(script.now + 300 * MILLI);
        script.expect("A 1:1001(1000) ack 1");
        assertEquals(1000, connection.congestion.windowBytes());
        script.ack(1, 1001);
        script.expect("A 1001:2001(1000) ack 1", "A 2001:3001(1000) ack 1");
        script.ack(1, 5001);
        script.expect();
        assertFalse(connection.hasOutstanding());
    }

    @Test
    @Tag("proves:rfc5681-fast-retransmit")
    void fastRetransmit_thirdDuplicate_notBefore() {
        TcpConnection connection = script.connectActively();
        script.write(connection, 8000);
        assertEquals(8, script.sent().size());
        script.ack(1, 1);
        script.ack(1, 1);
        script.expect();
        script.ack(1, 1);
        script.expect("A 1:1001(1000) ack 1");
        assertEquals(7000, connection.congestion.thresholdBytes()); // CUBIC: 0.7 of the window of ten
        script.ack(1, 4001); // partial: the next hole at once
        script.expect("A 4001:5001(1000) ack 1");
        script.ack(1, 8001);
        assertFalse((connection.flight.phase == Flight.Phase.RECOVERY));
        assertEquals(7000, connection.congestion.windowBytes());
        assertEquals(1, script.host.tcp.counters().fastRetransmits);
    }

    @Test
    void fastRetransmit_duplicatesAfterATimeout_noSecondRecovery() {
        TcpConnection connection = script.connectActively();
        script.write(connection, 8000);
        script.advanceTo(script.now + SECOND);
        script.sent();
        for (int count = 0; count < 5; count++) {
            script.ack(1, 1);
        }
        assertEquals(0, script.host.tcp.counters().fastRetransmits);
        assertFalse((connection.flight.phase == Flight.Phase.RECOVERY));
    }

    @Test
    @Tag("proves:rfc5681-fast-retransmit")
    void fastRetransmit_windowChanges_areNoDuplicates() {
        TcpConnection connection = script.connectActively();
        script.write(connection, 3000);
        script.sent();
        for (int count = 0; count < 5; count++) {
            script.window += 100;
            script.ack(1, 1);
        }
        script.expect();
        assertEquals(0, connection.flight.duplicateAcks);
    }

    @Test
    @Tag("proves:rfc6429")
    void zeroWindow_peerAnswers_probedForeverAndContinued() {
        TcpConnection connection = connectWithRtt(100 * MILLI);
        script.window = 0;
        script.ack(1, 1);
        script.write(connection, 3000);
        script.expect();
        long timeout = 300 * MILLI;
        long wait = timeout;
        for (int probe = 0; probe < 40; probe++) {
            script.advanceTo(script.now + wait - 1);
            script.expect();
            script.advanceTo(script.now + 1);
            script.expect("A 1:2(1) ack 1");
            script.ack(1, 1);
            script.expect();
            wait = Math.min(wait == timeout && probe == 0 ? 2 * timeout : 2 * wait, 60 * SECOND);
        }
        assertEquals(TcpState.ESTABLISHED, connection.state());
        script.window = 60_000;
        script.ack(1, 1);
        script.expect("A 1:1001(1000) ack 1", "A 1001:2001(1000) ack 1", "PA 2001:3001(1000) ack 1");
    }

    @Test
    void zeroWindow_probeByteTaken_streamGoesOnBehindIt() {
        TcpConnection connection = script.connectActively();
        script.window = 0;
        script.ack(1, 1);
        script.write(connection, 100);
        script.advanceTo(script.now + SECOND);
        script.sent();
        script.window = 60_000;
        script.ack(1, 2);
        script.expect("PA 2:101(99) ack 1");
    }

    @Test
    void zeroWindow_peerSilent_timedOutAfterTheRetries() {
        TcpConnection connection = script.connectActively();
        script.window = 0;
        script.ack(1, 1);
        script.write(connection, 100);
        script.advanceTo(script.now + 3600 * SECOND);
        assertEquals(TcpStatus.TIMED_OUT, connection.error());
    }

    @Test
    @Tag("proves:rfc9293-delayed-ack")
    void delayedAck_afterQuickStart_secondSegmentAtOnceElse40Millis() {
        TcpConnection connection = script.connectActively();
        int next = 1;
        for (int count = 0; count < 16; count++) {
            script.inject(ACK, next, 1, 1000);
            next += 1000;
            assertEquals(1, script.sent().size(), "quick ACK " + count);
        }
        script.host.read(connection, script.now);
        script.sent();
        script.inject(ACK, next, 1, 1000);
        script.expect();
        script.inject(ACK, next + 1000, 1, 1000);
        script.expect("A 1:1(0) ack " + (next + 2000));
        script.inject(ACK, next + 2000, 1, 1000);
        script.advanceTo(script.now + 40 * MILLI - 1);
        script.expect();
        script.advanceTo(script.now + 1);
        script.expect("A 1:1(0) ack " + (next + 3000));
    }

    @Test
    @Tag("proves:rfc9293-delayed-ack")
    void delayedAck_answerGoesOut_carriesIt() {
        TcpConnection connection = script.connectActively();
        script.inject(ACK, 1, 1, 10);
        script.sent();
        script.write(connection, 5);
        script.expect("PA 1:6(5) ack 11");
        script.inject(ACK, 11, 6, 10);
        script.expect();
        script.write(connection, 5);
        script.expect("PA 6:11(5) ack 21");
        script.advanceTo(script.now + 100 * MILLI);
        script.expect();
    }

    @Test
    @Tag("proves:rfc9293-nagle")
    void nagle_smallWrites_waitForTheAckOfTheFirst() {
        TcpConnection connection = script.connectActively();
        connection.setNoDelay(false);
        script.write(connection, 10);
        script.expect("PA 1:11(10) ack 1");
        script.write(connection, 10);
        script.write(connection, 10);
        script.expect();
        script.ack(1, 11);
        script.expect("PA 11:31(20) ack 1");
        script.write(connection, 1000);
        script.expect("PA 31:1031(1000) ack 1");
    }

    @Test
    @Tag("proves:rfc9293-silly-sender")
    void smallWindow_peerOffersLittle_heldUntilTheOverrideTimeout() {
        TcpConnection connection = connectWithRtt(MILLI);
        script.window = 100;
        script.ack(1, 1);
        script.write(connection, 1000);
        script.expect();
        script.advanceTo(script.now + 200 * MILLI);
        script.expect("A 1:101(100) ack 1");
        assertTrue(connection.hasOutstanding());
    }

    @Test
    @Tag("proves:rfc9293-silly-receiver")
    void receiveWindow_readerTakesLittle_noUpdateUntilASegmentFits() {
        TcpConnection connection = script.connectWithBuffer(3000);
        script.inject(ACK, 1, 1, 1000);
        script.inject(ACK, 1001, 1, 1000);
        script.inject(ACK, 2001, 1, 1000);
        script.sent();
        byte[] some = new byte[700];
        connection.receiveQueue().read(some, 0, 700);
        script.host.tcp.consumed(connection, script.now);
        script.expect();
        connection.receiveQueue().read(some, 0, 700);
        connection.receiveQueue().read(some, 0, 100);
        script.host.tcp.consumed(connection, script.now);
        script.expect("A 1:1(0) ack 3001");
    }

    @Test
    @Tag("proves:rfc9293-keep-alive")
    void keepAlive_silentPeer_probedThenReset() {
        TcpConnection connection = script.connectActively();
        connection.setKeepAlive(true, script.now);
        long start = script.now;
        List<Long> times = sendTimes(start + 20_000 * SECOND);
        List<Long> expected = new ArrayList<>();
        for (int probe = 0; probe <= 9; probe++) { // nine probes, then the RST
            expected.add(7200L + 75L * probe);
        }
        assertEquals(expected, seconds(times));
        assertEquals(TcpStatus.TIMED_OUT, connection.error());
    }

    @Test
    @Tag("proves:rfc9293-keep-alive")
    void keepAlive_peerAnswers_livesOn() {
        TcpConnection connection = script.connectActively();
        connection.setKeepAlive(true, script.now);
        script.advanceTo(7200 * SECOND);
        script.expect("A 0:0(0) ack 1");
        script.ack(1, 1);
        script.advanceTo(7200 * SECOND + 7199 * SECOND);
        script.expect();
        script.advanceTo(14_400 * SECOND);
        script.expect("A 0:0(0) ack 1");
        assertEquals(TcpState.ESTABLISHED, connection.state());
    }

    @Test
    void poolEmpty_write_sentWhenBuffersAreBack() {
        TcpConnection connection = script.connectActively();
        script.host.poolEmpty = true;
        script.write(connection, 1500);
        script.advanceTo(script.now + 5 * MILLI);
        script.expect();
        script.host.poolEmpty = false;
        script.advanceTo(script.now + MILLI);
        script.expect("A 1:1001(1000) ack 1", "PA 1001:1501(500) ack 1");
    }

    @Test
    void poolEmpty_fin_sentWhenBuffersAreBack() {
        TcpConnection connection = script.connectActively();
        script.host.poolEmpty = true;
        script.host.tcp.close(connection, script.now);
        script.host.poolEmpty = false;
        script.advanceTo(script.now + MILLI);
        script.expect("FA 1:1(0) ack 1");
    }

    private TcpConnection connectWithRtt(long rttNanos) {
        TcpConnection connection = script.beginConnect();
        script.advanceTo(script.now + rttNanos);
        script.inject(TcpHeader.SYN | ACK, 0, 1, 0);
        script.sent();
        return connection;
    }

    /** Lets time pass and returns when something was sent. */
    private List<Long> sendTimes(long untilNanos) {
        List<Long> times = new ArrayList<>();
        while (script.host.tcp.nextDeadlineNanos() <= untilNanos) {
            script.advanceTo(script.host.tcp.nextDeadlineNanos());
            for (int count = script.sent().size(); count > 0; count--) {
                times.add(script.now);
            }
        }
        return times;
    }

    private static List<Long> seconds(List<Long> nanos) {
        List<Long> seconds = new ArrayList<>();
        for (long value : nanos) {
            assertEquals(0, value % SECOND);
            seconds.add(value / SECOND);
        }
        return seconds;
    }
}
