package io.demijohn.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The house rule "no allocation on the hot path", measured over many packets. */
final class HotPathAllocationTest {
    private static final int CONNECTIONS = 16;
    private static final int WARMUP = 30_000;
    private static final int ROUNDS = 90_000;

    /** What the measurement itself and late compilation may cost: far below one byte a packet. */
    private static final long SLACK_BYTES = ROUNDS / 10;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void manySegments_fromDeviceToRead_allocateNothingAndLoseNoBuffer() {
        assertNothingAllocated(StackPeer.SMALL_BYTES, WARMUP, peer -> {
            if (peer.receiveOne() != StackPeer.SMALL_BYTES) {
                throw new AssertionError("a read was short");
            }
        });
    }

    @Test
    void manyFullSegments_fromDeviceToRead_allocateNothingAndLoseNoBuffer() {
        assertNothingAllocated(StackPeer.FULL_BYTES, WARMUP, peer -> {
            if (peer.receiveOne() != StackPeer.FULL_BYTES) {
                throw new AssertionError("a read was short");
            }
        });
    }

    @Test
    void manyWrites_sentAndAcknowledged_allocateNothingAndLoseNoBuffer() {
        assertNothingAllocated(StackPeer.SMALL_BYTES, WARMUP / StackPeer.BURST, peer -> {
            if (peer.writeMany() < StackPeer.BURST) { // more when the host stopped us: a probe
                throw new AssertionError("not one segment for each write");
            }
            peer.acknowledgeMany();
        });
    }

    @Test
    void manyEchoes_throughTheEngine_allocateNothing() {
        try (EnginePair pair = new EnginePair()) {
            ByteBuffer source = ByteBuffer.allocateDirect(StackPeer.SMALL_BYTES);
            ByteBuffer target = ByteBuffer.allocateDirect(StackPeer.SMALL_BYTES);
            echo(pair, source, target, WARMUP);
            long before = threads.getCurrentThreadAllocatedBytes();
            echo(pair, source, target, ROUNDS);
            long allocatedBytes = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocatedBytes <= SLACK_BYTES, allocatedBytes + " bytes over " + ROUNDS + " echoes");
        }
    }

    private void assertNothingAllocated(int payloadBytes, int warmup, Consumer<StackPeer> work) {
        try (StackPeer peer = new StackPeer(CONNECTIONS, CONNECTIONS, payloadBytes, true)) {
            int free = peer.freeBuffers();
            repeat(peer, warmup, work);
            long before = threads.getCurrentThreadAllocatedBytes();
            repeat(peer, ROUNDS / WARMUP * warmup, work);
            long allocatedBytes = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocatedBytes <= SLACK_BYTES, allocatedBytes + " bytes over " + ROUNDS + " segments");
            assertEquals(free, peer.freeBuffers(), "free packet buffers");
        }
    }

    private static void repeat(StackPeer peer, int rounds, Consumer<StackPeer> work) {
        for (int round = 0; round < rounds; round++) {
            work.accept(peer);
        }
    }

    private static void echo(EnginePair pair, ByteBuffer source, ByteBuffer target, int rounds) {
        for (int round = 0; round < rounds; round++) {
            EnginePair.move(pair.client, source, pair.server, target);
            EnginePair.move(pair.server, target, pair.client, source);
        }
    }
}
