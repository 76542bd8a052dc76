package io.demijohn.stack.tcp;

/**
 * SipHash with one compression and three finalisation rounds over a fixed number of words, keyed by the stack's secret.
 *
 * <p>A peer that does not know the key can neither aim at one bucket of the flow table nor guess sequence numbers and
 * ports (RFC 6528, 3). Immutable; any thread.
 */
final class SipHash {
    private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;

    private final long key0;
    private final long key1;

    /** Derives the key from {@code seed}; {@code purpose} separates uses of one seed. */
    SipHash(long seed, int purpose) {
        key0 = mix(seed + GOLDEN * (2L * purpose + 1));
        key1 = mix(seed + GOLDEN * (2L * purpose + 2));
    }

    /** Returns the hash of two words. */
    long hash(long first, long second) {
        return hash(2, first, second, 0, 0, 0);
    }

    /** Returns the hash of five words. */
    long hash(long first, long second, long third, long fourth, long fifth) {
        return hash(5, first, second, third, fourth, fifth);
    }

    private long hash(int words, long first, long second, long third, long fourth, long fifth) {
        long v0 = key0 ^ 0x736f_6d65_7073_6575L;
        long v1 = key1 ^ 0x646f_7261_6e64_6f6dL;
        long v2 = key0 ^ 0x6c79_6765_6e65_7261L;
        long v3 = key1 ^ 0x7465_6462_7974_6573L;
        for (int round = 0; round < words + 4; round++) {
            long word = 0;
            if (round < words) {
                word = switch (round) {
                    case 0 -> first;
                    case 1 -> second;
                    case 2 -> third;
                    case 3 -> fourth;
                    default -> fifth;
                };
            } else if (round == words) {
                word = ((long) words * Long.BYTES) << 56; // the length in bytes
            } else if (round == words + 1) {
                v2 ^= 0xff;
            }
            v3 ^= word;
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
            v0 ^= word;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return mixed ^ (mixed >>> 31);
    }
}
