package io.demijohn.linux.loss;

import java.util.SplittableRandom;

/**
 * One direction of one lane: a queue of bounded bytes, a wire with a rate, loss, and a delay line with a second one for
 * frames that are to be late.
 *
 * <p>Owned by the bridge's thread. Holds numbers of slots, not frames. The n-th frame of a seed always meets the same fate,
 * whoever sends it.
 */
final class Link {
    /** Answer of {@link #offer}: the frame is on its way and its slot is the link's. */
    static final int TAKEN = 0;

    /** Answer of {@link #offer}: lost on the wire. */
    static final int LOST = 1;

    /** Answer of {@link #offer}: the queue was full. */
    static final int QUEUE_FULL = 2;

    private static final double NANOS_PER_SECOND = 1e9;

    private final LinkPlan plan;
    private final SplittableRandom chance;
    private final double nanosPerByte;
    private final DelayLine line;
    private final DelayLine late;
    private long wireFreeNanos;

    Link(LinkPlan plan, long seed, int slots, long nowNanos) {
        this.plan = plan;
        this.chance = new SplittableRandom(seed);
        this.nanosPerByte = Byte.SIZE * NANOS_PER_SECOND / plan.bitsPerSecond();
        this.line = new DelayLine(slots);
        this.late = new DelayLine(slots);
        this.wireFreeNanos = nowNanos;
    }

    /** Sends the frame of {@code bytes} in {@code slot}; an exempt one is never lost nor late. */
    int offer(int slot, int bytes, boolean exempt, long nowNanos) {
        long startNanos = Math.max(nowNanos, wireFreeNanos);
        if ((startNanos - nowNanos) / nanosPerByte + bytes > plan.queueBytes()) {
            return QUEUE_FULL;
        }
        wireFreeNanos = startNanos + (long) (bytes * nanosPerByte);
        boolean lost = !exempt && chance.nextDouble() < plan.loss();
        boolean slow = !exempt && chance.nextDouble() < plan.reorder();
        if (lost) {
            return LOST;
        }
        long dueNanos = wireFreeNanos + plan.delayNanos();
        if (slow) {
            late.add(slot, bytes, dueNanos + plan.lateNanos());
        } else {
            line.add(slot, bytes, dueNanos);
        }
        return TAKEN;
    }

    /** Returns the line whose first frame is due next; it may be empty. */
    DelayLine next() {
        return late.isEmpty() || (!line.isEmpty() && line.dueNanos() - late.dueNanos() <= 0) ? line : late;
    }
}
