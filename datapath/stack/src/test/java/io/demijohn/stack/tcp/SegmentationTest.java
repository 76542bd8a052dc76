package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.VirtioNetHeader;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.wire.TcpHeader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several segments that leave as one packet, which the device cuts; the peer's MSS is 1000 and its window 60,000 bytes. */
@Tag("proves:offload-segmentation")
class SegmentationTest {
    private static final TcpConfig WIDE = TcpConfig.defaults().with(TcpTunable.INITIAL_WINDOW, 48);

    @Test
    void manySegments_leaveTogether_atMostAQuarterOfTheWindowEach() {
        try (TcpScript script = segmenting(WIDE)) {
            TcpConnection connection = script.connectActively();
            script.write(connection, 48_000);
            script.expect(
                    "A 1:12001(12000) of 1000 ack 1",
                    "A 12001:24001(12000) of 1000 ack 1",
                    "A 24001:36001(12000) of 1000 ack 1",
                    "PA 36001:48001(12000) of 1000 ack 1");
            assertEquals(48, connection.flight.count, "one record for each segment");
            assertEquals(4, script.host.tcp.counters().packetsSentTogether);
            assertEquals(50, script.host.tcp.counters().segmentsSent, "SYN and ACK beside them");
            assertNothingLeft(script, connection);
        }
    }

    @Test
    void congestionWindow_isNeverExceeded_andItsRestGoesAlone() {
        try (TcpScript script = segmenting(TcpConfig.defaults().with(TcpTunable.INITIAL_WINDOW, 11))) {
            TcpConnection connection = script.connectActively();
            script.write(connection, 30_000);
            script.expect(
                    "A 1:2001(2000) of 1000 ack 1",
                    "A 2001:4001(2000) of 1000 ack 1",
                    "A 4001:6001(2000) of 1000 ack 1",
                    "A 6001:8001(2000) of 1000 ack 1",
                    "A 8001:10001(2000) of 1000 ack 1",
                    "A 10001:11001(1000) ack 1");
            assertNothingLeft(script, connection);
        }
    }

    @Test
    void peersWindow_isNeverExceeded() {
        try (TcpScript script = segmenting(WIDE)) {
            script.window = 9_500;
            TcpConnection connection = script.connectActively();
            script.write(connection, 30_000);
            List<String> sent = script.sent();
            assertEquals("A 1:2001(2000) of 1000 ack 1", sent.get(0));
            assertTrue(connection.sendNext <= connection.sendUnacknowledged + 9_500);
            assertTrue(connection.sendNext >= connection.sendUnacknowledged + 9_000);
            assertNothingLeft(script, connection);
        }
    }

    @Test
    void shortSegmentBehind_goesWithThem_unlessNagleHoldsIt() {
        try (TcpScript script = segmenting(WIDE)) {
            TcpConnection connection = script.connectActively();
            script.write(connection, 3_300);
            script.expect("PA 1:3301(3300) of 1000 ack 1");
            assertEquals(4, connection.flight.count);
            connection.setNoDelay(false);
            script.write(connection, 3_300);
            script.expect("A 3301:6301(3000) of 1000 ack 1");
            script.ack(1, 3301);
            script.expect("PA 6301:6601(300) ack 1");
            assertNothingLeft(script, connection);
        }
    }

    @Test
    void finBehind_goesWithThem_andIsTheLastOnes() {
        try (TcpScript script = segmenting(WIDE)) {
            TcpConnection connection = script.connectActively();
            connection.sendQueue().write(new byte[3000], 0, 3000);
            script.host.tcp.shutdownOutput(connection, script.now);
            script.expect("FPA 1:3001(3000) of 1000 ack 1");
            assertEquals(3, connection.flight.count);
            script.ack(1, 3001);
            assertEquals(TcpState.FIN_WAIT_1, connection.state());
            script.ack(1, 3002);
            assertEquals(TcpState.FIN_WAIT_2, connection.state());
            assertNothingLeft(script, connection);
        }
    }

    @Test
    void oneSegmentOfThemLost_isSentAgainAlone() {
        try (TcpScript script = segmenting(WIDE)) {
            TcpConnection connection = script.connectActively();
            script.write(connection, 12_000);
            script.sent();
            script.ack(1, 2001);
            for (int count = 0; count < 3; count++) {
                script.ack(1, 2001);
            }
            script.expect("A 2001:3001(1000) ack 1");
            assertEquals(1, script.host.tcp.counters().segmentsRetransmitted);
            assertNothingLeft(script, connection);
        }
    }

    @Test
    void timeout_onlyOneSegmentIsSentAgain() {
        try (TcpScript script = segmenting(WIDE.with(TcpTunable.LOSS_PROBE, 0))) {
            TcpConnection connection = script.connectActively();
            script.write(connection, 12_000);
            script.sent();
            script.advanceTo(script.now + 300 * TcpScript.MILLI);
            script.expect("A 1:1001(1000) ack 1");
            assertNothingLeft(script, connection);
        }
    }

    @Test
    void buffersShort_segmentsGoAlone() {
        try (TcpScript script = new TcpScript(TcpHost.segmenting(WIDE, 5))) {
            TcpConnection connection = script.connectActively();
            List<PacketBuffer> held = List.of(
                    Objects.requireNonNull(script.host.pool.acquire()),
                    Objects.requireNonNull(script.host.pool.acquire()));
            script.write(connection, 12_000);
            List<String> sent = script.sent();
            assertEquals("A 1:1001(1000) ack 1", sent.get(0));
            assertEquals(3, sent.size());
            held.forEach(PacketBuffer::release);
            script.advanceTo(script.now + 2 * TcpScript.MILLI);
            script.expect("PA 3001:12001(9000) of 1000 ack 1");
            assertNothingLeft(script, connection);
        }
    }

    @Test
    void ecn_reductionIsTold_byTheFirstSegmentAlone() {
        try (TcpScript script = segmenting(WIDE)) {
            TcpConnection connection = script.connectActively();
            script.write(connection, 2000);
            assertEquals(List.of(VirtioNetHeader.TCP4), script.kinds());
            script.sent();
            script.ack(1, 2001);
            connection.ecnOn = true;
            connection.reductionOwed = true;
            script.write(connection, 2000);
            assertEquals(List.of(VirtioNetHeader.TCP4 | VirtioNetHeader.ECN), script.kinds());
            script.sent();
            assertTrue(!connection.reductionOwed);
            assertNothingLeft(script, connection);
        }
    }

    @Test
    void anyWrites_bytesAndRecords_areThoseOfTheSegments() {
        for (long seed = 1; seed <= 50; seed++) {
            Random random = new Random(seed);
            try (TcpScript script = segmenting(WIDE)) {
                TcpConnection connection = script.connectActively();
                byte[] stream = new byte[45_000];
                random.nextBytes(stream);
                byte[] copy = new byte[stream.length];
                int done = 0;
                while (done < stream.length) {
                    int bytes = Math.min(stream.length - done, 1 + random.nextInt(20_000));
                    connection.sendQueue().write(stream, done, bytes);
                    done += bytes;
                    script.host.tcp.send(connection, script.now);
                }
                int segments = collect(script, connection, copy);
                assertArrayEquals(stream, copy, "seed " + seed);
                assertEquals(segments, connection.flight.count, "seed " + seed);
                List<Long> edges = new ArrayList<>();
                SentSegments records = script.host.tcp.connections().segments;
                for (int record = connection.flight.first; record >= 0; record = records.next(record)) {
                    edges.add(records.end(record));
                    assertTrue(records.bytes(record) <= 1000);
                }
                assertEquals(connection.sendNext, Collections.max(edges));
                assertNothingLeft(script, connection);
            }
        }
    }

    /** Puts the payload of what waits at its place and returns how many segments that was. */
    private static int collect(TcpScript script, TcpConnection connection, byte[] copy) {
        int segments = 0;
        for (PacketBuffer packet = script.host.sent.poll(); packet != null; packet = script.host.sent.poll()) {
            long header = packet.address();
            int headerBytes = TcpHeader.headerBytes(header);
            int bytes = PacketChain.bytes(packet) - headerBytes;
            int at = TcpHeader.sequence(header) - (int) connection.sendInitial - 1;
            byte[] payload = new byte[bytes];
            int taken = 0;
            for (PacketBuffer piece = packet; piece != null; piece = piece.more) {
                int skip = piece == packet ? headerBytes : 0;
                Mem.copyOut(piece.address() + skip, payload, taken, piece.length() - skip);
                taken += piece.length() - skip;
            }
            System.arraycopy(payload, 0, copy, at, bytes);
            segments += packet.segmentKind() == 0 ? 1 : (bytes + 999) / 1000;
            packet.release();
        }
        return segments;
    }

    private static TcpScript segmenting(TcpConfig config) {
        return new TcpScript(TcpHost.segmenting(config, 4096));
    }

    private static void assertNothingLeft(TcpScript script, TcpConnection connection) {
        script.host.tcp.abort(connection, script.now);
        script.sent();
        TcpHost.dispose(connection);
        assertEquals(script.host.pool.count(), script.host.pool.freeCount());
        assertEquals(0, script.host.tcp.connections().segments.inUse());
    }
}
