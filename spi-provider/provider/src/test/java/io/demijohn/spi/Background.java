package io.demijohn.spi;

import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Something that blocks, on a thread of its own. */
final class Background<T> {
    private static final long PATIENCE_SECONDS = 20;

    private static final Set<String> BLOCKING_CALLS = Set.of(
            "sun.nio.ch.SocketDispatcher.read0",
            "sun.nio.ch.SocketDispatcher.write0",
            "sun.nio.ch.FileDispatcherImpl.write0",
            "sun.nio.ch.UnixDispatcher.write0",
            "sun.nio.ch.Net.accept",
            "sun.nio.ch.Net.connect0",
            "sun.nio.ch.Net.poll",
            "io.demijohn.engine.Handle.await",
            "io.demijohn.spi.WildcardListener.await");

    private final FutureTask<T> task;
    private final Thread thread;

    private Background(Callable<T> action) {
        this.task = new FutureTask<>(action);
        this.thread = new Thread(task, "background");
        thread.setDaemon(true);
    }

    static <T> Background<T> start(Callable<T> action) {
        Background<T> background = new Background<>(action);
        background.thread.start();
        return background;
    }

    Thread thread() {
        return thread;
    }

    /** Waits until the thread is about to wait: in the JDK's system call or in ours. */
    Background<T> awaitBlocked() {
        while (thread.isAlive()) {
            for (StackTraceElement frame : thread.getStackTrace()) {
                if (BLOCKING_CALLS.contains(frame.getClassName() + "." + frame.getMethodName())) {
                    return this;
                }
            }
            Thread.onSpinWait();
        }
        return this;
    }

    T get() throws Exception {
        return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Returns what the action threw. */
    Throwable failure() throws Exception {
        try {
            T value = get();
            throw new AssertionError("returned " + value);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause == null) {
                throw e;
            }
            return cause;
        }
    }
}
