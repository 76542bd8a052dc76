package io.demijohn.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A handle whose readiness is set by a thread outside the engines, such as one that accepts from the kernel.
 *
 * <p>Any thread may signal, clear and wait. Waiting parks; there is nothing to drive.
 */
public final class SignalHandle extends Handle {
    private static final VarHandle BITS;

    static {
        try {
            BITS = MethodHandles.lookup().findVarHandle(SignalHandle.class, "bits", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int bits;

    public SignalHandle() {
        super(null);
    }

    @Override
    public int ready() {
        return bits;
    }

    /** Sets {@code added} bits of {@link Ready} and wakes who waits for them. */
    public void signal(int added) {
        BITS.getAndBitwiseOr(this, added);
        VarHandle.fullFence();
        signal();
    }

    /** Clears bits; nobody is woken. */
    public void clear(int removed) {
        BITS.getAndBitwiseAnd(this, ~removed);
    }

    @Override
    void fail(int status) {
        signal(Ready.ERROR);
    }
}
