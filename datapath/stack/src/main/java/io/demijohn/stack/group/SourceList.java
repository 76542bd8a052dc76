package io.demijohn.stack.group;

import java.util.Arrays;

/**
 * A bounded set of source addresses.
 *
 * <p>Owned by a filter or a group; driver thread only. Grows when it is added to, on the control plane; asking allocates
 * nothing.
 */
final class SourceList {
    private long[] highs = {};
    private long[] lows = {};
    private int count;

    int count() {
        return count;
    }

    long high(int index) {
        return highs[index];
    }

    long low(int index) {
        return lows[index];
    }

    int indexOf(long high, long low) {
        for (int index = 0; index < count; index++) {
            if (lows[index] == low && highs[index] == high) {
                return index;
            }
        }
        return -1;
    }

    boolean contains(long high, long low) {
        return indexOf(high, low) >= 0;
    }

    /** Adds an address unless it is there; false if {@code max} are there already. */
    boolean add(long high, long low, int max) {
        if (contains(high, low)) {
            return true;
        }
        if (count >= max) {
            return false;
        }
        if (count == highs.length) {
            int capacity = Math.max(4, 2 * count);
            highs = Arrays.copyOf(highs, capacity);
            lows = Arrays.copyOf(lows, capacity);
        }
        highs[count] = high;
        lows[count] = low;
        count++;
        return true;
    }

    /** Removes an address; false if it is not there. */
    boolean remove(long high, long low) {
        int index = indexOf(high, low);
        if (index < 0) {
            return false;
        }
        count--;
        highs[index] = highs[count];
        lows[index] = lows[count];
        return true;
    }

    void clear() {
        count = 0;
    }
}
