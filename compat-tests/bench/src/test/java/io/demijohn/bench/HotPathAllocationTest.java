package io.demijohn.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** The house rule "no allocation on the hot path", measured over many packets. */
final class HotPathAllocationTest {
    private static final int WARMUP = 30_000;
    private static final int ROUNDS = 100_000;

    /** What the measurement itself and late compilation may cost: far below one byte a packet. */
    private static final long SLACK_BYTES = ROUNDS / 10;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void manySegments_fromDeviceToRead_allocateNothingAndLoseNoBuffer() {
        try (StackPeer peer = new StackPeer()) {
            ByteBuffer target = ByteBuffer.allocateDirect(StackPeer.PAYLOAD_BYTES);
            receive(peer, target, WARMUP);
            int free = peer.freeBuffers();
            long before = threads.getCurrentThreadAllocatedBytes();
            receive(peer, target, ROUNDS);
            long allocatedBytes = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocatedBytes <= SLACK_BYTES, allocatedBytes + " bytes over " + ROUNDS + " segments");
            assertTrue(
                    Math.abs(free - peer.freeBuffers()) <= 2, free + " free before, " + peer.freeBuffers() + " after");
        }
    }

    @Test
    void manyEchoes_throughTheEngine_allocateNothing() {
        try (EnginePair pair = new EnginePair()) {
            ByteBuffer source = ByteBuffer.allocateDirect(StackPeer.PAYLOAD_BYTES);
            ByteBuffer target = ByteBuffer.allocateDirect(StackPeer.PAYLOAD_BYTES);
            echo(pair, source, target, WARMUP);
            long before = threads.getCurrentThreadAllocatedBytes();
            echo(pair, source, target, ROUNDS);
            long allocatedBytes = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocatedBytes <= SLACK_BYTES, allocatedBytes + " bytes over " + ROUNDS + " echoes");
        }
    }

    private static void receive(StackPeer peer, ByteBuffer target, int rounds) {
        for (int round = 0; round < rounds; round++) {
            assertEqualCount(StackPeer.PAYLOAD_BYTES, peer.receiveOne(target));
        }
    }

    private static void echo(EnginePair pair, ByteBuffer source, ByteBuffer target, int rounds) {
        for (int round = 0; round < rounds; round++) {
            EnginePair.move(pair.client, source, pair.server, target);
            EnginePair.move(pair.server, target, pair.client, source);
        }
    }

    private static void assertEqualCount(int expected, int actual) {
        if (expected != actual) {
            assertEquals(expected, actual);
        }
    }
}
