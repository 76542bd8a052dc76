package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** An operation on a virtual thread, which the JDK of the build does not know yet. */
final class VirtualThread<T> {
    private static final long PATIENCE_SECONDS = 20;

    private final FutureTask<T> task;
    private final Thread thread;

    private VirtualThread(FutureTask<T> task, Thread thread) {
        this.task = task;
        this.thread = thread;
    }

    /** Skips the test on a JDK that has no virtual threads. */
    static <T> VirtualThread<T> start(Callable<T> operation) throws ReflectiveOperationException {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads are of JDK 21 and later");
        FutureTask<T> task = new FutureTask<>(operation);
        Thread thread = (Thread)
                Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
        return new VirtualThread<>(task, thread);
    }

    /** Waits until the thread waits for something. */
    VirtualThread<T> awaitParked() {
        while (!task.isDone()
                && thread.getState() != Thread.State.WAITING
                && thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return this;
    }

    VirtualThread<T> interrupt() {
        thread.interrupt();
        return this;
    }

    T get() throws Exception {
        return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    Throwable failure() {
        return Objects.requireNonNull(
                assertThrows(ExecutionException.class, this::get).getCause());
    }
}
