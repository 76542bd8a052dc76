package io.demijohn.spi;

import io.demijohn.engine.Engine;
import io.demijohn.engine.ReadySet;
import io.demijohn.engine.Registration;
import java.io.IOException;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.ShutdownChannelGroupException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import sun.nio.ch.DjAsyncGroup;

/**
 * The bypassed channels of one channel group: which of them have work, and the group's threads that do it.
 *
 * <p>Whichever thread makes a channel ready, often the engine's driver, only wakes the group; the operation and its handler run
 * on a thread of the group. One thread at a time collects what is ready; before it runs anything of the application it lets
 * the next one in, so that a handler may take its time. Any thread may call all else.
 */
final class AsyncGroup implements DjAsyncGroup.Source {
    /** Something that waits for a channel's readiness. */
    interface Work {
        /** Does what can be done now; {@code pooled} as in {@link DjAsyncGroup.Source#serve}. */
        void perform(boolean pooled);
    }

    /** A thread goes back to its group after so much work: the kernel's channels wait there. */
    private static final int SERVED_MAX = 16;

    private final DjAsyncGroup jdk;
    private final AsynchronousChannelGroup group;
    private final ReadySet set;
    private final Queue<Work> ready = new ConcurrentLinkedQueue<>();

    // under this object's monitor
    private boolean asleep;
    private int members;

    /** @param group opened by {@link DjAsyncGroup} */
    AsyncGroup(AsynchronousChannelGroup group, List<Engine> engines) {
        this.group = group;
        this.jdk = new DjAsyncGroup(group, this);
        this.set = new ReadySet(jdk::wake, engines);
    }

    /** Returns the group as the application knows it. */
    AsynchronousChannelGroup group() {
        return group;
    }

    /** Returns what runs handlers and timers. */
    DjAsyncGroup jdk() {
        return jdk;
    }

    /** Returns the set whose registrations have {@link Work} as their attachments. */
    ReadySet set() {
        return set;
    }

    /**
     * Makes {@code member} one that keeps the group from ending.
     *
     * @return the key for {@link #leave}
     * @throws ShutdownChannelGroupException if the group takes none any more
     */
    int join(DjAsyncGroup.Member member) throws IOException {
        count(1);
        boolean done = false;
        try {
            int key = jdk.join(member);
            done = true;
            return key;
        } finally {
            if (!done) {
                count(-1);
            }
        }
    }

    void leave(int key) {
        count(-1);
        jdk.leave(key);
    }

    /** Nobody sleeps for a group without members: the engines count those who do. */
    private synchronized void count(int change) {
        members += change;
        if (members == 0) {
            wakeUp();
        }
    }

    @Override
    public void serve(boolean pooled) {
        collect();
        for (int served = 0; served < SERVED_MAX; served++) {
            Work work = ready.poll();
            if (work == null) {
                return;
            }
            if (served == 0 && !ready.isEmpty()) {
                jdk.wake(); // another thread, in case the handler is long or ends this one
            }
            work.perform(pooled);
        }
    }

    /** Takes what is posted, goes to sleep for the rest, and lets the next thread in. */
    private synchronized void collect() {
        wakeUp();
        Registration posted;
        while ((posted = set.poll()) != null) {
            ready.add((Work) posted.attachment());
        }
        if (members > 0) {
            asleep = true;
            if (!set.beginSleep()) {
                jdk.wake();
            }
        }
        jdk.rearm();
    }

    private void wakeUp() {
        if (asleep) {
            asleep = false;
            set.endSleep();
        }
    }
}
