package io.demijohn.spi;

import java.nio.channels.SelectableChannel;

/**
 * A channel of ours as its selectors see it: its readiness comes from user space until, and unless, its route turns out to
 * be the kernel.
 *
 * <p>Selectors ask under their lock; nothing here waits.
 */
interface Selectable {
    /** What a failed or closed connection shows: every operation somebody is interested in. */
    int EVERYTHING = -1;

    ChannelKeys keys();

    /** Returns whether the kernel's channel tells what is ready. Turns true at most once. */
    boolean inKernel();

    /** Returns the operations that are ready now, or {@link #EVERYTHING}; 0 while the route is undecided. */
    int readyOps();

    /** Returns the operations that may become ready in the channel's present state. */
    int possibleOps();

    /** Returns the kernel's channel; of use once {@link #inKernel}. */
    SelectableChannel kernelChannel();
}
