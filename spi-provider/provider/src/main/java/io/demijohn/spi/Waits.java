package io.demijohn.spi;

import io.demijohn.engine.Handle;
import io.demijohn.engine.Ready;
import io.demijohn.engine.VirtualThreads;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Waiting as java.net's sockets do: platform threads are not interruptible, their interrupt status is kept; virtual threads
 * stop at an interrupt.
 *
 * <p>Stateless, any thread.
 */
final class Waits {
    /** A timeout that never passes. */
    static final long ENDLESS_NANOS = Long.MAX_VALUE;

    private Waits() {}

    /** Returns the nanoseconds of a timeout in which 0 means none. */
    static long nanos(int timeoutMillis) {
        return timeoutMillis == 0 ? ENDLESS_NANOS : TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    }

    /** Returns what is left of {@code timeoutNanos} that began at {@code startNanos}; 0 or less when it passed. */
    static long left(long timeoutNanos, long startNanos) {
        return timeoutNanos == ENDLESS_NANOS ? ENDLESS_NANOS : timeoutNanos - (System.nanoTime() - startNanos);
    }

    /**
     * Like {@link Handle#await}, but on a platform thread without {@link Ready#INTERRUPTED}.
     *
     * @return bits that hold, 0 when the time passed, or on a virtual thread {@link Ready#INTERRUPTED}
     */
    static int await(Handle handle, int bits, long timeoutNanos) {
        int found = handle.await(bits, timeoutNanos);
        if (found != Ready.INTERRUPTED || VirtualThreads.isCurrent()) {
            return found;
        }
        long startNanos = System.nanoTime();
        do {
            Thread.interrupted();
            found = handle.await(bits, left(timeoutNanos, startNanos));
        } while (found == Ready.INTERRUPTED);
        Thread.currentThread().interrupt();
        return found;
    }

    /** Like {@link WildcardListener#await}, but on a platform thread without {@link Ready#INTERRUPTED}. */
    static int await(WildcardListener<?> listener, long timeoutNanos) {
        int found = listener.await(timeoutNanos);
        if (found != Ready.INTERRUPTED || VirtualThreads.isCurrent()) {
            return found;
        }
        long startNanos = System.nanoTime();
        do {
            Thread.interrupted();
            found = listener.await(left(timeoutNanos, startNanos));
        } while (found == Ready.INTERRUPTED);
        Thread.currentThread().interrupt();
        return found;
    }

    /**
     * Acquires {@code lock} within {@code timeoutNanos}.
     *
     * @return the time left, more than 0; 0 or less if it passed, and then the lock is not held
     */
    static long lock(ReentrantLock lock, long timeoutNanos) {
        if (timeoutNanos == ENDLESS_NANOS) {
            lock.lock();
            return ENDLESS_NANOS;
        }
        if (lock.tryLock()) {
            return timeoutNanos;
        }
        long startNanos = System.nanoTime();
        long leftNanos = timeoutNanos;
        boolean interrupted = false;
        boolean acquired = false;
        while (!acquired && leftNanos > 0) {
            try {
                acquired = lock.tryLock(leftNanos, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            leftNanos = timeoutNanos - (System.nanoTime() - startNanos);
        }
        if (acquired && leftNanos <= 0) {
            lock.unlock();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return leftNanos;
    }
}
