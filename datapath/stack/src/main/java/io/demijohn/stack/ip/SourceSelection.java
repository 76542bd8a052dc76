package io.demijohn.stack.ip;

import io.demijohn.stack.IpAddress;
import io.demijohn.stack.link.Ipv6Link;
import io.demijohn.stack.link.OwnAddress;
import io.demijohn.stack.wire.Ipv6Kind;
import org.jspecify.annotations.Nullable;

/**
 * Chooses our IPv6 address for packets to a destination: rules 1, 2, 3, 6 and 8 of RFC 6724, 5.
 *
 * <p>The others do not arise: one interface (5), no home addresses (4), no temporary ones (7). Pure functions; any thread;
 * never allocates.
 */
final class SourceSelection {
    private static final int SCOPE_LINK = 2;
    private static final int SCOPE_GLOBAL = 14;

    private SourceSelection() {}

    /** Returns the best usable address of {@code candidates}, or null if there is none. */
    static @Nullable OwnAddress choose(OwnAddress[] candidates, long high, long low) {
        OwnAddress best = null;
        for (OwnAddress candidate : candidates) {
            if (candidate.isUsable() && (best == null || isBetter(candidate, best, high, low))) {
                best = candidate;
            }
        }
        return best;
    }

    private static boolean isBetter(OwnAddress one, OwnAddress best, long high, long low) {
        boolean same = one.high() == high && one.low() == low;
        boolean bestSame = best.high() == high && best.low() == low;
        if (same != bestSame) { // rule 1
            return same;
        }
        int scope = scope(one.high(), one.low());
        int bestScope = scope(best.high(), best.low());
        if (scope != bestScope) { // rule 2
            int wanted = scope(high, low);
            return scope < bestScope ? scope >= wanted : bestScope < wanted;
        }
        boolean deprecated = one.state() == OwnAddress.State.DEPRECATED;
        boolean bestDeprecated = best.state() == OwnAddress.State.DEPRECATED;
        if (deprecated != bestDeprecated) { // rule 3
            return bestDeprecated;
        }
        int wantedLabel = label(high, low);
        boolean labelled = label(one.high(), one.low()) == wantedLabel;
        boolean bestLabelled = label(best.high(), best.low()) == wantedLabel;
        if (labelled != bestLabelled) { // rule 6
            return labelled;
        }
        return shared(one, high, low) > shared(best, high, low); // rule 8
    }

    /** Returns the common prefix length, bounded by the source's own prefix (RFC 6724, 2.2). */
    private static int shared(OwnAddress own, long high, long low) {
        return Math.min(own.prefixLength(), Ipv6Link.commonBits(own.high(), own.low(), high, low));
    }

    /** Returns the scope as multicast addresses number it (RFC 6724, 3.1). */
    static int scope(long high, long low) {
        if (Ipv6Kind.isMulticast(high)) {
            return (int) (high >>> 48) & 0xf;
        }
        if (Ipv6Kind.isLinkLocal(high) || Ipv6Kind.isLoopback(high, low)) {
            return SCOPE_LINK;
        }
        return SCOPE_GLOBAL;
    }

    /** Returns the label of the default policy table (RFC 6724, 2.1). */
    static int label(long high, long low) {
        if (high == 0) {
            if (low == 1) {
                return 0;
            }
            return IpAddress.isIpv4(high, low) ? 4 : low >>> 32 == 0 ? 3 : 1;
        }
        int first = (int) (high >>> 48);
        if (high >>> 32 == 0x2001_0000L) {
            return 5;
        }
        if (first == 0x2002) {
            return 2;
        }
        if (first >>> 9 == 0xfc >>> 1) {
            return 13;
        }
        if (first >>> 6 == 0xfec0 >>> 6) {
            return 11;
        }
        return first == 0x3ffe ? 12 : 1;
    }
}
