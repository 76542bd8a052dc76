package io.demijohn.linux.loss;

/** Slots of frames in the order they are due. Owned by one {@link Link}; bounded by the bridge's count of slots. */
final class DelayLine {
    private final int[] slots;
    private final int[] lengths;
    private final long[] dues;
    private final int mask;
    private int head;
    private int tail;

    /** Makes a line for {@code slots} frames, a power of two. */
    DelayLine(int slots) {
        this.slots = new int[slots];
        this.lengths = new int[slots];
        this.dues = new long[slots];
        this.mask = slots - 1;
    }

    void add(int slot, int bytes, long dueNanos) {
        int at = tail++ & mask;
        slots[at] = slot;
        lengths[at] = bytes;
        dues[at] = dueNanos;
    }

    boolean isEmpty() {
        return head == tail;
    }

    /** Returns when the first is due; the line is not empty. */
    long dueNanos() {
        return dues[head & mask];
    }

    /** Returns the length of the first; the line is not empty. */
    int length() {
        return lengths[head & mask];
    }

    /** Removes the first and returns its slot. */
    int remove() {
        return slots[head++ & mask];
    }
}
