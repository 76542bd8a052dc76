package io.demijohn.sim;

import java.util.SplittableRandom;

/**
 * Draws by seed and name: a value keeps what it is when another is added, so that kept seeds go on to mean the same.
 *
 * <p>Immutable; any thread.
 */
final class Draws {
    private final long seed;

    Draws(long seed) {
        this.seed = seed;
    }

    /** Returns a source of chance for that name alone. */
    SplittableRandom of(String name) {
        return new SplittableRandom(seed * 0x9E37_79B9_7F4A_7C15L + name.hashCode());
    }

    boolean chance(String name, double share) {
        return of(name).nextDouble() < share;
    }

    /** Returns an int from {@code least} to {@code greatest}, all alike. */
    int between(String name, int least, int greatest) {
        return of(name).nextInt(least, greatest + 1);
    }

    /** Returns a long from {@code least} to {@code greatest}, each order of magnitude alike. */
    long magnitude(String name, long least, long greatest) {
        double share = of(name).nextDouble();
        double value = least * Math.pow((double) greatest / least, share);
        return Math.min(greatest, Math.max(least, Math.round(value)));
    }

    /** Returns draws of another name space. */
    Draws sub(String name) {
        return new Draws(of(name).nextLong());
    }
}
