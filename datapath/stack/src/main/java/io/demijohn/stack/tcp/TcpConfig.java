package io.demijohn.stack.tcp;

import java.util.EnumMap;

/**
 * The tunables of one TCP instance; immutable, any thread.
 *
 * <p>Each value is named, documented and bounded by its {@link TcpTunable}. What is needed for each segment is copied into
 * fields where it is used.
 */
public final class TcpConfig {
    private static final TcpConfig DEFAULTS = new TcpConfig(new EnumMap<>(TcpTunable.class));

    private final EnumMap<TcpTunable, Long> changed;

    private TcpConfig(EnumMap<TcpTunable, Long> changed) {
        this.changed = changed;
    }

    /** Returns what a server on a real network wants. */
    public static TcpConfig defaults() {
        return DEFAULTS;
    }

    /**
     * Returns this configuration with one value changed.
     *
     * @throws IllegalArgumentException if it is out of the tunable's bounds
     */
    public TcpConfig with(TcpTunable tunable, long value) {
        EnumMap<TcpTunable, Long> more = new EnumMap<>(changed);
        more.put(tunable, tunable.checked(value));
        return new TcpConfig(more);
    }

    /** Returns a duration in nanoseconds. */
    long nanos(TcpTunable tunable) {
        Long value = changed.get(tunable);
        return value == null ? tunable.defaultValue() : value;
    }

    /** Returns a size in bytes or a count. */
    int count(TcpTunable tunable) {
        return (int) nanos(tunable);
    }
}
