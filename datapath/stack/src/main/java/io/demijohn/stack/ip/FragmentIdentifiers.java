package io.demijohn.stack.ip;

import java.util.SplittableRandom;

/**
 * Identifiers of the datagrams that we fragment: a counter for each of many groups of destinations, each from a random start
 * (RFC 7739, 5.3; RFC 6864, 4.3).
 *
 * <p>Counting lets no identifier return before all others of its group were used, so that late fragments meet no younger
 * datagram of the same name; the secret start and grouping keep them from being guessed by other hosts. Owned by one output;
 * driver thread only.
 */
public final class FragmentIdentifiers {
    private static final int GROUPS_LOG = 10;

    private final int[] next = new int[1 << GROUPS_LOG];
    private final long factorLow;
    private final long factorHigh;

    /** Makes the groups; all starts come from {@code seed}, which is a secret. */
    public FragmentIdentifiers(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        factorLow = random.nextLong() | 1;
        factorHigh = random.nextLong() | 1;
        for (int index = 0; index < next.length; index++) {
            next[index] = random.nextInt();
        }
    }

    /** Returns the next identifier for that destination, 32 bits; IPv4 takes the lower 16. */
    public int next(long destinationHigh, long destinationLow) {
        long mixed = destinationHigh * factorHigh + destinationLow * factorLow;
        mixed ^= mixed >>> 29;
        return next[(int) ((mixed * factorLow) >>> (Long.SIZE - GROUPS_LOG))]++;
    }
}
