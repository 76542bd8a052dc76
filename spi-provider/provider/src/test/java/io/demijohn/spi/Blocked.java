package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A thread inside of an operation that blocks, for tests that release it. */
final class Blocked<T> {
    private static final long BOUND_SECONDS = 20;
    private static final int LOOKS = 3;
    private static final Pattern OWNERS = Pattern.compile("ocket|hannel|elector|Adaptor");

    private static final Pattern OURS = Pattern.compile("io[.]demijohn[.]|sun[.]nio[.]ch[.]Dj");

    private final FutureTask<T> task;
    private final Thread thread;

    private Blocked(FutureTask<T> task, Thread thread) {
        this.task = task;
        this.thread = thread;
    }

    /** Starts {@code operation} and returns once its thread is inside of a method with {@code methodName}, several looks long. */
    static <T> Blocked<T> in(String methodName, Callable<T> operation) {
        Blocked<T> blocked = start(operation);
        int seen = 0;
        long startNanos = System.nanoTime();
        while (seen < LOOKS && !blocked.task.isDone()) {
            if (System.nanoTime() - startNanos > TimeUnit.SECONDS.toNanos(BOUND_SECONDS)) {
                throw new AssertionError(
                        "not inside of " + methodName + ": " + List.of(blocked.thread.getStackTrace()));
            }
            seen = blocked.isInside(methodName) ? seen + 1 : 0;
            Thread.onSpinWait();
        }
        return blocked;
    }

    static <T> Blocked<T> start(Callable<T> operation) {
        FutureTask<T> task = new FutureTask<>(operation);
        Thread thread = new Thread(task, "blocked");
        thread.setDaemon(true);
        thread.start();
        return new Blocked<>(task, thread);
    }

    void interrupt() {
        thread.interrupt();
    }

    /** Returns once the thread waits for a lock or a condition. */
    void awaitWaiting() {
        long startNanos = System.nanoTime();
        Thread.State state = thread.getState();
        while (state != Thread.State.WAITING && state != Thread.State.BLOCKED) {
            if (task.isDone() || System.nanoTime() - startNanos > TimeUnit.SECONDS.toNanos(BOUND_SECONDS)) {
                throw new AssertionError("does not wait: " + List.of(thread.getStackTrace()));
            }
            Thread.onSpinWait();
            state = thread.getState();
        }
    }

    T result() throws Exception {
        return Objects.requireNonNull(task.get(BOUND_SECONDS, TimeUnit.SECONDS));
    }

    Throwable failure() {
        return Objects.requireNonNull(
                assertThrows(ExecutionException.class, this::result).getCause());
    }

    private boolean isInside(String methodName) {
        StackTraceElement[] frames = thread.getStackTrace();
        boolean waits = frames.length > 0 && frames[0].isNativeMethod(); // where the JDK's operations wait
        for (StackTraceElement frame : frames) {
            String owner = frame.getClassName();
            waits |= frame.getMethodName().startsWith("await")
                    && OURS.matcher(owner).lookingAt();
            if (OWNERS.matcher(owner).find() && frame.getMethodName().equals(methodName)) {
                return waits;
            }
        }
        return false;
    }
}
