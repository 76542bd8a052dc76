package io.demijohn.stack.ip;

import io.demijohn.stack.IpAddress;
import io.demijohn.stack.StackCounters;

/**
 * The largest packets that paths carry, as far as routers said so: a table by destination (RFC 1191, RFC 8201).
 *
 * <pre>
 *   set of a destination:   | high, low, mtu, expires | x WAYS        mtu 0: free; full: the one that expires first goes
 * </pre>
 *
 * <p>Owned by the stack; driver thread only; never allocates after construction. Believes only what lowers a value that it
 * has, and forgets it after ten minutes: then the path is tried again with packets of the link's size. Whether a report is
 * about a packet of ours, its transport has to say before.
 */
public final class PathMtuStore {
    /** Least MTU of an IPv4 path that we send unfragmented packets of; what routers say below is a lie or a relic. */
    public static final int IPV4_FLOOR_BYTES = 552;

    /** Least MTU of IPv6 (RFC 8200, 5). */
    public static final int IPV6_FLOOR_BYTES = 1280;

    static final long LIFETIME_NANOS = 600_000_000_000L; // RFC 1191, 6.3; RFC 8201, 5.3

    /** What links have had as MTU (RFC 1191, 7), for routers that do not say theirs. */
    private static final int[] PLATEAUS = {32_000, 17_914, 8166, 4352, 2002, 1492, 1006, IPV4_FLOOR_BYTES};

    private static final int SETS = 128;
    private static final int WAYS = 4;

    private final int linkMtuBytes;
    private final StackCounters counters;
    private final long[] highs = new long[SETS * WAYS];
    private final long[] lows = new long[SETS * WAYS];
    private final int[] mtus = new int[SETS * WAYS];
    private final long[] expiries = new long[SETS * WAYS];
    private int count;
    private long deadlineNanos = Long.MAX_VALUE;

    /** Makes an empty store; no path carries more than {@code linkMtuBytes}. */
    public PathMtuStore(int linkMtuBytes, StackCounters counters) {
        this.linkMtuBytes = linkMtuBytes;
        this.counters = counters;
    }

    /** Returns the largest packet in bytes for that destination, as far as we know. */
    public int mtuBytes(long high, long low) {
        int index = count == 0 ? -1 : find(high, low);
        return index < 0 ? linkMtuBytes : Math.min(mtus[index], linkMtuBytes);
    }

    /**
     * Returns what a report would lower the path to, or 0 if it must not be believed.
     *
     * @param reportedBytes the next hop's MTU as the router says, 0 if it does not
     * @param quotedBytes size of the packet that the router dropped
     */
    public int proposal(long high, long low, int reportedBytes, int quotedBytes) {
        boolean ipv4 = IpAddress.isIpv4(high, low);
        int said = reportedBytes > 0 || !ipv4 ? reportedBytes : plateauBelow(quotedBytes);
        int mtu = Math.max(said, ipv4 ? IPV4_FLOOR_BYTES : IPV6_FLOOR_BYTES);
        boolean lower = mtu < mtuBytes(high, low) && said < quotedBytes;
        if (!lower) {
            counters.pathMtuIgnored++;
        }
        return lower ? mtu : 0;
    }

    /** Lowers the path to a {@link #proposal}. */
    public void lower(long high, long low, int mtuBytes, long nowNanos) {
        counters.pathMtuLowered++;
        int index = find(high, low);
        if (index < 0) {
            index = place(high, low);
            count += mtus[index] == 0 ? 1 : 0;
            highs[index] = high;
            lows[index] = low;
        }
        mtus[index] = mtuBytes;
        expiries[index] = nowNanos + LIFETIME_NANOS;
        if (deadlineNanos == Long.MAX_VALUE) {
            deadlineNanos = expiries[index];
        }
    }

    /** Forgets what is too old. */
    public void advance(long nowNanos) {
        if (deadlineNanos == Long.MAX_VALUE || deadlineNanos - nowNanos > 0) {
            return;
        }
        deadlineNanos = Long.MAX_VALUE;
        for (int index = 0; index < mtus.length; index++) {
            if (mtus[index] == 0) {
                continue;
            }
            if (expiries[index] - nowNanos <= 0) {
                mtus[index] = 0;
                count--;
            } else if (deadlineNanos == Long.MAX_VALUE || expiries[index] - deadlineNanos < 0) {
                deadlineNanos = expiries[index];
            }
        }
    }

    /** Returns when {@link #advance} is due next, or {@link Long#MAX_VALUE}. */
    public long nextDeadlineNanos() {
        return deadlineNanos;
    }

    /** Returns how many paths are known to be narrower than the link. */
    public int count() {
        return count;
    }

    private static int plateauBelow(int quotedBytes) {
        for (int plateau : PLATEAUS) {
            if (plateau < quotedBytes) {
                return plateau;
            }
        }
        return IPV4_FLOOR_BYTES;
    }

    private int find(long high, long low) {
        int first = firstOf(high, low);
        for (int index = first; index < first + WAYS; index++) {
            if (mtus[index] != 0 && lows[index] == low && highs[index] == high) {
                return index;
            }
        }
        return -1;
    }

    /** Returns a free index of the destination's set, or the one that would be the first to go anyway. */
    private int place(long high, long low) {
        int first = firstOf(high, low);
        int best = first;
        for (int index = first; index < first + WAYS; index++) {
            if (mtus[index] == 0) {
                return index;
            }
            best = expiries[index] - expiries[best] < 0 ? index : best;
        }
        return best;
    }

    private static int firstOf(long high, long low) {
        long mixed = (high * 31 + low) * 0x9E37_79B9_7F4A_7C15L;
        return ((int) (mixed >>> 32) & (SETS - 1)) * WAYS;
    }
}
