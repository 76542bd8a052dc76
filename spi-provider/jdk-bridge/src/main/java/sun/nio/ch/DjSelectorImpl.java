package sun.nio.ch;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The JDK's epoll selector with user-space channels beside the kernel's.
 *
 * <p>Which user-space keys to look at comes from {@link Readiness} and from interest changes; those that were ready stay in
 * {@link #candidates} and are looked at again at the next select, because readiness is a level. The cost grows with ready
 * keys, never with registered ones. A selecting thread polls the engines for a while and then sleeps in epoll, from which
 * the engines wake it.
 *
 * <p>{@code doSelect} and all it calls run under the selector's lock. The only wake-ups that leave the event descriptor set
 * are those of a sleeping selector, and {@link #sleep} drains them: no select returns for a wake-up already spent.
 */
public final class DjSelectorImpl extends EPollSelectorImpl {
    /** What drives the engines and knows the keys whose readiness may have changed; one per selector. */
    public interface Readiness {
        /** Begins to report changes of {@code key}'s channel; any thread, also after {@link #close}. */
        void attach(SelectionKeyImpl key);

        /** Ends what {@link #attach} began. */
        void detach(SelectionKeyImpl key);

        /** Returns the next key whose readiness may have changed, or null. */
        SelectionKeyImpl poll();

        /** Makes one pass over the engines without blocking; returns whether any work was done. */
        boolean drive();

        /** Returns how long the calling thread may poll without work before it sleeps. */
        long spinNanos();

        /** The selecting thread returns to its application, or runs code of it; cheap when it drove nothing. */
        void leave();

        /** Announces sleep; false if something was posted meanwhile. {@link #endSleep} follows in any case. */
        boolean beginSleep();

        void endSleep();

        /** The selector closed: detaches every key. */
        void close();
    }

    /** Bits in the index field of a key, which the epoll selector does not use; under the selector's lock. */
    private static final int LISTED = 1;

    private static final int KERNEL = 2;

    private static final int LOOK_AGAIN = -1;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Passes over the engines for each look at epoll while a thread spins and kernel keys exist. */
    private static final int PASSES_PER_KERNEL_LOOK = 16;

    private final Readiness readiness;
    private final Object changedLock = new Object();
    private final ArrayDeque<SelectionKeyImpl> changed = new ArrayDeque<>();
    private volatile boolean routesChanged;

    private SelectionKeyImpl[] candidates = new SelectionKeyImpl[16];
    private int candidateCount;
    private boolean anyReady;

    /** This select already took what epoll had. */
    private boolean kernelServed;

    /** Keys that only epoll can tell about. */
    private volatile int kernelKeys;

    private final Object sleepLock = new Object();
    private volatile boolean asleep;
    private boolean signalled;
    private volatile boolean woken;

    /** A wake-up ends the select that runs; under the selector's lock. */
    private boolean wakeUpTaken;

    /** An engine's wake-up may still be in the event descriptor; under the selector's lock. */
    private boolean drainDue;

    /** @param source is asked for the selector's readiness; its wake-ups arrive at {@link #signal} */
    public DjSelectorImpl(SelectorProvider provider, Function<DjSelectorImpl, Readiness> source) throws IOException {
        super(provider);
        readiness = source.apply(this);
    }

    /** Makes a sleeping selector look again at its user-space channels; not a wake-up that the application sees. Any thread. */
    public void signal() {
        synchronized (sleepLock) {
            if (asleep && !signalled) {
                signalled = true;
                super.wakeup();
            }
        }
    }

    @Override
    public Selector wakeup() {
        woken = true;
        if (asleep) {
            signal();
        }
        return this;
    }

    /** The route of {@code key}'s channel was decided, so its readiness has a source now. Any thread. */
    public void routeDecided(SelectionKeyImpl key) {
        setEventOps(key);
        routesChanged = true;
        signal();
    }

    @Override
    protected void implRegister(SelectionKeyImpl key) {
        super.implRegister(key);
        if (key.channel() instanceof DjUserChannel) {
            readiness.attach(key);
        } else {
            countKernelKey(1);
        }
    }

    @Override
    protected void implDereg(SelectionKeyImpl key) throws IOException {
        if (key.channel() instanceof DjUserChannel) {
            readiness.detach(key);
            if ((key.getIndex() & KERNEL) == 0) {
                return;
            }
        }
        countKernelKey(-1);
        super.implDereg(key);
    }

    @Override
    public void setEventOps(SelectionKeyImpl key) {
        if (key.channel() instanceof DjUserChannel) {
            synchronized (changedLock) {
                changed.addLast(key);
            }
        } else {
            super.setEventOps(key);
        }
    }

    @Override
    protected void implClose() throws IOException {
        super.implClose();
        readiness.close();
        Arrays.fill(candidates, null);
        candidateCount = 0;
    }

    @Override
    protected int doSelect(Consumer<SelectionKey> action, long timeoutMillis) throws IOException {
        processDeregisterQueue();
        takeChanged();
        readiness.drive();
        wakeUpTaken = false;
        try {
            boolean awake = takeWakeUp();
            gather();
            int updated = action == null ? 0 : lookAtKernel(action);
            updated += serve(action);
            if (updated > 0 || anyReady || timeoutMillis == 0 || awake) {
                return action == null ? updated + lookAtKernel(null) : updated;
            }
            return await(action, timeoutMillis);
        } finally {
            readiness.leave();
        }
    }

    /**
     * Returns whether this select is to end for a wake-up, which is spent with that. One that comes while actions run is
     * left for the next select, as in the JDK.
     */
    private boolean takeWakeUp() {
        if (woken) {
            woken = false;
            wakeUpTaken = true;
        }
        return wakeUpTaken;
    }

    /** Spins, then sleeps, until something is ready, the selector is woken, or the time is over. */
    private int await(Consumer<SelectionKey> action, long timeoutMillis) throws IOException {
        boolean timed = timeoutMillis > 0;
        long startNanos = System.nanoTime();
        long timeoutNanos = timed ? TimeUnit.MILLISECONDS.toNanos(timeoutMillis) : Long.MAX_VALUE;
        while (true) {
            int updated = spin(action, startNanos, timeoutNanos);
            if (updated > 0 || anyReady || takeWakeUp()) {
                return ranActions(action, updated) ? updated : updated + lookAtKernel(action);
            }
            long remainingNanos = timeoutNanos - (System.nanoTime() - startNanos);
            if (remainingNanos <= 0) {
                return lookAtKernel(action);
            }
            updated = sleep(action, timed ? (remainingNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI : -1);
            if (updated != LOOK_AGAIN) {
                return ranActions(action, updated) ? updated : updated + look(action);
            }
        }
    }

    /** Yields between passes: on a busy host the thread that would answer may wait for this very core. */
    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it but the time
    private int spin(Consumer<SelectionKey> action, long startNanos, long timeoutNanos) throws IOException {
        long spinNanos = readiness.spinNanos();
        Thread self = Thread.currentThread();
        long idleSinceNanos = spinNanos == 0 ? 0 : System.nanoTime();
        int passes = 0;
        while (true) {
            boolean worked = spinNanos != 0 && readiness.drive();
            int updated = look(action);
            if (spinNanos == 0 || anyReady || woken || self.isInterrupted()) {
                return updated;
            }
            if (kernelKeys > 0 && ++passes % PASSES_PER_KERNEL_LOOK == 0) {
                updated = selectInKernel(action, 0);
                if (updated > 0) {
                    kernelServed = true;
                    return updated;
                }
            }
            long nowNanos = System.nanoTime();
            if (worked) {
                idleSinceNanos = nowNanos;
            }
            if (nowNanos - idleSinceNanos >= spinNanos || nowNanos - startNanos >= timeoutNanos) {
                return 0;
            }
            Thread.yield();
        }
    }

    /**
     * Sleeps in epoll until a kernel key is ready, the time is over, the thread is interrupted, or somebody wakes it.
     *
     * @return how many keys epoll made ready, or {@link #LOOK_AGAIN} if only an engine woke this selector
     */
    private int sleep(Consumer<SelectionKey> action, long timeoutMillis) throws IOException {
        int updated = drainDue ? lookAtKernel(action) : 0;
        if (updated > 0) {
            return updated;
        }
        boolean slept = false;
        asleep = true;
        try {
            if (readiness.beginSleep() && !takeWakeUp() && !routesChanged) {
                slept = true;
                updated = selectInKernel(action, timeoutMillis);
            }
        } finally {
            readiness.endSleep();
            synchronized (sleepLock) {
                asleep = false;
                drainDue = signalled;
                signalled = false;
            }
        }
        boolean awake = !ranActions(action, updated) && takeWakeUp(); // what they woke is the next select
        if (!drainDue) {
            return slept || awake ? updated : LOOK_AGAIN;
        }
        if (updated == 0) {
            updated = lookAtKernel(action);
        }
        return updated > 0 || awake ? updated : LOOK_AGAIN;
    }

    /** Looks at epoll without blocking if it has anything to tell; in any case cancelled keys are gone afterwards. */
    private int lookAtKernel(Consumer<SelectionKey> action) throws IOException {
        boolean due = drainDue || (kernelKeys > 0 && !kernelServed);
        kernelServed = false;
        if (due) {
            drainDue = false;
            return selectInKernel(action, 0);
        }
        processDeregisterQueue();
        return 0;
    }

    /**
     * Cancelled keys go before epoll learns of new ones: a failed connect closes its descriptor at once, and the next
     * channel may have got the same number.
     */
    private int selectInKernel(Consumer<SelectionKey> action, long timeoutMillis) throws IOException {
        processDeregisterQueue();
        if (action != null) {
            readiness.leave();
        }
        return super.doSelect(action, timeoutMillis);
    }

    /** What actions registered or changed is for the next select: this one must not look again. */
    private static boolean ranActions(Consumer<SelectionKey> action, int updated) {
        return action != null && updated > 0;
    }

    private int look(Consumer<SelectionKey> action) {
        gather();
        return serve(action);
    }

    /** Takes notice of every key whose readiness or route may have changed. */
    private void gather() {
        if (routesChanged) {
            takeChanged();
        }
        takePosted();
    }

    /**
     * Selects the user-space keys that are ready and sets {@link #anyReady}, also for one that was selected already: then,
     * as in the JDK, the select returns though it updates nothing.
     */
    private int serve(Consumer<SelectionKey> action) {
        anyReady = false;
        int updated = 0;
        int kept = 0;
        int next = 0;
        try {
            while (next < candidateCount) {
                SelectionKeyImpl key = candidates[next++];
                int bits = readyBits(key);
                if (bits == 0) {
                    key.setIndex(key.getIndex() & ~LISTED);
                } else {
                    candidates[kept++] = key;
                    if (action != null && !anyReady) {
                        readiness.leave(); // the engines must not wait for what the action does
                    }
                    anyReady = true;
                    updated += processReadyEvents(bits, key, action);
                }
            }
        } finally { // the application's action may throw, or close this selector
            keep(kept, next);
        }
        return updated;
    }

    /** Keeps the first {@code kept} candidates and those from {@code next} on. */
    private void keep(int kept, int next) {
        int rest = candidateCount - next;
        if (rest < 0) {
            return; // closed meanwhile
        }
        System.arraycopy(candidates, next, candidates, kept, rest);
        Arrays.fill(candidates, kept + rest, candidateCount, null);
        candidateCount = kept + rest;
    }

    private static int readyBits(SelectionKeyImpl key) {
        DjUserChannel channel = (DjUserChannel) key.channel();
        int interest = key.isValid() ? channel.translateInterestOps(key.nioInterestOps()) : 0;
        if (interest == 0 || channel.inKernel()) {
            return 0;
        }
        return channel.userReadyBits() & (interest | Net.POLLERR | Net.POLLHUP);
    }

    private void takePosted() {
        SelectionKeyImpl key = readiness.poll();
        while (key != null) {
            list(key);
            key = readiness.poll();
        }
    }

    private void takeChanged() {
        synchronized (changedLock) {
            routesChanged = false;
            SelectionKeyImpl key = changed.pollFirst();
            while (key != null) {
                if (((DjUserChannel) key.channel()).inKernel()) {
                    watchInKernel(key);
                } else {
                    list(key);
                }
                key = changed.pollFirst();
            }
        }
    }

    private void watchInKernel(SelectionKeyImpl key) {
        if (!key.isValid()) {
            return;
        }
        if ((key.getIndex() & KERNEL) == 0) {
            key.setIndex(key.getIndex() | KERNEL);
            countKernelKey(1);
        }
        super.setEventOps(key);
    }

    private void list(SelectionKeyImpl key) {
        if ((key.getIndex() & LISTED) != 0 || !key.isValid()) {
            return;
        }
        if (candidateCount == candidates.length) {
            candidates = Arrays.copyOf(candidates, candidateCount * 2);
        }
        candidates[candidateCount++] = key;
        key.setIndex(key.getIndex() | LISTED);
    }

    private void countKernelKey(int change) {
        synchronized (changedLock) {
            kernelKeys += change;
        }
    }
}
