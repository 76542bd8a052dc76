package io.demijohn.sim;

import io.demijohn.device.BufferPool;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.tcp.SendMemory;
import java.util.ArrayDeque;

/**
 * Somebody who takes a host's free memory for a while: the fault "out of buffers".
 *
 * <p>Owned by a {@link SimHost}; its thread only.
 */
final class Hoard {
    private final BufferPool pool;
    private final SendMemory sendMemory;
    private final ArrayDeque<PacketBuffer> buffers = new ArrayDeque<>();
    private final ArrayDeque<Integer> chunks = new ArrayDeque<>();
    private long untilNanos = Long.MAX_VALUE;

    Hoard(BufferPool pool, SendMemory sendMemory) {
        this.pool = pool;
        this.sendMemory = sendMemory;
    }

    /** Takes all free buffers and chunks but so many of each. */
    void take(int left, long until) {
        untilNanos = until;
        for (int count = pool.freeCount(); count > left; count--) {
            PacketBuffer buffer = pool.acquire();
            if (buffer != null) {
                buffers.add(buffer);
            }
        }
        for (int count = sendMemory.freeCount(); count > left; count--) {
            chunks.add(sendMemory.acquire());
        }
    }

    /** Gives everything back if it is time. */
    void giveBack(long nowNanos) {
        if (untilNanos > nowNanos) {
            return;
        }
        untilNanos = Long.MAX_VALUE;
        for (PacketBuffer buffer = buffers.poll(); buffer != null; buffer = buffers.poll()) {
            buffer.release();
        }
        for (Integer chunk = chunks.poll(); chunk != null; chunk = chunks.poll()) {
            sendMemory.release(chunk);
        }
    }

    /** Returns when it gives back what it has, or {@link Long#MAX_VALUE}. */
    long untilNanos() {
        return untilNanos;
    }
}
