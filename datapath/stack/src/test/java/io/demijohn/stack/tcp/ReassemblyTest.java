package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.wire.TcpHeader;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Segments in any order and overlap give the one right stream, against a byte model. */
class ReassemblyTest {
    private static final int STREAM_BYTES = 20_000;

    @Test
    @Tag("proves:overlap")
    void anyOrderAndOverlap_streamRightAndAckAtTheFirstHole() {
        for (int seed = 1; seed <= 200; seed++) {
            try {
                scramble(seed, false);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    @Tag("proves:offload-coalescing")
    void anyOrderAndOverlap_manySegmentsArriveAsOne_streamRight() {
        for (int seed = 1; seed <= 200; seed++) {
            try {
                scramble(seed, true);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void manyPiecesOfOne_moreThanTheBoundLeaves_areRefusedWhole() {
        try (TcpScript script = new TcpScript()) {
            TcpConnection connection = script.connectActively();
            for (int piece = 0; piece < 250; piece++) {
                script.inject(TcpHeader.ACK, 11 + 20 * piece, 1, 10);
            }
            script.injectTogether(TcpHeader.ACK, 11, 1, 700, 100, 100);
            assertEquals(250, connection.outOfOrderCount, "nothing that it covers is gone");
            script.injectTogether(TcpHeader.ACK, 6011, 1, 600, 100, 100);
            assertEquals(256, connection.outOfOrderCount);
            assertEquals(1, script.host.tcp.counters().dropReassemblyFull);
            script.host.tcp.abort(connection, script.now);
            TcpHost.dispose(connection);
            script.sent();
            assertEquals(script.host.pool.count(), script.host.pool.freeCount());
        }
    }

    @Test
    void tooManyPieces_boundKeptAndStreamStillRight() {
        try (TcpScript script = new TcpScript()) {
            TcpConnection connection = script.connectActively();
            for (int piece = 0; piece < 400; piece++) {
                script.inject(TcpHeader.ACK, 11 + 20 * piece, 1, 10);
            }
            assertEquals(256, connection.outOfOrderCount);
            assertEquals(144, script.host.tcp.counters().dropReassemblyFull);
            script.inject(TcpHeader.ACK, 1, 1, 1400);
            script.host.tcp.abort(connection, script.now);
            TcpHost.dispose(connection);
            script.sent();
            assertEquals(script.host.pool.count(), script.host.pool.freeCount());
        }
    }

    private static void scramble(int seed, boolean together) {
        Random random = new Random(seed);
        try (TcpScript script = new TcpScript()) {
            TcpConnection connection = script.connectActively();
            boolean[] model = new boolean[STREAM_BYTES + 1];
            byte[] expected = new byte[STREAM_BYTES];
            for (int index = 0; index < STREAM_BYTES; index++) {
                expected[index] = (byte) (index + 1); // what TcpScript puts at relative number index + 1
            }
            int hole = 0;
            byte[] received = new byte[STREAM_BYTES];
            int readBytes = 0;
            while (hole < STREAM_BYTES) {
                int from = Math.max(0, Math.min(STREAM_BYTES - 1, hole - 500 + random.nextInt(4000)));
                int length = Math.min(1 + random.nextInt(random.nextBoolean() ? 1400 : 60), STREAM_BYTES - from);
                if (together && random.nextBoolean()) {
                    length = Math.min(1 + random.nextInt(6000), STREAM_BYTES - from);
                    script.injectTogether(TcpHeader.ACK, from + 1, 1, length, 1000, 300 + random.nextInt(1200));
                } else {
                    script.inject(TcpHeader.ACK, from + 1, 1, length);
                }
                for (int index = from; index < from + length; index++) {
                    model[index] = true;
                }
                while (model[hole]) {
                    hole++;
                }
                assertEquals(hole, (int) (connection.receiveNext - connection.receiveInitial - 1));
                script.sent();
                readBytes += connection.receiveQueue().read(received, readBytes, STREAM_BYTES - readBytes);
                assertTrue(connection.outOfOrderCount <= 256);
            }
            assertArrayEquals(expected, received);
            assertEquals(0, connection.outOfOrderCount);
            script.host.tcp.abort(connection, script.now);
            script.sent();
            TcpHost.dispose(connection);
            assertEquals(script.host.pool.count(), script.host.pool.freeCount());
        }
    }
}
