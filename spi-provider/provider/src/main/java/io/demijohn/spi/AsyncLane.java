package io.demijohn.spi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.DjAsyncGroup;

/**
 * One kind of operation of a bypassed asynchronous channel: reading, writing, connecting or accepting. One at a time is
 * outstanding.
 *
 * <p>It is tried at once where the JDK does so, else it waits until a thread of the group finds the channel ready, its time
 * passes, somebody cancels it, or the channel closes; exactly one of these ends it. Any thread.
 *
 * @param <V> what an operation gives
 */
abstract class AsyncLane<V> implements AsyncGroup.Work {
    /** What {@link #attempt} returns for an operation that gives nothing but its end. */
    static final Object DONE = new Object();

    final AsyncGroup group;
    private final DjAsyncGroup jdk;

    // under this object's monitor
    private boolean busy;
    private boolean killed;

    /** The operation that waits, also while a thread tries it. */
    private volatile @Nullable AsyncOperation<V> waiting;

    AsyncLane(AsyncGroup group) {
        this.group = group;
        this.jdk = group.jdk();
    }

    // ---- what each kind is -----------------------------------------------------------------------------------------

    /**
     * Tries the operation without waiting.
     *
     * @return the result, {@link #DONE}, or null if it must wait
     */
    abstract @Nullable Object attempt(@Nullable ByteBuffer one, ByteBuffer @Nullable [] many) throws IOException;

    /** Begins or ends to have {@link #perform} called while the channel is ready. */
    abstract void watch(boolean on);

    /** Returns whether the channel is open. */
    abstract boolean isOpen();

    /** Closes the channel. */
    abstract void closeChannel();

    /** Returns what an operation gets that is begun while another is outstanding. */
    abstract RuntimeException pendingException();

    /** Returns what an operation gets after one was cancelled or timed out: what became of its bytes is unknown. */
    abstract RuntimeException killedException();

    /** Whether a handler may run on the thread that begins an operation which ends at once. */
    boolean mayAnswerDirectly() {
        return true;
    }

    /** Nobody wants this result of a cancelled operation. */
    void discard(@Nullable V value) {}

    /** Whether a cancelled operation goes on without anybody waiting for it. */
    boolean outlivesCancel() {
        return false;
    }

    // ---- beginning -------------------------------------------------------------------------------------------------

    /** Takes the lane for a new operation, or throws. */
    synchronized void enter() {
        check();
        busy = true;
    }

    /** Throws unless an operation may begin. */
    synchronized void check() {
        if (killed) {
            throw killedException();
        }
        if (busy) {
            throw pendingException();
        }
    }

    private synchronized void exit() {
        busy = false;
    }

    /** No operation begins from now on. */
    synchronized void kill() {
        killed = true;
    }

    /**
     * Begins an operation; the lane is entered.
     *
     * @param timeout positive, or 0 or less for none
     * @param eager whether to try it at once even if its handler will run on another thread
     * @return the future, or null if there is a handler
     */
    @Nullable
    Future<V> begin(
            @Nullable ByteBuffer one,
            ByteBuffer @Nullable [] many,
            long timeout,
            TimeUnit unit,
            @Nullable Object attachment,
            @Nullable CompletionHandler<V, Object> handler,
            boolean eager) {
        // as the JDK does: a thread outside of a fixed pool leaves the work to the pool
        if (eager || handler == null || !jdk.isFixedThreadPool() || jdk.mayInvokeDirect()) {
            Object value = null;
            Throwable failure = null;
            try {
                value = attempt(one, many);
            } catch (IOException | RuntimeException e) {
                failure = e;
            }
            if (value != null || failure != null) {
                exit();
                return answer(value(value), failure, attachment, handler);
            }
        }
        AsyncOperation<V> operation = new AsyncOperation<>(this, one, many, handler, attachment);
        if (timeout > 0) {
            operation.setTimer(jdk.schedule(() -> expire(operation), timeout, unit));
        }
        await(operation);
        return handler == null ? operation : null;
    }

    private @Nullable Future<V> answer(
            @Nullable V value,
            @Nullable Throwable failure,
            @Nullable Object attachment,
            @Nullable CompletionHandler<V, Object> handler) {
        if (handler != null && !mayAnswerDirectly()) {
            jdk.invokeIndirectly(handler, attachment, value, failure);
            return null;
        }
        return AsyncHandlers.answer(group, value, failure, attachment, handler);
    }

    // ---- waiting and ending ----------------------------------------------------------------------------------------

    private void await(AsyncOperation<V> operation) {
        waiting = operation;
        operation.unclaim();
        watch(true);
        if (!isOpen()) {
            abandon();
        } else if (operation.isExpired()) {
            expire(operation);
        }
    }

    @Override
    public void perform(boolean pooled) {
        AsyncOperation<V> operation = waiting;
        if (operation == null || !operation.claim()) {
            return;
        }
        Object value = null;
        Throwable failure = null;
        try {
            value = attempt(operation.one, operation.many);
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
        if (value == null && failure == null) {
            await(operation);
        } else {
            end(operation);
            deliver(operation, value(value), failure, pooled);
        }
    }

    /** Ends the operation that waits because the channel was closed. */
    void abandon() {
        AsyncOperation<V> operation = waiting;
        if (operation != null && operation.claim()) {
            end(operation);
            deliver(operation, null, JdkErrors.asynchronousClose(), false);
        }
    }

    private void expire(AsyncOperation<V> operation) {
        operation.setExpired();
        if (operation.claim()) {
            kill();
            end(operation);
            deliver(operation, null, JdkErrors.interruptedByTimeout(), false);
        }
    }

    /** The future of {@code operation} was cancelled. */
    void cancelled(AsyncOperation<V> operation, boolean close) {
        if (!outlivesCancel() && operation.claim()) {
            end(operation);
        }
        if (close) {
            closeChannel();
        }
    }

    /** To be called by who claimed it: the next operation may begin, at the latest in this one's handler. */
    private void end(AsyncOperation<V> operation) {
        operation.cancelTimer();
        waiting = null;
        watch(false);
        exit();
    }

    private void deliver(AsyncOperation<V> operation, @Nullable V value, @Nullable Throwable failure, boolean serving) {
        CompletionHandler<V, Object> handler = operation.handler;
        if (handler == null) {
            if (!operation.complete(value, failure)) {
                discard(value);
            }
        } else if (serving) {
            jdk.invokeServing(handler, operation.attachment, value, failure);
        } else {
            jdk.invokeIndirectly(handler, operation.attachment, value, failure);
        }
    }

    @SuppressWarnings("unchecked") // each kind's attempt gives its own
    private @Nullable V value(@Nullable Object attempted) {
        return attempted == DONE ? null : (V) attempted;
    }
}
