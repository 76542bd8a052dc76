package io.demijohn.device.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.demijohn.device.BufferPool;
import io.demijohn.device.DeviceException;
import io.demijohn.device.NetDevice;
import io.demijohn.device.NetDeviceProvider;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the wire keeps, gives back and wakes. */
final class LoopDeviceTest {
    private static final int RING_SLOTS = 4;
    private static final int FRAMES = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Region region = Region.allocate(FRAMES * 256L);
    private final BufferPool pool = new BufferPool(region, 256);
    private final NetDevice device = new LoopDevice("loop:", 1500, RING_SLOTS);
    private final PacketBuffer[] sent = new PacketBuffer[FRAMES];
    private final PacketBuffer[] received = new PacketBuffer[FRAMES];

    @AfterEach
    void freeMemory() {
        region.close();
    }

    @Test
    void framesSent_comeOut_sameBuffersInOrder() {
        acquire(3);
        assertEquals(3, device.transmit(sent, 0, 3));
        assertEquals(2, device.receive(received, 2, pool));
        assertSame(sent[0], received[0]);
        assertSame(sent[1], received[1]);
        assertEquals(1, device.receive(received, FRAMES, pool));
        assertSame(sent[2], received[0]);
        assertEquals(0, device.receive(received, FRAMES, pool));
    }

    @Test
    void ringFull_takesFewer_restStaysWithTheCaller() {
        acquire(6);
        assertEquals(1, device.transmit(sent, 0, 1));
        assertEquals(3, device.transmit(sent, 1, 5));
        assertEquals(0, device.transmit(sent, 4, 2));
        assertEquals(1, device.receive(received, 1, pool));
        assertEquals(1, device.transmit(sent, 4, 2));
        assertEquals(4, device.receive(received, FRAMES, pool));
        assertSame(sent[4], received[3]);
        assertEquals(0, device.dropped());
    }

    @Test
    void closed_framesOnTheWire_goHomeAndTheDeviceIsGone() {
        acquire(3);
        assertEquals(3, device.transmit(sent, 0, 3));
        device.close();
        device.close();
        assertEquals(FRAMES, pool.freeCount());
        assertEquals(NetDevice.GONE, device.receive(received, 1, pool));
        assertEquals(NetDevice.GONE, device.transmit(sent, 0, 1));
    }

    @Test
    void wakeupBeforeAwait_await_returnsOnceAndSleepsAgain() throws InterruptedException {
        device.wakeup();
        device.awaitInterrupt(Long.MAX_VALUE);
        Thread sleeping = startSleeper();
        device.wakeup();
        assertTrue(joins(sleeping));
    }

    @Test
    void framePending_await_returnsAtOnce() {
        acquire(1);
        assertEquals(1, device.transmit(sent, 0, 1));
        device.awaitInterrupt(Long.MAX_VALUE);
    }

    @Test
    void noTimeout_await_returnsAtOnce() {
        device.awaitInterrupt(0);
        device.awaitInterrupt(-1);
    }

    @Test
    void timeoutPasses_await_returns() {
        device.awaitInterrupt(1_000);
    }

    @Test
    void asleep_wakeup_wakes() throws InterruptedException {
        Thread sleeping = startSleeper();
        device.wakeup();
        assertTrue(joins(sleeping));
    }

    @Test
    void manyFrames_throughTheWire_allocateNothing() {
        acquire(4);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        exchange(20_000);
        long before = threads.getCurrentThreadAllocatedBytes();
        exchange(20_000);
        long allocatedBytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocatedBytes < 2_000, "allocated " + allocatedBytes + " bytes over 20000 rounds");
    }

    @Test
    void serviceLoader_schemeLoop_opensWithDefaultsAndNothingMissing() throws DeviceException {
        NetDeviceProvider provider = provider();
        assertEquals(0, provider.missing().size());
        try (NetDevice opened = provider.open("loop:", 0)) {
            assertEquals(16_384, opened.mtuBytes());
            assertEquals("loop:", opened.uri());
            assertTrue(opened.capabilities().ethernet());
        }
    }

    @Test
    void badMtuOrName_open_saysWhatIsAllowed() throws DeviceException {
        NetDeviceProvider provider = provider();
        String small = assertThrows(
                        DeviceException.class, () -> provider.open("loop:", 575).close())
                .getMessage();
        assertEquals("mtu=575: loop: allows 576 to 65535, or 0 for 16384", small);
        assertThrows(DeviceException.class, () -> provider.open("loop:", 65_536).close());
        assertThrows(DeviceException.class, () -> provider.open("loop:x", 0).close());
        try (NetDevice large = provider.open("loop:", 65_535)) {
            assertEquals(65_535, large.mtuBytes());
        }
    }

    private static NetDeviceProvider provider() {
        return ServiceLoader.load(NetDeviceProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.scheme().equals("loop"))
                .findFirst()
                .orElseThrow();
    }

    private void acquire(int count) {
        for (int index = 0; index < count; index++) {
            PacketBuffer buffer = pool.acquire();
            assertNotNull(buffer);
            sent[index] = buffer;
        }
    }

    private void exchange(int rounds) {
        for (int round = 0; round < rounds; round++) {
            if (device.transmit(sent, 0, 4) != 4 || device.receive(sent, 4, pool) != 4) {
                throw new AssertionError("round " + round);
            }
        }
    }

    /** Starts a thread that sleeps in the device without end and returns once it is parked. */
    private Thread startSleeper() {
        Thread thread = new Thread(() -> device.awaitInterrupt(Long.MAX_VALUE), "sleeper");
        thread.setDaemon(true);
        thread.start();
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (thread.getState() != Thread.State.WAITING) {
            assertTrue(deadlineNanos - System.nanoTime() > 0, "the sleeper never parked");
            Thread.onSpinWait();
        }
        return thread;
    }

    private boolean joins(Thread thread) throws InterruptedException {
        thread.join(PATIENCE.toMillis());
        return !thread.isAlive();
    }
}
