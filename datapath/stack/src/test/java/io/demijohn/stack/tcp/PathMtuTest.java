package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Narrow paths: reported by routers (RFC 1191, 6.5; RFC 5927, 7), and found out without them (RFC 4821). */
final class PathMtuTest {
    private static final long SECOND = TcpScript.SECOND;
    private static final long MINUTE = 60 * SECOND;
    private static final int NARROW_MTU = 552;

    private final TcpScript script = new TcpScript();

    @AfterEach
    void free() {
        script.close();
    }

    @Test
    @Tag("proves:rfc1191")
    void report_aboutASegmentInFlight_splitsItAtOnceAndKeepsTheWindow() {
        TcpConnection connection = script.connectActively();
        script.write(connection, 2500);
        script.expect("A 1:1001(1000) ack 1", "A 1001:2001(1000) ack 1", "PA 2001:2501(500) ack 1");
        int window = connection.congestion.windowBytes();
        assertTrue(report(connection, 1001, NARROW_MTU));
        script.expect(
                "A 1:513(512) ack 1", "A 513:1001(488) ack 1", "A 1001:1513(512) ack 1", "A 1513:2001(488) ack 1");
        assertEquals(window, connection.congestion.windowBytes());
        assertEquals(Flight.Phase.OPEN, connection.flight.phase);
        script.ack(1, 2501);
        assertTrue(connection.flight.isEmpty());
        assertTrue(connection.congestion.windowBytes() >= window);
        script.write(connection, 1000);
        script.expect("A 2501:3013(512) ack 1", "PA 3013:3501(488) ack 1");
    }

    @Test
    @Tag("proves:rfc5927")
    void report_aboutNothingInFlightOrNothingTooBig_isIgnored() {
        TcpConnection connection = script.connectActively();
        script.write(connection, 2000);
        script.sent();
        assertFalse(report(connection, 0, NARROW_MTU)); // acknowledged
        assertFalse(report(connection, 2001, NARROW_MTU)); // never sent
        assertFalse(report(connection, 0x4000_0000, NARROW_MTU));
        assertFalse(report(connection, 1, 1400)); // segments are smaller than that
        int port = connection.localPort();
        assertFalse(script.host.tcp.onPathMtu(
                0,
                script.host.address.low(),
                port,
                0,
                script.peer.low(),
                TcpScript.PEER_PORT + 1,
                (int) connection.sendInitial + 1,
                NARROW_MTU,
                script.now));
        assertEquals(4, script.host.tcp.counters().pathMtuIgnored);
        assertEquals(1000, connection.sendMss);
        script.expect();
    }

    @Test
    @Tag("proves:rfc1191")
    void report_withSackedAndLostSegments_repeatsWhatIsMissing() {
        TcpConnection connection = script.connectActively();
        script.write(connection, 3000);
        script.sent();
        script.ack(1, 1001);
        assertTrue(report(connection, 1001, NARROW_MTU));
        assertFalse(report(connection, 1001, NARROW_MTU)); // the same again: nothing is too big any more
        List<String> sent = script.sent();
        assertEquals(4, sent.size(), sent.toString());
        script.ack(1, 3001);
        assertTrue(connection.flight.isEmpty());
    }

    @Test
    @Tag("proves:rfc4821")
    void blackHole_twoTimeoutsOfAFullSegment_makeSegmentsSafe() {
        TcpConnection connection = script.connectActively();
        connection.sendMss = 1460;
        script.write(connection, 1460);
        script.expect("PA 1:1461(1460) ack 1");
        timeout(connection);
        script.expect("PA 1:1461(1460) ack 1");
        timeout(connection);
        script.expect("A 1:1025(1024) ack 1");
        timeout(connection);
        script.expect("A 1:1025(1024) ack 1");
        timeout(connection);
        script.expect("A 1:513(512) ack 1", "A 513:1025(512) ack 1"); // one segment's worth of the former size
        script.ack(1, 1025);
        script.expect("PA 1025:1461(436) ack 1");
        assertEquals(2, script.host.tcp.counters().blackHoles);
    }

    @Test
    @Tag("proves:rfc4821")
    void timeouts_ofASmallSegment_suspectNoBlackHole() {
        TcpConnection connection = script.connectActively();
        script.write(connection, 100);
        for (int count = 0; count < 5; count++) {
            timeout(connection);
        }
        assertEquals(1000, connection.sendMss);
        assertEquals(0, script.host.tcp.counters().blackHoles);
    }

    @Test
    @Tag("proves:rfc4821")
    void tenMinutesLater_fullSegmentsAreProbed_andKeptIfTheyArrive() {
        TcpConnection connection = narrowed();
        script.advanceTo(script.now + 10 * MINUTE);
        long last = exchange(connection, 600);
        assertEquals(1000, connection.sendMss);
        script.write(connection, 1000);
        script.expect("PA " + last + ":" + (last + 1000) + "(1000) ack 1");
        script.ack(1, (int) last + 1000);
        assertEquals(0, connection.pathState == null ? -1 : connection.pathState.mssBefore);
        assertEquals(1, script.host.tcp.counters().pathMtuRaised);
    }

    @Test
    @Tag("proves:rfc4821")
    void tenMinutesLater_aProbeThatIsLost_costsOneTimeout() {
        TcpConnection connection = narrowed();
        script.advanceTo(script.now + 10 * MINUTE);
        long last = exchange(connection, 600);
        script.write(connection, 1000);
        script.expect("PA " + last + ":" + (last + 1000) + "(1000) ack 1");
        timeout(connection);
        assertEquals(
                "A " + last + ":" + (last + 512) + "(512) ack 1", script.sent().get(0));
        assertEquals(512, connection.sendMss);
        script.ack(1, (int) last + 1000);
        exchange(connection, 600);
        assertEquals(512, connection.sendMss); // not again before ten minutes are over
    }

    @Test
    @Tag("proves:rfc1191")
    void pathKnownByAnotherConnection_isHeededAtTheFirstTimeout() {
        TcpConnection connection = script.connectActively();
        script.write(connection, 1000);
        script.sent();
        script.host.mtuBytes = NARROW_MTU;
        timeout(connection);
        script.expect("A 1:513(512) ack 1", "PA 513:1001(488) ack 1");
    }

    /** Returns a connection whose path was reported narrow, with nothing in flight. */
    private TcpConnection narrowed() {
        TcpConnection connection = script.connectActively();
        script.write(connection, 1000);
        script.sent();
        assertTrue(report(connection, 1, NARROW_MTU));
        script.sent();
        script.ack(1, 1001);
        assertEquals(512, connection.sendMss);
        return connection;
    }

    /** Sends so much and has it acknowledged; returns the next number to be sent. */
    private long exchange(TcpConnection connection, int bytes) {
        script.write(connection, bytes);
        script.sent();
        int end = (int) (connection.sendMax - connection.sendInitial);
        script.ack(1, end);
        return end;
    }

    private boolean report(TcpConnection connection, int sequence, int mtuBytes) {
        return script.host.tcp.onPathMtu(
                0,
                script.host.address.low(),
                connection.localPort(),
                0,
                script.peer.low(),
                TcpScript.PEER_PORT,
                (int) connection.sendInitial + sequence,
                mtuBytes,
                script.now);
    }

    /** Lets the retransmission timer run out once. */
    private void timeout(TcpConnection connection) {
        int before = connection.retries;
        while (connection.retries == before) {
            script.advanceTo(script.host.tcp.nextDeadlineNanos());
        }
    }
}
