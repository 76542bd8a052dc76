package io.demijohn.spi;

import io.demijohn.engine.Engine;
import io.demijohn.engine.ReadySet;
import io.demijohn.engine.Registration;
import io.demijohn.engine.VirtualThreads;
import java.nio.channels.SelectionKey;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.DjSelectorImpl;
import sun.nio.ch.SelectionKeyImpl;

/**
 * Connects one selector with the engines: its ready set, and the channels' memberships in it.
 *
 * <p>Owned by the selector, which calls under its lock all but {@link #attach}. Virtual threads never drive.
 */
final class SelectorReadiness implements DjSelectorImpl.Readiness, ChannelKeys.Watcher {
    private final DjSelectorImpl selector;
    private final ReadySet set;
    private final Set<SelectionKeyImpl> attached = new HashSet<>();
    private boolean closed;

    SelectorReadiness(DjSelectorImpl selector, List<Engine> engines) {
        this.selector = selector;
        this.set = new ReadySet(selector::signal, engines);
    }

    @Override
    public void attach(SelectionKeyImpl key) {
        synchronized (attached) {
            if (!closed && attached.add(key)) {
                keysOf(key).attach(key, set, this);
            }
        }
    }

    @Override
    public void detach(SelectionKeyImpl key) {
        synchronized (attached) {
            if (attached.remove(key)) {
                keysOf(key).detach(key);
            }
        }
    }

    @Override
    public @Nullable SelectionKeyImpl poll() {
        Registration posted = set.poll();
        return posted == null ? null : (SelectionKeyImpl) posted.attachment();
    }

    @Override
    public boolean drive() {
        return !VirtualThreads.isCurrent() && set.drive();
    }

    @Override
    public long spinNanos() {
        return set.spinNanos();
    }

    @Override
    public void leave() {
        if (!VirtualThreads.isCurrent()) {
            set.leave();
        }
    }

    @Override
    public boolean beginSleep() {
        return set.beginSleep();
    }

    @Override
    public void endSleep() {
        set.endSleep();
    }

    @Override
    public void routeDecided(SelectionKey key) {
        selector.routeDecided((SelectionKeyImpl) key);
    }

    /** In the JDK's family one key serves channel and descriptor, and is cancelled already. */
    @Override
    public void releaseKernel(SelectionKey key) {}

    @Override
    public void close() {
        synchronized (attached) {
            closed = true;
            for (SelectionKeyImpl key : attached) {
                keysOf(key).detach(key);
            }
            attached.clear();
        }
    }

    private static ChannelKeys keysOf(SelectionKeyImpl key) {
        return ((Selectable) key.channel()).keys();
    }
}
