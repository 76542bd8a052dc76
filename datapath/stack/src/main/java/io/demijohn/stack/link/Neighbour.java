package io.demijohn.stack.link;

import org.jspecify.annotations.Nullable;

/** One entry of the {@link NeighbourCache}: plain state of its owner, reused for one neighbour after another. */
final class Neighbour {
    /** Not in use. */
    static final int FREE = 0;
    /** Asked for, not answered; packets wait. */
    static final int PENDING = 1;
    /** The station is known. */
    static final int KNOWN = 2;

    final FrameQueue waiting = new FrameQueue();

    int state = FREE;
    long high;
    long low;
    long station;
    long confirmedNanos;
    long usedNanos;
    long requestedNanos;
    int requests;
    int senderAddress; // our address that asks for it

    @Nullable
    Neighbour following; // in its bucket, or in the free list
}
