package io.demijohn.spi;

import io.demijohn.engine.ReadySet;
import io.demijohn.engine.Registration;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one channel in selectors of ours, also while the channel's route is open, and their memberships afterwards.
 *
 * <p>Owned by one channel; any thread, under its own monitor, which is held for moments only.
 */
final class ChannelKeys {
    /** What a channel's readiness comes from once it is bypassed. */
    interface Source {
        /** Makes everything that the channel waits for a member of {@code set}. */
        List<Registration> register(ReadySet set, Object attachment);
    }

    /** The selector that a key belongs to. */
    interface Watcher {
        /** The route of {@code key}'s channel was decided, so its readiness has a source now. */
        void routeDecided(SelectionKey key);

        /** {@code key}, which is cancelled, must no longer keep the kernel's channel in non-blocking mode. */
        void releaseKernel(SelectionKey key);
    }

    private static final class Entry {
        final SelectionKey key;
        final ReadySet set;
        final Watcher watcher;
        List<Registration> registrations = List.of();

        Entry(SelectionKey key, ReadySet set, Watcher watcher) {
            this.key = key;
            this.set = set;
            this.watcher = watcher;
        }
    }

    private final List<Entry> entries = new ArrayList<>(1);
    private @Nullable Source source;

    synchronized void attach(SelectionKey key, ReadySet set, Watcher watcher) {
        Entry entry = new Entry(key, set, watcher);
        if (source != null) {
            entry.registrations = source.register(set, key);
        }
        entries.add(entry);
    }

    synchronized void detach(SelectionKey key) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            Entry entry = entries.get(i);
            if (entry.key == key) {
                entry.registrations.forEach(Registration::cancel);
                entries.remove(i);
            }
        }
    }

    /** Returns whether no selector knows the channel. */
    synchronized boolean isEmpty() {
        return entries.isEmpty();
    }

    /** The channel is bypassed: every key, now and later, follows {@code decided}. */
    synchronized void bypassed(Source decided) {
        source = decided;
        for (Entry entry : entries) {
            entry.registrations = decided.register(entry.set, entry.key);
            entry.watcher.routeDecided(entry.key);
        }
    }

    /** The channel is the kernel's: selectors begin to watch it there. */
    synchronized void inKernel() {
        for (Entry entry : entries) {
            entry.watcher.routeDecided(entry.key);
        }
    }

    /** The channel is about to block, which it may only when all of its keys are cancelled. */
    synchronized void blocking() {
        for (Entry entry : entries) {
            entry.watcher.releaseKernel(entry.key);
        }
    }
}
