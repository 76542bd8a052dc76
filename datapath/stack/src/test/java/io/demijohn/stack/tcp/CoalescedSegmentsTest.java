package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.wire.TcpHeader;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several segments of the peer's that the device, or the peer's host, left together in one packet. */
@Tag("proves:offload-coalescing")
class CoalescedSegmentsTest {
    private static final int UNIT = 1000;
    private static final int PIECE = 1500;

    @Test
    void tenSegmentsAsOne_inOrder_oneAckForAll() {
        try (TcpScript script = new TcpScript()) {
            TcpConnection connection = script.connectActively();
            script.injectTogether(TcpHeader.ACK, 1, 1, 10 * UNIT, UNIT, PIECE);
            script.expect("A 1:1(0) ack 10001");
            assertEquals(10, script.host.tcp.counters().segmentsReceived - 1, "each counts, the SYN beside them");
            assertRead(script, connection, 10 * UNIT);
        }
    }

    @Test
    void quickAcksUsedUp_bySegmentsAndNotByPackets() {
        try (TcpScript script = new TcpScript()) {
            TcpConnection connection = script.connectActively();
            script.injectTogether(TcpHeader.ACK, 1, 1, 16 * UNIT, UNIT, PIECE);
            script.expect("A 1:1(0) ack 16001");
            script.inject(TcpHeader.ACK, 16_001, 1, UNIT);
            script.expect();
            script.inject(TcpHeader.ACK, 17_001, 1, UNIT);
            script.expect("A 1:1(0) ack 18001");
            assertRead(script, connection, 18 * UNIT);
        }
    }

    @Test
    void oneFullSegmentLeftOver_waitsForTheSecond() {
        try (TcpScript script = new TcpScript()) {
            TcpConnection connection = script.connectActively();
            script.injectTogether(TcpHeader.ACK, 1, 1, 16 * UNIT, UNIT, PIECE);
            script.sent();
            script.injectTogether(TcpHeader.ACK, 16_001, 1, UNIT + 500, UNIT, PIECE);
            script.expect();
            script.inject(TcpHeader.ACK, 17_501, 1, 500);
            script.expect("A 1:1(0) ack 18001");
            assertRead(script, connection, 18 * UNIT);
        }
    }

    @Test
    void behindAHole_acknowledgedAtOnce_andDeliveredWhenItIsFilled() {
        try (TcpScript script = new TcpScript()) {
            TcpConnection connection = script.connectActively();
            script.injectTogether(TcpHeader.ACK, 1001, 1, 9 * UNIT, UNIT, PIECE);
            script.expect("A 1:1(0) ack 1");
            assertEquals(6, connection.outOfOrderCount);
            script.inject(TcpHeader.ACK, 1, 1, UNIT);
            script.expect("A 1:1(0) ack 10001");
            assertRead(script, connection, 10 * UNIT);
        }
    }

    @Test
    void overlapWithWhatIsThere_inFrontAndBehind_streamRight() {
        try (TcpScript script = new TcpScript()) {
            TcpConnection connection = script.connectActively();
            script.inject(TcpHeader.ACK, 1, 1, UNIT);
            script.inject(TcpHeader.ACK, 8001, 1, UNIT);
            script.injectTogether(TcpHeader.ACK, 501, 1, 9 * UNIT, UNIT, 700);
            assertEquals(List.of("A 1:1(0) ack 1001", "A 1:1(0) ack 1001", "A 1:1(0) ack 9501"), script.sent());
            assertRead(script, connection, 9 * UNIT + 500);
        }
    }

    @Test
    void beyondTheWindow_isCutAtItsEdge() {
        try (TcpScript script = new TcpScript()) {
            TcpConnection connection = script.connectWithBuffer(4 * UNIT);
            script.injectTogether(TcpHeader.ACK, 1, 1, 10 * UNIT, UNIT, PIECE);
            script.expect("A 1:1(0) ack 4001");
            assertRead(script, connection, 4 * UNIT);
        }
    }

    @Test
    void finBehindThem_isTakenWithTheText() {
        try (TcpScript script = new TcpScript()) {
            TcpConnection connection = script.connectActively();
            script.injectTogether(TcpHeader.ACK | TcpHeader.FIN, 1, 1, 5 * UNIT, UNIT, PIECE);
            script.expect("A 1:1(0) ack 5002");
            assertEquals(TcpState.CLOSE_WAIT, connection.state());
            assertRead(script, connection, 5 * UNIT);
        }
    }

    @Test
    void noVoucher_checksumOverAllPieces_decides() {
        try (TcpScript script = new TcpScript()) {
            TcpConnection connection = script.connectActively();
            script.injectInPieces(1, 1, 3001, 777, 1);
            assertEquals(1, script.host.tcp.counters().dropChecksum);
            script.expect();
            script.injectInPieces(1, 1, 3001, 777, 0);
            script.expect("A 1:1(0) ack 3002");
            assertRead(script, connection, 3001);
        }
    }

    @Test
    void headerCutOffByTheFirstBuffer_isDropped() {
        try (TcpScript script = new TcpScript()) {
            TcpConnection connection = script.connectActively();
            script.injectTogether(TcpHeader.ACK, 1, 1, 0, UNIT, PIECE);
            script.injectHeaderInTwo(1, 1);
            assertEquals(1, script.host.tcp.counters().dropMalformed);
            assertRead(script, connection, 0);
        }
    }

    private static void assertRead(TcpScript script, TcpConnection connection, int bytes) {
        byte[] read = script.host.read(connection, script.now);
        assertEquals(bytes, read.length);
        for (int index = 0; index < bytes; index++) {
            int at = index;
            assertTrue(read[index] == (byte) (index + 1), () -> "byte " + at + " is wrong");
        }
        script.host.tcp.abort(connection, script.now);
        TcpHost.dispose(connection);
        script.sent();
        assertEquals(script.host.pool.count(), script.host.pool.freeCount());
    }
}
