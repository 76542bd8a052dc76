package io.demijohn.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A handle's membership in one {@link ReadySet}.
 *
 * <p>Posted by whoever changes the handle's readiness; at most once in the set's list until it is polled. Any thread may
 * post or cancel.
 */
public final class Registration {
    /** The interest of a member that looks for itself. */
    private static final int ANY = -1;

    private static final VarHandle QUEUED;

    static {
        try {
            QUEUED = MethodHandles.lookup().findVarHandle(Registration.class, "queued", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Nullable
    Registration next;

    private final ReadySet set;
    private final Handle handle;
    private final Object attachment;

    /** Bits of {@link Ready} that are worth a post. */
    private volatile int interest = ANY;

    private volatile boolean queued;

    private volatile boolean cancelled;

    Registration(ReadySet set, Handle handle, Object attachment) {
        this.set = set;
        this.handle = handle;
        this.attachment = attachment;
    }

    /** Asks the set to look at this handle at its next poll, if what it is ready for is of interest. */
    public void post() {
        int wanted = interest;
        if (wanted != ANY && (handle.ready() & wanted) == 0) {
            return;
        }
        if (!cancelled && !queued && QUEUED.compareAndSet(this, false, true)) {
            set.add(this);
        }
    }

    /** Posts from now on only while one of {@code bits} holds, and at once if one does; 0 for never. */
    public void setInterest(int bits) {
        interest = bits;
        VarHandle.fullFence(); // who changes the readiness before this is found by the look in post
        post();
    }

    /** Ends the membership; the set may still poll it once. Idempotent. */
    public void cancel() {
        cancelled = true;
        handle.remove(this);
    }

    public Handle handle() {
        return handle;
    }

    public Object attachment() {
        return attachment;
    }

    public boolean cancelled() {
        return cancelled;
    }

    /** Lets the next change post again; called by the set before it hands the registration out. */
    void unqueue() {
        queued = false;
    }
}
