package io.demijohn.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class StreamHandleTest {
    private static final int PING_PONGS = 3_000;
    private static final int BULK_BYTES = 32 << 20;
    private static final long STARVING_BYTES = 8L << 20;
    private static final int STARVING_STREAMS = 16;
    private static final int STARVING_BLOCK_BYTES = 400 << 10;

    @Test
    void read_afterPeerWrote_givesTheBytes() throws Exception {
        try (EngineFixture world = new EngineFixture(EngineOptions.SPIN_NANOS)) {
            StreamHandle[] pair = world.pair(world.listen());
            byte[] sent = {1, 2, 3, 4, 5};
            assertEquals(5, pair[0].write(sent, 0, 5));
            byte[] got = new byte[5];
            EngineFixture.readFully(pair[1], got, 5);
            assertArrayEquals(sent, got);
            assertEquals(pair[0].local(), pair[1].remote());
            assertEquals(pair[1].local(), pair[0].remote());
        }
    }

    @Test
    void await_whenNothingComes_answersZeroAfterTheTimeout() throws Exception {
        try (EngineFixture world = new EngineFixture(EngineOptions.SPIN_NANOS)) {
            StreamHandle[] pair = world.pair(world.listen());
            assertEquals(0, pair[0].await(Ready.READ, TimeUnit.MILLISECONDS.toNanos(5)));
        }
    }

    @Test
    void connect_toAPortWithoutListener_isRefused() throws Exception {
        try (EngineFixture world = new EngineFixture(EngineOptions.SPIN_NANOS)) {
            InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);
            StreamHandle stream = world.engine.connect(null, nobody, StreamOptions.DEFAULTS);
            assertNotEquals(0, stream.await(Ready.CONNECT, EngineFixture.PATIENCE_NANOS));
            assertEquals(Status.REFUSED, stream.connectStatus());
            stream.close();
        }
    }

    @Test
    void bind_toATakenPort_answersAddressInUse() throws Exception {
        try (EngineFixture world = new EngineFixture(EngineOptions.SPIN_NANOS)) {
            ListenerHandle listener = world.listen();
            StatusException e = assertThrows(StatusException.class, () -> world.engine.bind(listener.local(), false));
            assertEquals(Status.ADDRESS_IN_USE, e.status());
            listener.close();
            world.engine.bind(listener.local(), false).close();
        }
    }

    @Test
    void shutdownOutput_afterBytes_letsThePeerReadThemAndThenTheEnd() throws Exception {
        try (EngineFixture world = new EngineFixture(EngineOptions.SPIN_NANOS)) {
            StreamHandle[] pair = world.pair(world.listen());
            pair[0].write(new byte[] {7}, 0, 1);
            pair[0].shutdownOutput();
            assertEquals(Status.BROKEN_PIPE, pair[0].write(new byte[] {8}, 0, 1));
            byte[] got = new byte[1];
            EngineFixture.readFully(pair[1], got, 1);
            assertNotEquals(0, pair[1].await(Ready.EOF, EngineFixture.PATIENCE_NANOS));
            assertEquals(StreamHandle.END, pair[1].read(got, 0, 1));
            EngineFixture.writeFully(pair[1], new byte[] {9}, 1);
            EngineFixture.readFully(pair[0], got, 1);
            assertEquals(9, got[0]);
        }
    }

    @Test
    void abort_withAReaderWaiting_resetsThePeer() throws Exception {
        try (EngineFixture world = new EngineFixture(EngineOptions.SPIN_NANOS)) {
            StreamHandle[] pair = world.pair(world.listen());
            pair[0].abort();
            assertNotEquals(0, pair[1].await(Ready.READ, EngineFixture.PATIENCE_NANOS));
            assertEquals(Status.RESET, pair[1].read(new byte[1], 0, 1));
            assertEquals(Status.CLOSED, pair[0].read(new byte[1], 0, 1));
        }
    }

    @Test
    void close_fromAnotherThread_wakesABlockedReader() throws Exception {
        try (EngineFixture world = new EngineFixture(0)) {
            StreamHandle[] pair = world.pair(world.listen());
            Future<Integer> reader =
                    CompletableFuture.supplyAsync(() -> pair[0].await(Ready.READ, EngineFixture.PATIENCE_NANOS));
            pair[0].close();
            assertEquals(Ready.CLOSED, reader.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void await_onAnInterruptedThread_answersAndKeepsTheStatus() throws Exception {
        try (EngineFixture world = new EngineFixture(0)) {
            StreamHandle[] pair = world.pair(world.listen());
            Thread.currentThread().interrupt();
            assertEquals(Ready.INTERRUPTED, pair[0].await(Ready.READ, Long.MAX_VALUE));
            assertEquals(true, Thread.interrupted());
        }
    }

    /** Without spinning every step goes through parking, the sentinel and a wake-up: one lost would end in a timeout. */
    @ParameterizedTest
    @ValueSource(longs = {0, EngineOptions.SPIN_NANOS})
    void pingPong_betweenTwoThreads_losesNoWakeup(long spinNanos) throws Exception {
        try (EngineFixture world = new EngineFixture(spinNanos)) {
            StreamHandle[] pair = world.pair(world.listen());
            Future<?> echo = CompletableFuture.runAsync(() -> {
                byte[] one = new byte[1];
                for (int round = 0; round < PING_PONGS; round++) {
                    EngineFixture.readFully(pair[1], one, 1);
                    EngineFixture.writeFully(pair[1], one, 1);
                }
            });
            byte[] one = new byte[1];
            for (int round = 0; round < PING_PONGS; round++) {
                one[0] = (byte) round;
                EngineFixture.writeFully(pair[0], one, 1);
                EngineFixture.readFully(pair[0], one, 1);
                assertEquals((byte) round, one[0]);
            }
            echo.get(20, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, EngineOptions.SPIN_NANOS})
    void bulk_betweenTwoThreads_arrivesEqual(long spinNanos) throws Exception {
        try (EngineFixture world = new EngineFixture(spinNanos)) {
            StreamHandle[] pair = world.pair(world.listen());
            Future<?> writer = CompletableFuture.runAsync(() -> {
                SplittableRandom content = new SplittableRandom(7);
                byte[] block = new byte[64 << 10];
                for (int sent = 0; sent < BULK_BYTES; sent += block.length) {
                    content.nextBytes(block);
                    EngineFixture.writeFully(pair[0], block, block.length);
                }
                pair[0].close();
            });
            SplittableRandom content = new SplittableRandom(7);
            byte[] expected = new byte[64 << 10];
            byte[] got = new byte[64 << 10];
            for (int read = 0; read < BULK_BYTES; read += got.length) {
                content.nextBytes(expected);
                EngineFixture.readFully(pair[1], got, got.length);
                assertArrayEquals(expected, got);
            }
            writer.get(20, TimeUnit.SECONDS);
            assertNotEquals(0, pair[1].await(Ready.EOF, EngineFixture.PATIENCE_NANOS));
            assertEquals(StreamHandle.END, pair[1].read(got, 0, 1));
        }
    }

    @Test
    void setSendBuffer_whileConnected_boundsWhatWritesTake() throws Exception {
        try (EngineFixture world = new EngineFixture(EngineOptions.SPIN_NANOS)) {
            StreamHandle[] free = world.pair(world.listen());
            StreamHandle[] bounded = world.pair(world.listen());
            bounded[0].setSendBuffer(8192);
            int difference = writeUntilFull(free[0]) - writeUntilFull(bounded[0]);
            assertTrue(difference > 128 << 10, "a buffer of 8 KiB takes " + difference + " less than the usual one");
        }
    }

    @Test
    @Tag("proves:linger-zero")
    void closeLingering_zeroSeconds_peerIsReset() throws Exception {
        try (EngineFixture world = new EngineFixture(EngineOptions.SPIN_NANOS)) {
            StreamHandle[] pair = world.pair(world.listen());
            writeUntilFull(pair[0]);
            pair[0].closeLingering(0);
            assertEquals(Status.RESET, readToTheEnd(pair[1]));
        }
    }

    @Test
    void closeLingering_peerReads_returnsWhenAllIsAcknowledgedAndEndsInOrder() throws Exception {
        try (EngineFixture world = new EngineFixture(EngineOptions.SPIN_NANOS)) {
            StreamHandle[] pair = world.pair(world.listen());
            writeUntilFull(pair[0]);
            Future<Integer> end = CompletableFuture.supplyAsync(() -> readToTheEnd(pair[1]));
            pair[0].closeLingering(60);
            assertEquals(StreamHandle.END, end.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void closeLingering_peerTakesNothing_resetWhenTheTimeIsOver() throws Exception {
        try (EngineFixture world = new EngineFixture(EngineOptions.SPIN_NANOS)) {
            StreamHandle[] pair = world.pair(world.listen());
            writeUntilFull(pair[0]);
            long startNanos = System.nanoTime();
            pair[0].closeLingering(1);
            assertTrue(System.nanoTime() - startNanos >= TimeUnit.SECONDS.toNanos(1));
            assertEquals(Status.RESET, readToTheEnd(pair[1]));
        }
    }

    /** Returns how many bytes the stream took while the peer reads nothing. */
    private static int writeUntilFull(StreamHandle stream) {
        byte[] block = new byte[16 << 10];
        int taken = 0;
        int count = stream.write(block, 0, block.length);
        while (count > 0) {
            taken += count;
            count = stream.write(block, 0, block.length);
        }
        return taken;
    }

    /** Reads all there is and returns what comes instead of bytes. */
    private static int readToTheEnd(StreamHandle stream) {
        byte[] got = new byte[64 << 10];
        int count = stream.read(got, 0, got.length);
        while (count >= 0) {
            if (count == 0 && stream.await(Ready.READ, EngineFixture.PATIENCE_NANOS) == 0) {
                throw new IllegalStateException("neither bytes nor an end in time");
            }
            count = stream.read(got, 0, got.length);
        }
        return count;
    }

    /** More bytes written than send memory holds: writers starve, wait and go on; nothing is lost and nobody hangs. */
    @Test
    void write_withoutSendMemory_waitsAndGoesOn() throws Exception {
        try (EngineFixture world = new EngineFixture(EngineOptions.SPIN_NANOS, STARVING_BYTES)) {
            ListenerHandle listener = world.listen();
            StreamHandle[][] pairs = new StreamHandle[STARVING_STREAMS][];
            ExecutorService writers = Executors.newFixedThreadPool(STARVING_STREAMS);
            List<Future<?>> written = new ArrayList<>();
            for (int index = 0; index < pairs.length; index++) {
                pairs[index] = world.pair(listener);
            }
            byte[] block = new byte[STARVING_BLOCK_BYTES];
            for (StreamHandle[] pair : pairs) {
                written.add(writers.submit(() -> EngineFixture.writeFully(pair[0], block, block.length)));
            }
            int[] left = new int[pairs.length];
            Arrays.fill(left, block.length);
            long startNanos = System.nanoTime();
            int open = pairs.length;
            byte[] got = new byte[64 << 10];
            while (open > 0 && System.nanoTime() - startNanos < EngineFixture.PATIENCE_NANOS) {
                for (int index = 0; index < pairs.length; index++) {
                    pairs[index][1].await(Ready.READ, left[index] > 0 ? TimeUnit.MICROSECONDS.toNanos(200) : 0);
                    int count = pairs[index][1].read(got, 0, got.length);
                    left[index] -= count;
                    open -= count > 0 && left[index] == 0 ? 1 : 0;
                }
            }
            assertEquals(0, open, "streams that did not end");
            for (Future<?> writer : written) {
                writer.get(20, TimeUnit.SECONDS);
            }
            writers.shutdownNow();
        }
    }
}
