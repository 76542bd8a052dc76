package io.demijohn.spi;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One operation of an asynchronous channel that could not end at once; the {@link Future} of the caller who gave no handler.
 *
 * <pre>
 *   RUNNING <-> WAITING      who claims it, alone, tries it again or ends it, and then never gives it back
 * </pre>
 *
 * <p>Owned by its {@link AsyncLane}; any thread.
 *
 * @param <V> what it gives
 */
final class AsyncOperation<V> implements Future<V> {
    private static final int RUNNING = 0;
    private static final int WAITING = 1;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(AsyncOperation.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The buffer, or null if there are several or none. */
    final @Nullable ByteBuffer one;

    /** The buffers of a scattering read or a gathering write, the caller's array never among them. */
    final ByteBuffer @Nullable [] many;

    /** The handler, or null if a future was asked for. */
    final @Nullable CompletionHandler<V, Object> handler;

    final @Nullable Object attachment;

    private final AsyncLane<V> lane;
    private final @Nullable CompletableFuture<V> result;

    @SuppressWarnings("UnusedVariable") // accessed through STATE
    private volatile int state = RUNNING;

    private volatile @Nullable Future<?> timer;

    /** The time passed while a thread was at work: it looks when it is done. */
    private volatile boolean expired;

    AsyncOperation(
            AsyncLane<V> lane,
            @Nullable ByteBuffer one,
            ByteBuffer @Nullable [] many,
            @Nullable CompletionHandler<V, Object> handler,
            @Nullable Object attachment) {
        this.lane = lane;
        this.one = one;
        this.many = many;
        this.handler = handler;
        this.attachment = attachment;
        this.result = handler == null ? new CompletableFuture<>() : null;
    }

    /** Takes the operation for the calling thread; false if it is another's or over. */
    boolean claim() {
        return STATE.compareAndSet(this, WAITING, RUNNING);
    }

    /** Gives the operation back: it waits again. */
    void unclaim() {
        state = WAITING;
    }

    void setTimer(@Nullable Future<?> started) {
        timer = started;
    }

    void cancelTimer() {
        Future<?> started = timer;
        if (started != null) {
            started.cancel(false);
        }
    }

    void setExpired() {
        expired = true;
    }

    boolean isExpired() {
        return expired;
    }

    /** Ends the future; false if it was cancelled before, and nobody wants the result. */
    synchronized boolean complete(@Nullable V value, @Nullable Throwable failure) {
        CompletableFuture<V> waited = future();
        if (failure == null) {
            return waited.complete(value);
        }
        return waited.completeExceptionally(failure instanceof IOException ? failure : new IOException(failure));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        synchronized (this) {
            if (isDone()) {
                return false;
            }
            lane.kill(); // who sees the future cancelled sees that, too
            future().cancel(false);
        }
        lane.cancelled(this, mayInterruptIfRunning);
        return true;
    }

    @Override
    public boolean isCancelled() {
        return future().isCancelled();
    }

    @Override
    public boolean isDone() {
        return future().isDone();
    }

    @Override
    public V get() throws InterruptedException, ExecutionException {
        return future().get();
    }

    @Override
    public V get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        return future().get(timeout, unit);
    }

    private CompletableFuture<V> future() {
        CompletableFuture<V> asked = result;
        if (asked == null) {
            throw new IllegalStateException("a handler waits, not a future");
        }
        return asked;
    }
}
