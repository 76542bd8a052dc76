package io.demijohn.sim;

/**
 * Which seeds a test runs, and how one is run again: {@code -Dseed=N} runs that one alone.
 *
 * <p>Immutable; any thread.
 */
public final class Seeds {
    private static final String PROPERTY = "seed";

    private Seeds() {}

    /** Returns the seeds 1 to {@code count}, or the one that the property {@code seed} names. */
    public static long[] upTo(int count) {
        Long only = Long.getLong(PROPERTY);
        if (only != null) {
            return new long[] {only};
        }
        long[] seeds = new long[count];
        for (int index = 0; index < count; index++) {
            seeds[index] = index + 1L;
        }
        return seeds;
    }

    /** Returns the line that tells how to run {@code test} with {@code seed} again. */
    public static String replay(long seed, String test) {
        return "seed=" + seed + " replay: mvn -pl datapath/sim -am verify -Dtest='" + test
                + "' -Dsurefire.failIfNoSpecifiedTests=false -Dseed=" + seed;
    }
}
