package io.demijohn.spi;

import java.io.IOException;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** What the asynchronous channels do with the application's handlers and futures. Stateless; any thread. */
final class AsyncHandlers {
    private AsyncHandlers() {}

    /** Returns {@code handler} as one that takes any attachment; it gets the one it came with. */
    @SuppressWarnings("unchecked") // the attachment given beside it is of its type
    static <V> CompletionHandler<V, Object> of(@Nullable CompletionHandler<V, ?> handler) {
        if (handler == null) {
            throw JdkErrors.handlerIsNull();
        }
        return (CompletionHandler<V, Object>) handler;
    }

    /** Returns {@code handler} as one that takes any count; it gets those of its own type. */
    @SuppressWarnings("unchecked") // an operation on one buffer gives an Integer, one on several a Long
    static CompletionHandler<Number, Object> ofCount(@Nullable CompletionHandler<? extends Number, ?> handler) {
        if (handler == null) {
            throw JdkErrors.handlerIsNull();
        }
        return (CompletionHandler<Number, Object>) handler;
    }

    /** Returns the future of an operation on one buffer, which has no handler. */
    @SuppressWarnings("unchecked") // an operation on one buffer gives an Integer
    static Future<Integer> future(@Nullable Future<Number> future) {
        if (future == null) {
            throw new IllegalStateException("an operation without a handler gives a future");
        }
        return (Future<Integer>) (Future<?>) future;
    }

    /** Answers an operation that ends as it begins; returns the future, or null if there is a handler. */
    static <V> @Nullable Future<V> answer(
            AsyncGroup group,
            @Nullable V value,
            @Nullable Throwable failure,
            @Nullable Object attachment,
            @Nullable CompletionHandler<V, Object> handler) {
        if (handler != null) {
            group.jdk().invoke(handler, attachment, value, failure);
            return null;
        }
        if (failure == null) {
            return CompletableFuture.completedFuture(value);
        }
        return CompletableFuture.failedFuture(failure instanceof IOException ? failure : new IOException(failure));
    }
}
