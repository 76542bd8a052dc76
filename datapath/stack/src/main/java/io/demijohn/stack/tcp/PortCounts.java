package io.demijohn.stack.tcp;

import java.util.Arrays;

/**
 * How many flows each local port has: pages of 256 counts, made when a port of theirs is first used.
 *
 * <p>Part of {@link FlowTable}; driver only. Never shrinks.
 */
final class PortCounts {
    private static final int PAGE_SHIFT = 8;
    private static final int PAGE_PORTS = 1 << PAGE_SHIFT;
    private static final int PAGES = 65_536 >> PAGE_SHIFT;

    private static final int[] NONE = {};

    private final int[][] pages = new int[PAGES][];

    PortCounts() {
        Arrays.fill(pages, NONE);
    }

    void add(int port, int difference) {
        int[] page = pages[port >> PAGE_SHIFT];
        if (page == NONE) {
            page = new int[PAGE_PORTS];
            pages[port >> PAGE_SHIFT] = page;
        }
        page[port & (PAGE_PORTS - 1)] += difference;
    }

    /** Returns how many flows have that local port. */
    int of(int port) {
        int[] page = pages[port >> PAGE_SHIFT];
        return page == NONE ? 0 : page[port & (PAGE_PORTS - 1)];
    }
}
