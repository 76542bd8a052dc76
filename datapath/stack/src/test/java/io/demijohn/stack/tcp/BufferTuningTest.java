package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.wire.TcpHeader;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Receive windows follow the application, send buffers the congestion window, both within the memory there is. */
class BufferTuningTest {
    private static final long MILLI = TcpPair.MILLI;
    private static final long SECOND = TcpPair.SECOND;
    private static final int START_BYTES = (int) TcpTunable.RECEIVE_BUFFER.defaultValue();
    private static final int MAX_BYTES = (int) TcpTunable.RECEIVE_BUFFER_MAX.defaultValue();
    private static final int SEND_START_BYTES = (int) TcpTunable.SEND_BUFFER.defaultValue();
    private static final int FRAME_BYTES = 1538; // a full segment with all that Ethernet adds
    private static final int PAYLOAD_BYTES = 1448;

    private final byte[] block = new byte[1 << 20];
    private final byte[] target = new byte[1 << 20];
    private final long[] busyUntil = new long[2];
    private long edge = Long.MIN_VALUE;
    private long written;
    private long received;
    private int unannounced;
    private long readEveryNanos;
    private long readAgainNanos;
    private int readAtMost = Integer.MAX_VALUE;
    private @Nullable TcpConnection server;

    @Test
    @Tag("proves:buffers-receive")
    @Tag("proves:buffers-send")
    void bulk_500MegabitsOver100Milliseconds_windowsGrowUntilThePathIsFull() {
        try (TcpPair pair = pair(TcpConfig.defaults(), 40_000, 16_384)) {
            limit(pair, 500_000_000L, 50 * MILLI);
            TcpConnection[] ends = pair.establish(TcpOptions.DEFAULTS);
            assertEquals(START_BYTES, ends[1].receiveQueue().capacityBytes());
            flow(pair, ends, 6 * SECOND);
            long before = received;
            flow(pair, ends, 2 * SECOND);
            long full = 2 * 500_000_000L / 8 * PAYLOAD_BYTES / FRAME_BYTES;
            assertEquals(MAX_BYTES, ends[1].receiveQueue().capacityBytes());
            assertTrue(ends[0].sendQueue().capacityBytes() >= MAX_BYTES);
            assertTrue(received - before >= full / 100 * 95, (received - before) + " of " + full);
        }
    }

    @Test
    @Tag("proves:buffers-receive")
    void bulk_withoutTimestamps_windowGrowsAsWell() {
        TcpConfig config = TcpConfig.defaults().with(TcpTunable.TIMESTAMPS, 0);
        try (TcpPair pair = pair(config, 20_000, 8192)) {
            limit(pair, 100_000_000L, 20 * MILLI);
            TcpConnection[] ends = pair.establish(TcpOptions.DEFAULTS);
            flow(pair, ends, 2 * SECOND);
            assertTrue(ends[1].receiveQueue().capacityBytes() > 2 * 100_000_000 / 8 / 25, "twice what 40 ms bring");
        }
    }

    @Test
    @Tag("proves:buffers-receive")
    void bulk_readerIsSlow_windowStaysSmall() {
        try (TcpPair pair = pair(TcpConfig.defaults(), 20_000, 8192)) {
            limit(pair, 500_000_000L, 10 * MILLI);
            TcpConnection[] ends = pair.establish(TcpOptions.DEFAULTS);
            readEveryNanos = 10 * MILLI;
            readAtMost = 20_000;
            flow(pair, ends, 5 * SECOND);
            assertTrue(ends[1].receiveQueue().capacityBytes() < 5 * START_BYTES, "a fifth of what the path would take");
            assertTrue(received > 400 * 15_000, "received " + received);
        }
    }

    @Test
    @Tag("proves:buffers-receive")
    @Tag("proves:buffers-send")
    void bulk_sizesChosenByTheUser_stay() {
        try (TcpPair pair = pair(TcpConfig.defaults(), 20_000, 8192)) {
            limit(pair, 500_000_000L, 10 * MILLI);
            TcpConnection[] ends = pair.establish(new TcpOptions(false, false, 100_000, 50_000, 0));
            ends[1].receiveTuned = false; // as the listener's option would have it
            flow(pair, ends, SECOND);
            assertEquals(100_000, ends[0].sendQueue().capacityBytes());
            assertEquals(50_000, ends[0].receiveQueue().capacityBytes());
            assertEquals(0, ends[0].receiveScale, "50,000 bytes need no scaling");
            assertEquals(START_BYTES, ends[1].receiveQueue().capacityBytes());
        }
    }

    @Test
    @Tag("proves:buffers-send")
    void bulk_congestionWindowGrows_sendBufferIsTwiceAsLarge() {
        try (TcpPair pair = pair(TcpConfig.defaults(), 20_000, 8192)) {
            limit(pair, 200_000_000L, 20 * MILLI);
            TcpConnection[] ends = pair.establish(TcpOptions.DEFAULTS);
            assertEquals(SEND_START_BYTES, ends[0].sendQueue().capacityBytes());
            flow(pair, ends, 2 * SECOND);
            assertTrue(ends[0].congestion.windowBytes() > 500_000);
            assertTrue(ends[0].sendQueue().capacityBytes() >= 2 * 500_000);
        }
    }

    @Test
    @Tag("proves:buffers-pressure")
    void pressure_poolOfPacketsIsShort_windowShrinksEdgeNeverGoesBackAndTheStreamGoesOn() {
        try (TcpPair pair = pair(TcpConfig.defaults(), 8192, 4096)) {
            limit(pair, 200_000_000L, 10 * MILLI);
            TcpConnection[] ends = pair.establish(TcpOptions.DEFAULTS);
            flow(pair, ends, 2 * SECOND);
            int grown = ends[1].receiveQueue().capacityBytes();
            assertTrue(grown > 8 * START_BYTES, "grown to " + grown);
            ArrayDeque<PacketBuffer> held = new ArrayDeque<>();
            while (pair.server.pool.freeCount() > pair.server.pool.count() / 5) {
                held.add(Objects.requireNonNull(pair.server.pool.acquire()));
            }
            long before = received;
            flow(pair, ends, 3 * SECOND);
            assertEquals(START_BYTES, ends[1].receiveQueue().capacityBytes());
            assertTrue(received - before > 5_000_000, "the stream goes on: " + (received - before));
            while (!held.isEmpty()) {
                held.remove().release();
            }
            flow(pair, ends, 3 * SECOND);
            assertTrue(ends[1].receiveQueue().capacityBytes() > 4 * START_BYTES, "and grows again");
        }
    }

    @Test
    @Tag("proves:buffers-pressure")
    void pressure_sendMemoryIsShort_buffersShrinkAndTheStreamGoesOn() {
        try (TcpPair pair = pair(TcpConfig.defaults(), 20_000, 4096)) {
            limit(pair, 200_000_000L, 10 * MILLI);
            TcpConnection[] ends = pair.establish(TcpOptions.DEFAULTS);
            flow(pair, ends, 3 * SECOND);
            assertTrue(ends[0].sendQueue().capacityBytes() > 2 * SEND_START_BYTES);
            SendMemory memory = pair.client.sendMemory;
            ArrayDeque<Integer> held = new ArrayDeque<>();
            for (int divisor : new int[] {5, 10, 40}) {
                while (memory.freeCount() * divisor > memory.count()) {
                    held.add(memory.acquire());
                }
                flow(pair, ends, SECOND);
                long before = received;
                flow(pair, ends, SECOND);
                int most = divisor == 5 ? SEND_START_BYTES : divisor == 10 ? 16_384 : 4096;
                assertTrue(ends[0].sendQueue().unacknowledgedBytes() <= most, "a share of one " + divisor + "th");
                assertEquals(SEND_START_BYTES, ends[0].sendQueue().capacityBytes());
                assertTrue(received - before > 10 * 4096, "the stream goes on: " + (received - before));
            }
            held.forEach(memory::release);
            flow(pair, ends, 3 * SECOND);
            assertTrue(ends[0].sendQueue().capacityBytes() > 2 * SEND_START_BYTES, "and grows again");
        }
    }

    /** Windows of any size, from less than a segment on, with an acknowledgement delayed as long as the RFC allows. */
    @Test
    @Tag("proves:buffers-pressure")
    void autotuningMeetsDelayedAcks_noStall() {
        for (int windowBytes : new int[] {1000, 1448, 2000, 2896, 3000, 4344, 5000, 10_000, START_BYTES}) {
            TcpConfig config = TcpConfig.defaults()
                    .with(TcpTunable.DELAYED_ACK, 500 * MILLI)
                    .with(TcpTunable.QUICK_ACKS, 0)
                    .with(TcpTunable.RECEIVE_BUFFER, windowBytes);
            try (TcpPair pair = pair(config, 4096, 1024)) {
                limit(pair, 1_000_000_000L, MILLI);
                TcpConnection[] ends = pair.establish(TcpOptions.DEFAULTS);
                received = 0;
                flow(pair, ends, 3 * SECOND);
                assertTrue(received > 20_000_000, received + " bytes with a first window of " + windowBytes);
            }
        }
    }

    private static TcpPair pair(TcpConfig config, int buffers, int chunks) {
        return new TcpPair(
                new TcpHost(1, config, 1, 0, buffers, chunks), new TcpHost(2, config, 2, 0, buffers, chunks));
    }

    /** Gives the wire a rate, and watches that the receiver never takes back what it offered. */
    private void limit(TcpPair pair, long bitsPerSecond, long delayNanos) {
        pair.recording = false;
        readAgainNanos = 0;
        busyUntil[0] = 0;
        busyUntil[1] = 0;
        pair.delayNanos = delayNanos;
        edge = Long.MIN_VALUE;
        pair.fate = (fromClient, header, length) -> {
            int direction = fromClient ? 0 : 1;
            long nanos = (length + FRAME_BYTES - 1500 + 20) * 8L * SECOND / bitsPerSecond;
            busyUntil[direction] = Math.max(busyUntil[direction], pair.now) + nanos;
            if (!fromClient) {
                watchEdge(pair, header);
            }
            return busyUntil[direction] - pair.now;
        };
    }

    private void watchEdge(TcpPair pair, long header) {
        boolean scaled = (TcpHeader.flags(header) & TcpHeader.SYN) == 0 && server != null;
        if (!scaled) {
            return;
        }
        int shift = Math.max(0, Objects.requireNonNull(server).receiveScale);
        int right = TcpHeader.acknowledgement(header) + (TcpHeader.window(header) << shift);
        long next = edge == Long.MIN_VALUE ? Integer.toUnsignedLong(right) : Sequence.near(edge, right);
        assertTrue(next >= edge, () -> "the edge went back by " + (edge - next) + " at " + pair.now);
        edge = next;
    }

    /** The client writes all it can, the server reads as it is told to. */
    private void flow(TcpPair pair, TcpConnection[] ends, long nanos) {
        server = ends[1];
        long untilNanos = pair.now + nanos;
        do {
            write(pair, ends[0]);
            read(pair, ends[1]);
        } while (pair.step(untilNanos));
        pair.now = untilNanos;
        server = null;
    }

    private void write(TcpPair pair, TcpConnection near) {
        near.takeEvents();
        if (near.sendQueue().freeBytes() < near.sendQueue().capacityBytes() / 3) {
            return;
        }
        int taken = near.sendQueue().write(block, 0, block.length);
        if (taken > 0) {
            written += taken;
            pair.client.tcp.send(near, pair.now);
        }
    }

    private void read(TcpPair pair, TcpConnection far) {
        far.takeEvents();
        if (pair.now < readAgainNanos) {
            return;
        }
        int count = far.receiveQueue().read(target, 0, Math.min(readAtMost, target.length));
        if (count > 0) {
            received += count;
            readAgainNanos = pair.now + readEveryNanos;
            unannounced += count;
            if (unannounced >= far.receiveQueue().capacityBytes() / 4) { // as the engine's readers do
                unannounced = 0;
                pair.server.tcp.consumed(far, pair.now);
            }
        }
        assertTrue(received <= written);
    }
}
