package io.demijohn.stack.link;

import org.jspecify.annotations.Nullable;

/** One entry of the {@link NeighbourCache}: plain state of its owner, reused for one neighbour after another. */
final class Neighbour {
    /** Not in use. */
    static final int FREE = 0;
    /** Asked for, not answered; packets wait. */
    static final int PENDING = 1;
    /** The station is known; in neighbour discovery: and was confirmed a while ago at most (REACHABLE). */
    static final int KNOWN = 2;
    /** Neighbour discovery: the station is known, unconfirmed. */
    static final int STALE = 3;
    /** Neighbour discovery: unconfirmed and in use; probed if nobody confirms it. */
    static final int DELAY = 4;
    /** Neighbour discovery: asked whether it is still there. */
    static final int PROBE = 5;

    final FrameQueue waiting = new FrameQueue();

    int state = FREE;
    long high;
    long low;
    long station;
    long confirmedNanos;
    long usedNanos;
    long requestedNanos;
    int requests;
    int senderAddress; // our IPv4 address that asks for it
    long dueNanos; // the next step of PENDING, DELAY or PROBE

    @Nullable
    Neighbour following; // in its bucket, or in the free list
}
