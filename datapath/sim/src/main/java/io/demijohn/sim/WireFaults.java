package io.demijohn.sim;

import java.util.EnumMap;

/**
 * How a wire treats frames: a chance of each {@link Fault}, 0 to 1 for each frame and independent, delay and rate.
 *
 * <p>Immutable; any thread.
 */
public final class WireFaults {
    private static final long MILLI = 1_000_000L;
    private static final int QUEUE_FRAMES = 1000;

    private final EnumMap<Fault, Double> chances;
    private final long delayNanos;
    private final long reorderMaxNanos;
    private final long bitsPerSecond;
    private final int queueFramesMax;

    private WireFaults(
            EnumMap<Fault, Double> chances,
            long delayNanos,
            long reorderMaxNanos,
            long bitsPerSecond,
            int queueFramesMax) {
        this.chances = chances;
        this.delayNanos = delayNanos;
        this.reorderMaxNanos = reorderMaxNanos;
        this.bitsPerSecond = bitsPerSecond;
        this.queueFramesMax = queueFramesMax;
    }

    /** Returns a perfect wire of that delay without a rate. */
    public static WireFaults none(long delayNanos) {
        return new WireFaults(new EnumMap<>(Fault.class), delayNanos, 3 * MILLI, 0, QUEUE_FRAMES);
    }

    /** Returns a wire of 1 ms that drops, duplicates and reorders, each with that chance. */
    public static WireFaults unruly(double chance) {
        return none(MILLI)
                .with(Fault.DROP, chance)
                .with(Fault.DUPLICATE, chance)
                .with(Fault.REORDER, chance);
    }

    /** Returns this wire with that chance of a fault. */
    public WireFaults with(Fault fault, double chance) {
        EnumMap<Fault, Double> more = new EnumMap<>(chances);
        more.put(fault, chance);
        return new WireFaults(more, delayNanos, reorderMaxNanos, bitsPerSecond, queueFramesMax);
    }

    /** Returns this wire with that chance of a changed byte in a header, and in a payload. */
    public WireFaults corrupting(double chance) {
        return with(Fault.CORRUPT_HEADER, chance).with(Fault.CORRUPT_PAYLOAD, chance);
    }

    /** Returns this wire where frames held back wait for up to so long. */
    public WireFaults holdingBack(long maxNanos) {
        return new WireFaults(chances, delayNanos, maxNanos, bitsPerSecond, queueFramesMax);
    }

    /** Returns this wire with that rate and queue in each direction. */
    public WireFaults limitedTo(long bits, int frames) {
        return new WireFaults(chances, delayNanos, reorderMaxNanos, bits, frames);
    }

    /** Returns the chance of a fault, 0 to 1. */
    double chance(Fault fault) {
        return chances.getOrDefault(fault, 0.0);
    }

    /** Returns the time from end to end. */
    long delayNanos() {
        return delayNanos;
    }

    /** Returns the longest time that a frame is held back. */
    long reorderMaxNanos() {
        return reorderMaxNanos;
    }

    /** Returns the rate of each direction, 0 for no limit. */
    long bitsPerSecond() {
        return bitsPerSecond;
    }

    /** Returns how many frames wait for the rate in each direction; more are dropped. */
    int queueFramesMax() {
        return queueFramesMax;
    }

    @Override
    public String toString() {
        return chances + " delay_us=" + delayNanos / 1000 + " hold_us=" + reorderMaxNanos / 1000 + " bps="
                + bitsPerSecond + " queue=" + queueFramesMax;
    }
}
