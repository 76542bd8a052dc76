package io.demijohn.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The handles of one selector whose readiness may have changed.
 *
 * <p>Any thread posts; one thread at a time (the selector's own lock) polls, drives and sleeps. The sleeper announces
 * itself, looks again, and only then sleeps; a poster adds, then looks for a sleeper: no wake-up is lost.
 */
public final class ReadySet {
    private static final VarHandle POSTED;
    private static final VarHandle SLEEPING;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            POSTED = lookup.findVarHandle(ReadySet.class, "posted", Registration.class);
            SLEEPING = lookup.findVarHandle(ReadySet.class, "sleeping", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Wakeup wakeup;
    private final Engine[] engines;
    private final long spinNanos;

    /** Which engines this set's thread polls at the moment; the selector thread's. */
    private final boolean[] claimed;

    private volatile @Nullable Registration posted;

    private volatile boolean sleeping;

    /** Whether this set's thread counts among the spinning ones; the selector thread's. */
    private boolean spinning;

    /** Those taken from {@link #posted}, oldest first; the selector thread's. */
    private @Nullable Registration taken;

    public ReadySet(Wakeup wakeup, List<Engine> engines) {
        this.wakeup = wakeup;
        this.engines = engines.toArray(new Engine[0]);
        this.claimed = new boolean[this.engines.length];
        long spin = 0;
        for (Engine engine : this.engines) {
            spin = Math.max(spin, engine.spinNanos());
        }
        this.spinNanos = spin;
    }

    /** Returns the next registration whose handle may have changed, or null; each at most once per change. */
    public @Nullable Registration poll() {
        while (true) {
            Registration first = taken;
            if (first == null) {
                if (posted == null) {
                    return null;
                }
                first = reverse((Registration) POSTED.getAndSet(this, null));
            }
            taken = first.next;
            first.next = null;
            first.unqueue();
            if (!first.cancelled()) {
                return first;
            }
        }
    }

    /**
     * Makes one pass over the engines that nobody else polls, and keeps polling them this thread's business until {@link
     * #leave} or {@link #beginSleep}: no application code may run before. Never blocks.
     *
     * @return whether any work was done
     */
    public boolean drive() {
        boolean worked = false;
        for (int index = 0; index < engines.length; index++) {
            Driver driver = engines[index].driver();
            claimed[index] = claimed[index] || driver.claim(Thread.currentThread());
            worked |= claimed[index] && driver.pass(System.nanoTime());
        }
        return worked;
    }

    /**
     * Returns how long the calling thread may poll without work before it sleeps: 0 on a virtual thread, and when as many
     * threads spin already as there are processors. The right ends with {@link #leave} or {@link #beginSleep}.
     */
    public long spinNanos() {
        if (spinNanos == 0 || VirtualThreads.isCurrent()) {
            return 0;
        }
        spinning = spinning || engines[0].driver().enterSpin();
        return spinning ? spinNanos : 0;
    }

    /** To be called by a selector that drove before any code of its application runs: others may wait for a driver. */
    public void leave() {
        endSpin();
        unclaim();
        for (Engine engine : engines) {
            engine.driver().left();
        }
    }

    /**
     * Announces that the caller is about to sleep and sees that somebody serves the engines meanwhile.
     *
     * @return false if something was posted: do not sleep, call {@link #endSleep} all the same
     */
    public boolean beginSleep() {
        endSpin();
        unclaim();
        SLEEPING.setVolatile(this, true);
        for (Engine engine : engines) {
            engine.driver().enterSleep();
        }
        return taken == null && posted == null;
    }

    public void endSleep() {
        sleeping = false;
        for (Engine engine : engines) {
            engine.driver().leaveSleep();
        }
    }

    private void unclaim() {
        for (int index = 0; index < engines.length; index++) {
            if (claimed[index]) {
                claimed[index] = false;
                engines[index].driver().unclaim();
            }
        }
    }

    private void endSpin() {
        if (spinning) {
            spinning = false;
            engines[0].driver().leaveSpin();
        }
    }

    void add(Registration registration) {
        Registration head;
        do {
            head = posted;
            registration.next = head;
        } while (!POSTED.compareAndSet(this, head, registration));
        if (sleeping && SLEEPING.compareAndSet(this, true, false)) {
            wakeup.wake();
        }
    }

    private static Registration reverse(Registration newest) {
        Registration result = newest;
        Registration rest = newest.next;
        result.next = null;
        while (rest != null) {
            Registration following = rest.next;
            rest.next = result;
            result = rest;
            rest = following;
        }
        return result;
    }
}
