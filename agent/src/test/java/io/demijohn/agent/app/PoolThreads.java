package io.demijohn.agent.app;

import java.util.concurrent.ThreadFactory;

/** A thread factory that the JDK makes from a system property. */
public final class PoolThreads implements ThreadFactory {
    /** The JDK calls it. */
    public PoolThreads() {}

    @Override
    public Thread newThread(Runnable task) {
        Thread thread = new Thread(task, "pool thread");
        thread.setDaemon(true);
        return thread;
    }
}
