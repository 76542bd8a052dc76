package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The send and the receive queue, alone and with a thread at each end. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a byte or chunk lost is waited for
class QueuesTest {
    private static final int STREAM_BYTES = 1_000_000;
    private static final int URGENT_ROUNDS = 100_000;

    @Test
    void write_moreThanCapacity_takesWhatFits() {
        try (Region region = Region.allocate(16 * 4096)) {
            SendMemory memory = new SendMemory(region);
            SendQueue queue = new SendQueue(memory, 10_000);
            assertEquals(10_000, queue.write(new byte[12_000], 0, 12_000));
            assertEquals(0, queue.freeBytes());
            assertEquals(0, queue.write(ByteBuffer.allocate(1)));
            queue.acknowledge(5000);
            assertEquals(5000, queue.freeBytes());
            assertEquals(16 - 2, memory.freeCount());
            queue.releaseAll();
            queue.releaseAll();
            assertEquals(16, memory.freeCount());
        }
    }

    @Test
    void write_memoryEmpty_takesWhatThereIs() {
        try (Region region = Region.allocate(2 * 4096)) {
            SendMemory memory = new SendMemory(region);
            SendQueue queue = new SendQueue(memory, 100_000);
            assertEquals(8192, queue.write(new byte[12_000], 0, 12_000));
            assertEquals(0, queue.write(new byte[1], 0, 1));
            queue.acknowledge(4096);
            assertEquals(4096, queue.write(new byte[12_000], 0, 12_000));
            queue.releaseAll();
            assertEquals(2, memory.freeCount());
        }
    }

    @Test
    void acknowledge_everything_idleQueueHoldsNoChunk() {
        try (Region region = Region.allocate(4 * 4096)) {
            SendMemory memory = new SendMemory(region);
            SendQueue queue = new SendQueue(memory, 100_000);
            assertEquals(4, memory.freeCount(), "before the first write");
            long end = 0;
            for (int bytes : new int[] {1, 100, 4096, 3995, 4096, 9000, 1}) {
                assertEquals(bytes, queue.write(new byte[bytes], 0, bytes));
                end += bytes;
                queue.acknowledge(end - 1);
                assertEquals(3, memory.freeCount(), "one byte is left of " + bytes);
                queue.acknowledge(end);
                assertEquals(4, memory.freeCount(), "after " + end);
                assertEquals(end, queue.appendedTotal());
            }
        }
    }

    @Test
    void write_thatFindsNoChunkWhileTheLastIsAcknowledged_settleFreesIt() {
        try (Region region = Region.allocate(4096)) {
            SendMemory memory = new SendMemory(region);
            SendQueue queue = new SendQueue(memory, 100_000);
            assertEquals(4096, queue.write(new byte[5000], 0, 5000));
            assertEquals(0, queue.write(new byte[5000], 0, 5000));
            queue.acknowledge(4096);
            assertEquals(1, memory.freeCount());
            queue.settle();
            assertEquals(1, memory.freeCount());
            assertEquals(1, queue.write(new byte[1], 0, 1));
            queue.releaseAll();
            assertEquals(1, memory.freeCount());
        }
    }

    @Test
    void copyTo_backAndForth_findsEachByte() {
        byte[] stream = new byte[200_000];
        new Random(7).nextBytes(stream);
        try (Region region = Region.allocate(64 * 4096);
                Region scratch = Region.allocate(65_536)) {
            SendQueue queue = new SendQueue(new SendMemory(region), stream.length);
            assertEquals(stream.length, queue.write(ByteBuffer.wrap(stream)));
            Random random = new Random(8);
            int acknowledged = 0;
            for (int look = 0; look < 2000; look++) {
                int left = stream.length - acknowledged;
                int position = acknowledged + (random.nextBoolean() ? random.nextInt(left) : left / 2);
                int bytes = Math.min(stream.length - position, 1 + random.nextInt(9000));
                queue.copyTo(position, bytes, scratch.address());
                byte[] copied = new byte[bytes];
                Mem.copyOut(scratch.address(), copied, 0, bytes);
                assertArrayEquals(Arrays.copyOfRange(stream, position, position + bytes), copied, "look " + look);
                acknowledged += random.nextInt(100);
                queue.acknowledge(acknowledged);
            }
        }
    }

    @Test
    void sendQueue_smallWritesAcknowledgedAtOnce_handOverLosesNoByteAndNoChunk() throws Exception {
        for (long seed = 1; seed <= 5; seed++) {
            byte[] stream = new byte[STREAM_BYTES / 4];
            new Random(seed).nextBytes(stream);
            assertArrayEquals(stream, throughIdleSendQueue(stream, seed), "seed " + seed);
        }
    }

    /** The driver acknowledges whatever it finds, so that the queue falls idle at each moment of a write. */
    private static byte[] throughIdleSendQueue(byte[] stream, long seed) throws Exception {
        byte[] copied = new byte[stream.length];
        try (Region region = Region.allocate(2 * 4096);
                Region scratch = Region.allocate(8192)) {
            SendMemory memory = new SendMemory(region);
            SendQueue queue = new SendQueue(memory, 6000);
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                Random random = new Random(~seed);
                int done = 0;
                while (done < stream.length) {
                    int wanted = Math.min(stream.length - done, 1 + random.nextInt(40));
                    done += queue.write(stream, done, wanted);
                }
            });
            Random random = new Random(seed);
            int done = 0;
            while (done < stream.length) {
                int fresh = (int) queue.appendedTotal() - done;
                if (fresh > 0) {
                    queue.copyTo(done, fresh, scratch.address());
                    Mem.copyOut(scratch.address(), copied, done, fresh);
                    done += fresh;
                    queue.acknowledge(done - random.nextInt(2) * random.nextInt(fresh));
                }
                queue.acknowledge(done);
                queue.settle();
            }
            writer.get(30, TimeUnit.SECONDS);
            queue.settle();
            assertEquals(memory.count(), memory.freeCount());
        }
        return copied;
    }

    @Test
    void offer_smallPayloads_shareOnePacket() {
        try (Region region = Region.allocate(16 * 2048)) {
            BufferPool pool = new BufferPool(region, 2048);
            ReceiveQueue queue = new ReceiveQueue(10_000);
            for (int count = 0; count < 10; count++) {
                queue.offer(packet(pool, new byte[] {1, 2, 3}, 0, 3), 0, 3);
            }
            assertEquals(15, pool.freeCount());
            assertEquals(30, queue.availableBytes());
            assertEquals(9970, queue.windowBytes());
            byte[] out = new byte[30];
            assertEquals(30, queue.read(out, 0, 30));
            assertEquals(3, out[29]);
            assertEquals(16, pool.freeCount(), "an idle queue holds no packet");
            queue.offer(packet(pool, new byte[] {4}, 0, 1), 0, 1);
            assertEquals(1, queue.read(out, 0, 30));
            assertEquals(4, out[0]);
            queue.offer(packet(pool, new byte[] {5}, 0, 1), 0, 1);
            queue.releaseAll();
            assertFalse(queue.offer(packet(pool, new byte[] {1}, 0, 1), 0, 1));
            assertEquals(16, pool.freeCount());
        }
    }

    @Test
    void sendQueue_writerAndDriver_streamEqual() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            byte[] stream = new byte[STREAM_BYTES];
            new Random(seed).nextBytes(stream);
            assertArrayEquals(stream, throughSendQueue(stream, seed), "seed " + seed);
        }
    }

    @Test
    void receiveQueue_driverAndReader_streamEqualAndNoPacketLost() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            byte[] stream = new byte[STREAM_BYTES];
            new Random(seed).nextBytes(stream);
            assertArrayEquals(stream, throughReceiveQueue(stream, seed), "seed " + seed);
        }
    }

    @Test
    @Tag("proves:rfc6093")
    void urgentByteThatFindsNoRoom_marksNothing() {
        try (Region region = Region.allocate(4 * 4096)) {
            SendQueue queue = new SendQueue(new SendMemory(region), 2);
            queue.write(new byte[2], 0, 2);
            assertEquals(0, queue.writeUrgent('!'));
            assertEquals(0, queue.urgentEnd());
            queue.acknowledge(2);
            assertEquals(1, queue.writeUrgent('!'));
            assertEquals(3, queue.urgentEnd());
            queue.releaseAll();
        }
    }

    @Test
    @Tag("proves:rfc6093")
    void receiveQueue_urgentBytesWhileTheReaderLooks_areNeverRead() throws Exception {
        try (Region region = Region.allocate(16 * 2048)) {
            BufferPool pool = new BufferPool(region, 2048);
            ReceiveQueue queue = new ReceiveQueue(60_000);
            byte[] payload = {'!', 0, 0};
            CompletableFuture<byte[]> reader =
                    CompletableFuture.supplyAsync(() -> readAll(queue, URGENT_ROUNDS * 2, 1));
            for (int round = 0; round < URGENT_ROUNDS && !reader.isDone(); round++) {
                while (queue.availableBytes() > 0 && !reader.isDone()) {
                    Thread.onSpinWait();
                }
                queue.markUrgent(3L * round);
                queue.offer(packet(pool, payload, 0, payload.length), 0, payload.length);
            }
            assertArrayEquals(new byte[URGENT_ROUNDS * 2], reader.get(30, TimeUnit.SECONDS));
            queue.releaseAll();
        }
    }

    private static byte[] throughSendQueue(byte[] stream, long seed) throws Exception {
        byte[] copied = new byte[stream.length];
        try (Region region = Region.allocate(12 * 4096);
                Region scratch = Region.allocate(65_536)) {
            SendMemory memory = new SendMemory(region);
            SendQueue queue = new SendQueue(memory, 50_000);
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                Random random = new Random(~seed);
                int done = 0;
                while (done < stream.length) {
                    int wanted = Math.min(stream.length - done, 1 + random.nextInt(9000));
                    int taken = queue.write(stream, done, wanted);
                    done += taken;
                    if (taken == 0) {
                        Thread.onSpinWait();
                    }
                }
            });
            Random random = new Random(seed);
            long sent = 0;
            long acknowledged = 0;
            while (acknowledged < stream.length) {
                int fresh = (int) Math.min(queue.appendedTotal() - sent, 1 + random.nextInt(1460));
                if (fresh > 0) {
                    queue.copyTo(sent, fresh, scratch.address());
                    Mem.copyOut(scratch.address(), copied, (int) sent, fresh);
                    sent += fresh;
                } else if (sent == acknowledged) {
                    Thread.onSpinWait();
                }
                if (random.nextInt(4) == 0 || fresh == 0) {
                    acknowledged += random.nextInt((int) (sent - acknowledged) + 1);
                    queue.acknowledge(acknowledged);
                }
            }
            writer.get(30, TimeUnit.SECONDS);
            queue.releaseAll();
            assertEquals(memory.count(), memory.freeCount());
        }
        return copied;
    }

    private static byte[] throughReceiveQueue(byte[] stream, long seed) throws Exception {
        try (Region region = Region.allocate(256 * 2048)) {
            BufferPool pool = new BufferPool(region, 2048);
            ReceiveQueue queue = new ReceiveQueue(60_000);
            CompletableFuture<byte[]> reader =
                    CompletableFuture.supplyAsync(() -> readAll(queue, stream.length, ~seed));
            Random random = new Random(seed);
            int done = 0;
            while (done < stream.length) {
                int longest = random.nextBoolean() ? 1460 : 100;
                int length = Math.min(Math.min(stream.length - done, 1 + random.nextInt(longest)), queue.windowBytes());
                if (length > 0 && pool.freeCount() > 6) {
                    int front = random.nextInt(20);
                    PacketBuffer packet = packet(pool, Arrays.copyOfRange(stream, done, done + length), front, length);
                    int pieces = random.nextInt(10) == 0 ? random.nextInt(5) : 0;
                    PacketBuffer last = packet;
                    int whole = length;
                    for (int piece = 0; piece < pieces; piece++) {
                        int left = Math.min(stream.length - done - whole, queue.windowBytes() - whole);
                        int more = Math.min(left, random.nextInt(1460));
                        last.more =
                                packet(pool, Arrays.copyOfRange(stream, done + whole, done + whole + more), 0, more);
                        last = last.more;
                        whole += more;
                    }
                    queue.offer(packet, front, whole);
                    done += whole;
                } else {
                    Thread.onSpinWait();
                }
            }
            byte[] received = reader.get(30, TimeUnit.SECONDS);
            queue.releaseAll();
            assertEquals(pool.count(), pool.freeCount());
            return received;
        }
    }

    private static byte[] readAll(ReceiveQueue queue, int bytes, long seed) {
        Random random = new Random(seed);
        byte[] received = new byte[bytes];
        int done = 0;
        while (done < bytes) {
            int count = queue.read(received, done, Math.min(bytes - done, 1 + random.nextInt(5000)));
            done += count;
            if (count == 0) {
                Thread.onSpinWait();
            }
        }
        return received;
    }

    /** Returns a packet whose window is {@code front} other bytes, then {@code payload}. */
    private static PacketBuffer packet(BufferPool pool, byte[] payload, int front, int length) {
        PacketBuffer packet = pool.acquire();
        if (packet == null) {
            throw new AssertionError("pool is empty");
        }
        long at = packet.append(front + length);
        Mem.copyIn(payload, 0, at + front, length);
        return packet;
    }
}
