package io.demijohn.sim;

/**
 * How a wire treats frames; chances are 0 to 1 for each frame and independent.
 *
 * @param dropChance the frame vanishes
 * @param duplicateChance the frame arrives twice, the second time a little later
 * @param reorderChance the frame is held back and others overtake it
 * @param reorderMaxNanos longest time a frame is held back
 * @param corruptChance one byte of an IP packet changes; not of ARP, which has no checksum to notice
 * @param forgeChance one byte of a TCP header changes and the checksum is made right again, as an attacker would
 * @param delayNanos time from end to end
 * @param bitsPerSecond rate of each direction, 0 for no limit
 * @param queueFramesMax frames that wait for the rate in each direction; more are dropped
 */
public record WireFaults(
        double dropChance,
        double duplicateChance,
        double reorderChance,
        long reorderMaxNanos,
        double corruptChance,
        double forgeChance,
        long delayNanos,
        long bitsPerSecond,
        int queueFramesMax) {
    private static final long MILLI = 1_000_000L;
    private static final int QUEUE_FRAMES = 1000;

    /** Returns a perfect wire of that delay without a rate. */
    public static WireFaults none(long delayNanos) {
        return new WireFaults(0, 0, 0, 0, 0, 0, delayNanos, 0, QUEUE_FRAMES);
    }

    /** Returns a wire of 1 ms that drops, duplicates and reorders, each with that chance. */
    public static WireFaults unruly(double chance) {
        return new WireFaults(chance, chance, chance, 3 * MILLI, 0, 0, MILLI, 0, QUEUE_FRAMES);
    }

    /** Returns this wire with that chance of a changed byte. */
    public WireFaults corrupting(double chance) {
        return with(chance, forgeChance, bitsPerSecond, queueFramesMax);
    }

    /** Returns this wire with that chance of a forged header. */
    public WireFaults forging(double chance) {
        return with(corruptChance, chance, bitsPerSecond, queueFramesMax);
    }

    /** Returns this wire with that rate and queue in each direction. */
    public WireFaults limitedTo(long bits, int frames) {
        return with(corruptChance, forgeChance, bits, frames);
    }

    private WireFaults with(double corrupt, double forge, long bits, int frames) {
        return new WireFaults(
                dropChance, duplicateChance, reorderChance, reorderMaxNanos, corrupt, forge, delayNanos, bits, frames);
    }
}
