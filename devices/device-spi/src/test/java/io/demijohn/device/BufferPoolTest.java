package io.demijohn.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the pool cuts, lends and gets back from its own and from other threads. */
final class BufferPoolTest {
    private static final int SLOT_BYTES = 256;
    private static final int COUNT = 64;
    private static final int ROUNDS = 100_000;
    private static final long PATIENCE_SECONDS = 60;
    private final Region region = Region.allocate(COUNT * (long) SLOT_BYTES + 17);
    private final BufferPool pool = new BufferPool(region, SLOT_BYTES);

    @AfterEach
    void freeMemory() {
        region.close();
    }

    @Test
    void cut_slotsAreDisjointAndInsideTheRegion() {
        assertEquals(COUNT, pool.count());
        Set<Long> bases = new HashSet<>();
        for (int index = 0; index < COUNT; index++) {
            PacketBuffer buffer = Objects.requireNonNull(pool.acquire());
            long offset = buffer.address() - buffer.headroom() - region.address();
            assertEquals(0, offset % SLOT_BYTES);
            assertTrue(offset >= 0 && offset + SLOT_BYTES <= region.bytes());
            assertTrue(bases.add(offset));
        }
        assertNull(pool.acquire());
        assertEquals(0, pool.freeCount());
    }

    @Test
    void slotTooSmallOrRegionTooSmall_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> new BufferPool(region, BufferPool.HEADROOM_BYTES));
        assertThrows(IllegalArgumentException.class, () -> new BufferPool(region, (int) region.bytes() + 1));
    }

    @Test
    void releasedRemotely_comeHomeWhenTheOwnListRunsDry() {
        PacketBuffer[] buffers = acquireAll();
        for (PacketBuffer buffer : buffers) {
            buffer.releaseRemote();
        }
        Set<PacketBuffer> seen = new HashSet<>();
        for (int index = 0; index < COUNT; index++) {
            assertTrue(seen.add(Objects.requireNonNull(pool.acquire())));
        }
        assertNull(pool.acquire());
    }

    @Test
    void twoThreadsReturn_ownerAcquires_noBufferIsLostOrLentTwice() throws InterruptedException {
        ArrayBlockingQueue<PacketBuffer> first = new ArrayBlockingQueue<>(COUNT);
        ArrayBlockingQueue<PacketBuffer> second = new ArrayBlockingQueue<>(COUNT);
        AtomicInteger torn = new AtomicInteger();
        Thread returnerOne = returner(first, torn);
        Thread returnerTwo = returner(second, torn);
        int round = 0;
        while (round < ROUNDS) {
            PacketBuffer buffer = pool.acquire();
            if (buffer == null) {
                Thread.onSpinWait();
                continue;
            }
            Mem.putLong(buffer.append(Long.BYTES), buffer.address());
            ((round & 1) == 0 ? first : second).put(buffer);
            round++;
        }
        returnerOne.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        returnerTwo.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        assertEquals(0, torn.get());
        assertEquals(COUNT, pool.freeCount());
    }

    @Test
    void sharedBuffer_twoThreadsDropReferences_goesHomeOnce() throws InterruptedException {
        ArrayBlockingQueue<PacketBuffer> shared = new ArrayBlockingQueue<>(COUNT);
        Thread returner = returner(shared, new AtomicInteger(), ROUNDS);
        int round = 0;
        while (round < ROUNDS) {
            PacketBuffer buffer = pool.acquire();
            if (buffer == null) {
                Thread.onSpinWait();
                continue;
            }
            Mem.putLong(buffer.append(Long.BYTES), buffer.address());
            buffer.retain();
            shared.put(buffer);
            buffer.release();
            round++;
        }
        returner.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        assertEquals(COUNT, pool.freeCount());
    }

    @Test
    void acquireAndRelease_allocateNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        cycle();
        long before = threads.getCurrentThreadAllocatedBytes();
        cycle();
        long allocatedBytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocatedBytes < 2_000, "allocated " + allocatedBytes + " bytes over " + ROUNDS + " rounds");
    }

    private void cycle() {
        for (int round = 0; round < ROUNDS; round++) {
            PacketBuffer buffer = Objects.requireNonNull(pool.acquire());
            if ((round & 1) == 0) {
                buffer.release();
            } else {
                buffer.releaseRemote();
            }
        }
    }

    private PacketBuffer[] acquireAll() {
        PacketBuffer[] buffers = new PacketBuffer[COUNT];
        for (int index = 0; index < COUNT; index++) {
            buffers[index] = Objects.requireNonNull(pool.acquire());
        }
        return buffers;
    }

    private static Thread returner(ArrayBlockingQueue<PacketBuffer> from, AtomicInteger torn) {
        return returner(from, torn, ROUNDS / 2);
    }

    /** Starts a thread that takes {@code count} buffers, checks their content and returns them remotely. */
    private static Thread returner(ArrayBlockingQueue<PacketBuffer> from, AtomicInteger torn, int count) {
        Thread thread = new Thread(
                () -> {
                    for (int index = 0; index < count; index++) {
                        PacketBuffer buffer = takeFrom(from);
                        if (Mem.getLong(buffer.address()) != buffer.address()) {
                            torn.incrementAndGet();
                        }
                        buffer.releaseRemote();
                    }
                },
                "returner");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static PacketBuffer takeFrom(ArrayBlockingQueue<PacketBuffer> queue) {
        try {
            return Objects.requireNonNull(queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
