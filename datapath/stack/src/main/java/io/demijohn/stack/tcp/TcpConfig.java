package io.demijohn.stack.tcp;

import java.util.EnumMap;
import org.jspecify.annotations.Nullable;

/**
 * The tunables of one TCP instance; immutable, any thread.
 *
 * <p>Each value is named, documented and bounded by its {@link TcpTunable}. What is needed for each segment is copied into
 * fields where it is used.
 */
public final class TcpConfig {
    private static final long DATA_CENTER_RTO_NANOS = 5_000_000;
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
     * Returns what suits hosts a few microseconds apart whose switches mark packets: DCTCP, and a floor of the timeout far
     * below what the Internet needs.
     */
    public static TcpConfig dataCenter() {
        return DEFAULTS.with(TcpTunable.RTO_MIN, DATA_CENTER_RTO_NANOS)
                .with(TcpTunable.ECN, Ecn.REQUEST)
                .with(TcpTunable.CONGESTION, CongestionControl.DCTCP);
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

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TcpConfig config && changed.equals(config.changed);
    }

    @Override
    public int hashCode() {
        return changed.hashCode();
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

    /** Returns what differs from the defaults. */
    @Override
    public String toString() {
        return changed.toString();
    }
}
