package io.demijohn.spi;

import java.nio.channels.CompletionHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A completion handler that remembers how it was called, and by which thread; once only. */
final class Outcome<V> implements CompletionHandler<V, Object> {
    private static final long PATIENCE_SECONDS = 20;

    private final CompletableFuture<V> result = new CompletableFuture<>();
    private volatile @Nullable Thread thread;
    private volatile @Nullable Object attachment;

    @Override
    public void completed(V value, Object given) {
        called(given);
        if (!result.complete(value)) {
            throw new IllegalStateException("called twice");
        }
    }

    @Override
    public void failed(Throwable failure, Object given) {
        called(given);
        if (!result.completeExceptionally(failure)) {
            throw new IllegalStateException("called twice");
        }
    }

    private void called(Object given) {
        thread = Thread.currentThread();
        attachment = given;
    }

    boolean isDone() {
        return result.isDone();
    }

    V get() throws Exception {
        return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    Throwable failure() throws Exception {
        return failureOf(result);
    }

    /** Returns the thread that called; after {@link #get}. */
    Thread thread() {
        Thread caller = thread;
        if (caller == null) {
            throw new IllegalStateException("not called");
        }
        return caller;
    }

    @Nullable
    Object attachment() {
        return attachment;
    }

    static <T> T get(Future<T> future) throws Exception {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Returns why {@code future} failed. */
    static Throwable failureOf(Future<?> future) throws Exception {
        try {
            Object value = future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            throw new AssertionError("completed with " + value);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause == null) {
                throw e;
            }
            return cause;
        }
    }
}
