package io.demijohn.spi;

import io.demijohn.engine.ReadySet;
import io.demijohn.engine.Registration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.DjSelectorImpl;
import sun.nio.ch.SelectionKeyImpl;

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

    private static final class Entry {
        final SelectionKeyImpl key;
        final ReadySet set;
        List<Registration> registrations = List.of();

        Entry(SelectionKeyImpl key, ReadySet set) {
            this.key = key;
            this.set = set;
        }
    }

    private final List<Entry> entries = new ArrayList<>(1);
    private @Nullable Source source;

    synchronized void attach(SelectionKeyImpl key, ReadySet set) {
        Entry entry = new Entry(key, set);
        if (source != null) {
            entry.registrations = source.register(set, key);
        }
        entries.add(entry);
    }

    synchronized void detach(SelectionKeyImpl key) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            Entry entry = entries.get(i);
            if (entry.key == key) {
                entry.registrations.forEach(Registration::cancel);
                entries.remove(i);
            }
        }
    }

    /** The channel is bypassed: every key, now and later, follows {@code decided}. */
    synchronized void bypassed(Source decided) {
        source = decided;
        for (Entry entry : entries) {
            entry.registrations = decided.register(entry.set, entry.key);
            announce(entry.key);
        }
    }

    /** The channel is the kernel's: selectors begin to watch its file descriptor. */
    synchronized void inKernel() {
        for (Entry entry : entries) {
            announce(entry.key);
        }
    }

    private static void announce(SelectionKeyImpl key) {
        if (key.selector() instanceof DjSelectorImpl selector) {
            selector.routeDecided(key);
        }
    }
}
