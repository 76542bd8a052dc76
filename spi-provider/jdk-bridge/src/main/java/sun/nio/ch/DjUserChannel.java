package sun.nio.ch;

/**
 * A channel of ours: its readiness comes from user space until, and unless, its route turns out to be the kernel.
 *
 * <p>Owned by the provider, which implements it. {@link DjSelectorImpl} calls it under the selector's lock.
 */
public interface DjUserChannel extends SelChImpl {
    /**
     * Returns whether epoll is to watch {@link #getFDVal}. Turns true at most once; after it has, the channel calls {@link
     * DjSelectorImpl#routeDecided} for each of its keys.
     */
    boolean inKernel();

    /** Returns the {@code Net.POLL*} bits that hold now; 0 while the route is undecided. */
    int userReadyBits();
}
