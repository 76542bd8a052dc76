package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.demijohn.device.PacketBuffer;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** The way of a segment allocates nothing: send queue, segment, input, receive queue, acknowledgement, timers. */
class TcpAllocationTest {
    private static final int WARM_ROUNDS = 20_000;
    private static final int ROUNDS = 20_000;
    private static final int BLOCK_BYTES = 3000;

    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
    private final ByteBuffer target = ByteBuffer.allocateDirect(8192);
    private long now;

    @Test
    void exchange_manySegments_noBytesAllocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (TcpPair pair = new TcpPair()) {
            TcpConnection[] ends = pair.establish(new TcpOptions(true, true, 0, 0, 0));
            now = pair.now;
            rounds(pair, ends[0], ends[1], WARM_ROUNDS);
            long before = threads.getCurrentThreadAllocatedBytes();
            rounds(pair, ends[0], ends[1], ROUNDS);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertEquals(0, allocated / ROUNDS, "bytes per round");
            assertEquals(true, allocated < 2048, "allocated " + allocated + " bytes in all");
            assertEquals(true, pair.server.tcp.counters().segmentsOutOfOrder > ROUNDS / 16);
        }
    }

    private void rounds(TcpPair pair, TcpConnection near, TcpConnection far, int count) {
        for (int round = 0; round < count; round++) {
            now += 1_000_000;
            block.clear();
            near.sendQueue().write(block);
            pair.client.tcp.send(near, now);
            carry(pair, round % 8 == 0);
            target.clear();
            far.receiveQueue().read(target);
            pair.server.tcp.consumed(far, now);
            carry(pair, false);
            pair.client.tcp.advance(now);
            pair.server.tcp.advance(now);
            carry(pair, false);
            drain(pair.client.tcp);
            drain(pair.server.tcp);
        }
    }

    private void carry(TcpPair pair, boolean swap) {
        if (swap) { // out of order: the first segment travels last
            PacketBuffer first = pair.client.sent.poll();
            if (first != null) {
                pair.client.sent.add(first);
            }
        }
        while (!pair.client.sent.isEmpty() || !pair.server.sent.isEmpty()) {
            PacketBuffer up = pair.client.sent.poll();
            if (up != null) {
                pair.server.receive(up, pair.client, now);
            }
            PacketBuffer down = pair.server.sent.poll();
            if (down != null) {
                pair.client.receive(down, pair.server, now);
            }
        }
    }

    private static void drain(Tcp tcp) {
        TcpConnection connection = tcp.nextTouched();
        while (connection != null) {
            connection.takeEvents();
            connection = tcp.nextTouched();
        }
    }
}
