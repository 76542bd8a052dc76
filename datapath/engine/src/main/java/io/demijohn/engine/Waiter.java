package io.demijohn.engine;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One parked thread in the list of a handle.
 *
 * <p>Made by the waiting thread, taken off the list by whoever signals the handle. A thread that gives up clears
 * {@link #thread}; such entries are dropped when the next waiter is pushed.
 */
final class Waiter {
    volatile @Nullable Thread thread;
    volatile boolean taken;

    @Nullable
    Waiter next;

    Waiter(Thread thread) {
        this.thread = thread;
    }

    /** Marks every entry from {@code first} on as taken and unparks its thread. */
    static void wakeAll(@Nullable Waiter first) {
        Waiter waiter = first;
        while (waiter != null) {
            Waiter following = waiter.next;
            waiter.taken = true;
            Thread parked = waiter.thread;
            if (parked != null) {
                LockSupport.unpark(parked);
            }
            waiter = following;
        }
    }
}
