package io.demijohn.stack.tcp;

import io.demijohn.stack.wire.TcpHeaderOptions;

/**
 * What one connection's SACK options say: the ranges that arrived out of order, the newest first, and the last duplicate.
 *
 * <pre>
 *   edges:   start 0 | end 0 | start 1 | end 1 | ...     block 0 holds the segment that came last (RFC 2018, 4)
 * </pre>
 *
 * <p>Made when a connection's first segment comes out of order or twice, kept for its life; driver only. Of more ranges than
 * fit the oldest are forgotten: what is reported is true, not complete.
 */
final class SackReport {
    private static final int RANGES_MAX = TcpHeaderOptions.SACK_BLOCKS_MAX;

    private final long[] edges = new long[2 * RANGES_MAX];
    private int ranges;
    private long duplicateStart;
    private long duplicateEnd;

    /** Notes bytes that arrived ahead of RCV.NXT: they join the ranges that they touch and become the first block. */
    void add(long from, long until) {
        long start = from;
        long end = until;
        int kept = 0;
        for (int range = 0; range < ranges; range++) {
            long rangeStart = edges[2 * range];
            long rangeEnd = edges[2 * range + 1];
            if (rangeStart <= end && rangeEnd >= start) {
                start = Math.min(start, rangeStart);
                end = Math.max(end, rangeEnd);
            } else {
                put(kept++, rangeStart, rangeEnd);
            }
        }
        kept = Math.min(kept, RANGES_MAX - 1);
        for (int range = kept; range > 0; range--) {
            put(range, edges[2 * range - 2], edges[2 * range - 1]);
        }
        put(0, start, end);
        ranges = kept + 1;
    }

    /** Notes bytes that arrived although we had them: reported once (RFC 2883, 4). */
    void duplicate(long from, long until) {
        duplicateStart = from;
        duplicateEnd = until;
    }

    /** Forgets what is in order by now. */
    void advanceTo(long receiveNext) {
        int kept = 0;
        for (int range = 0; range < ranges; range++) {
            if (edges[2 * range + 1] > receiveNext) {
                put(kept++, edges[2 * range], edges[2 * range + 1]);
            }
        }
        ranges = kept;
    }

    /** Returns how many blocks the next segment carries, at most {@code blocksMax}. */
    int blocks(int blocksMax) {
        return Math.min(blocksMax, ranges + (hasDuplicate() ? 1 : 0));
    }

    /** Writes the option with so many blocks, which is not 0; the duplicate is reported by that. */
    void write(long address, int blocks) {
        TcpHeaderOptions.putSack(address, blocks);
        int block = 0;
        if (hasDuplicate()) {
            TcpHeaderOptions.putSackBlock(address, block++, (int) duplicateStart, (int) duplicateEnd);
            duplicateStart = 0;
            duplicateEnd = 0;
        }
        for (int range = 0; block < blocks; range++) {
            TcpHeaderOptions.putSackBlock(address, block++, (int) edges[2 * range], (int) edges[2 * range + 1]);
        }
    }

    private boolean hasDuplicate() {
        return duplicateEnd > duplicateStart;
    }

    private void put(int range, long start, long end) {
        edges[2 * range] = start;
        edges[2 * range + 1] = end;
    }
}
