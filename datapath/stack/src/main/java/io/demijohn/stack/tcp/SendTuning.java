package io.demijohn.stack.tcp;

/**
 * Sizes send buffers to twice the congestion window, unless the user chose a size: one window in flight, one to follow.
 *
 * <p>The bound is the smaller of {@link TcpTunable#SEND_BUFFER_MAX} and a share of the send memory. While the memory is
 * short, buffers shrink to where they began; what is in them stays. Owned by {@link TcpInput}; driver only; never allocates.
 */
final class SendTuning {
    /** Free share of the memory below which no buffer grows. */
    private static final int GROW_DIVISOR = 2;
    /** Free share below which buffers shrink. */
    private static final int SHRINK_DIVISOR = 4;
    /** One connection may have this share of what is free. */
    private static final int SHARE_DIVISOR = 4;

    private final int startBytes;
    private final int maxBytes;
    private final TcpCounters counters;

    SendTuning(TcpConfig config, TcpCounters counters) {
        this.startBytes = config.count(TcpTunable.SEND_BUFFER);
        this.maxBytes = Math.max(startBytes, config.count(TcpTunable.SEND_BUFFER_MAX));
        this.counters = counters;
    }

    /** Looks at the buffer now that bytes of it were acknowledged. */
    void onFreed(TcpConnection connection) {
        if (!connection.sendTuned) {
            return;
        }
        SendQueue queue = connection.sendQueue();
        int bytes = queue.capacityBytes();
        if (queue.memory().isBelow(SHRINK_DIVISOR)) {
            int less = Math.max(startBytes, bytes / 2);
            if (less < bytes) {
                queue.setCapacity(less);
                counters.sendBuffersShrunk++;
            }
            return;
        }
        long wanted = Math.min(maxBytes, 2L * connection.congestion.windowBytes());
        if (wanted > bytes && !queue.memory().isBelow(GROW_DIVISOR)) {
            int more = (int) Math.min(wanted, queue.memory().freeBytes() / SHARE_DIVISOR);
            if (more > bytes) {
                queue.setCapacity(more);
                counters.sendBuffersGrown++;
            }
        }
    }
}
