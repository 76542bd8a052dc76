package io.demijohn.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What an application holds of a connection, a listener or a signal: readiness, waiting, and membership in selectors.
 *
 * <p>Any thread may ask, wait and register. Readiness is changed by the engine's driver and by closing. Who changes it
 * makes the change visible, passes a full fence and calls {@link #signal}; who waits enlists, then looks again: no
 * wake-up is lost. Never calls upward except through {@link Wakeup}.
 */
public abstract sealed class Handle permits StreamHandle, ListenerHandle, SignalHandle {
    private static final Registration[] NO_REGISTRATIONS = {};
    private static final VarHandle WAITERS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WAITERS = lookup.findVarHandle(Handle.class, "waiters", Waiter.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final @Nullable Driver driver;
    private volatile @Nullable Waiter waiters;
    private volatile Registration[] registrations = NO_REGISTRATIONS;

    Handle(@Nullable Driver driver) {
        this.driver = driver;
    }

    /** Returns the {@link Ready} bits that hold now. */
    public abstract int ready();

    /**
     * Waits until one of {@code bits}, {@link Ready#ERROR} or {@link Ready#CLOSED} holds: drives the engine if nobody does,
     * else parks. A virtual thread always parks.
     *
     * @param timeoutNanos at most this long; {@link Long#MAX_VALUE} without end, 0 or less just looks
     * @return the bits that hold, 0 when the time passed, {@link Ready#INTERRUPTED} if the thread's interrupt status is set
     *     (it stays set)
     */
    public final int await(int bits, long timeoutNanos) {
        int mask = bits | Ready.ERROR | Ready.CLOSED;
        int found = ready() & mask;
        if (found != 0 || timeoutNanos <= 0) {
            return found;
        }
        long startNanos = System.nanoTime();
        Thread self = Thread.currentThread();
        if (driver != null && !VirtualThreads.isCurrent()) {
            found = spin(driver, mask, startNanos, timeoutNanos, self);
            if (found != 0) {
                return found;
            }
        }
        return park(mask, startNanos, timeoutNanos, self);
    }

    /** Makes this handle a member of {@code set}; it is posted once at the start. */
    public final Registration register(ReadySet set, Object attachment) {
        Registration registration = new Registration(set, this, attachment);
        synchronized (this) {
            Registration[] before = registrations;
            Registration[] after = Arrays.copyOf(before, before.length + 1);
            after[before.length] = registration;
            registrations = after;
        }
        VarHandle.fullFence(); // readiness that changed before the array was seen is found by this first look
        registration.post();
        return registration;
    }

    final synchronized void remove(Registration registration) {
        registrations = Arrays.stream(registrations)
                .filter(member -> member != registration)
                .toArray(Registration[]::new);
    }

    /** Wakes and posts everybody; the caller made the change visible and passed a full fence. */
    final void signal() {
        if (waiters != null) {
            Waiter.wakeAll((Waiter) WAITERS.getAndSet(this, null));
        }
        for (Registration registration : registrations) {
            registration.post();
        }
    }

    /** The engine stopped: the handle fails for good; only by the holder of the token. */
    abstract void fail(int status);

    /** Polls the engine, or only this handle while another thread polls the engine, as long as spinning is worth it. */
    private int spin(Driver engine, int mask, long startNanos, long timeoutNanos, Thread self) {
        if (!engine.enterSpin()) {
            return 0;
        }
        int found = 0;
        boolean driving = false;
        try {
            long nowNanos = startNanos;
            long idleSinceNanos = startNanos;
            int idlePasses = 0;
            while (true) {
                driving = driving || engine.claim(self);
                boolean worked = driving && engine.pass(nowNanos);
                found = ready() & mask;
                if (found != 0) {
                    return found;
                }
                if (self.isInterrupted()) {
                    found = Ready.INTERRUPTED;
                    return found;
                }
                nowNanos = System.nanoTime();
                if (nowNanos - startNanos >= timeoutNanos) {
                    return 0;
                }
                if (worked) {
                    idleSinceNanos = nowNanos;
                } else if (nowNanos - idleSinceNanos >= engine.spinNanos()) {
                    return 0;
                }
                idlePasses = worked ? 0 : idlePasses + 1;
                Idling.pause(idlePasses);
            }
        } finally {
            engine.leaveSpin();
            if (driving) {
                engine.unclaim();
                if (found != 0) { // else the thread goes on to park, which wakes the sentinel
                    engine.left();
                }
            }
        }
    }

    private int park(int mask, long startNanos, long timeoutNanos, Thread self) {
        Waiter waiter = new Waiter(self);
        if (driver != null) {
            driver.enterSleep();
        }
        try {
            push(waiter);
            while (true) {
                int found = ready() & mask;
                if (found != 0) {
                    return found;
                }
                if (self.isInterrupted()) {
                    return Ready.INTERRUPTED;
                }
                long elapsedNanos = System.nanoTime() - startNanos;
                if (elapsedNanos >= timeoutNanos) {
                    return 0;
                }
                if (waiter.taken) {
                    waiter = new Waiter(self);
                    push(waiter);
                } else if (timeoutNanos == Long.MAX_VALUE) {
                    LockSupport.park(this);
                } else {
                    LockSupport.parkNanos(this, timeoutNanos - elapsedNanos);
                }
            }
        } finally {
            waiter.thread = null;
            if (driver != null) {
                driver.leaveSleep();
            }
        }
    }

    /** Enlists {@code waiter} and drops entries at the head whose threads gave up. */
    private void push(Waiter waiter) {
        Waiter head;
        do {
            head = waiters;
            Waiter live = head;
            while (live != null && live.thread == null) {
                live = live.next;
            }
            waiter.next = live;
        } while (!WAITERS.compareAndSet(this, head, waiter));
    }
}
