package io.demijohn.stack.link;

import io.demijohn.device.Require;
import io.demijohn.stack.wire.Ipv6Header;
import io.demijohn.stack.wire.Ipv6Kind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a host knows of the link that it speaks IPv6 on (RFC 4861, 5.1 and 6.3.2): own addresses, prefixes, default routers
 * and what routers say of the link.
 *
 * <p>Owned by the stack; the driver alone changes it. Any thread may ask: the lists are arrays that are replaced, never
 * changed. Each list is bounded; asking allocates nothing.
 */
public final class Ipv6Link {
    static final int ADDRESSES_MAX = 16;
    static final int PREFIXES_MAX = 16;
    static final int ROUTERS_MAX = 4;
    static final int HOP_LIMIT_DEFAULT = 64;
    static final long MILLI_NANOS = 1_000_000L;
    static final long REACHABLE_NANOS = 30_000 * MILLI_NANOS;
    static final long RETRANSMIT_NANOS = 1_000 * MILLI_NANOS;

    /** A prefix whose addresses are neighbours; FOREVER if it was configured. */
    static final class Prefix {
        final long high;
        final long low;
        final int length;
        long untilNanos;

        Prefix(long high, long low, int length, long untilNanos) {
            this.high = high;
            this.low = low;
            this.length = length;
            this.untilNanos = untilNanos;
        }
    }

    /** A way to all other networks; FOREVER if it was configured. */
    public static final class Router {
        final long high;
        final long low;
        long untilNanos;

        Router(long high, long low, long untilNanos) {
            this.high = high;
            this.low = low;
            this.untilNanos = untilNanos;
        }

        public long high() {
            return high;
        }

        public long low() {
            return low;
        }
    }

    private final long station;
    private final int deviceMtuBytes;
    private volatile OwnAddress[] addresses = {};
    private volatile Prefix[] prefixes = {};
    private volatile Router[] routers = {};
    private volatile int mtuBytes;
    private int hopLimit = HOP_LIMIT_DEFAULT;
    private long reachableNanos = REACHABLE_NANOS;
    private long retransmitNanos = RETRANSMIT_NANOS;

    public Ipv6Link(long station, int deviceMtuBytes) {
        this.station = station;
        this.deviceMtuBytes = deviceMtuBytes;
        this.mtuBytes = deviceMtuBytes;
    }

    // ---- asked by any thread ---------------------------------------------------------------------------------------

    /** Returns the own addresses in all states; nobody may change the array. */
    public OwnAddress[] addresses() {
        return addresses;
    }

    /** Returns whether packets to that address are for us. */
    public boolean isOwn(long high, long low) {
        OwnAddress own = find(high, low);
        return own != null && own.isUsable();
    }

    /** Returns the own address in whatever state, or null. */
    public @Nullable OwnAddress find(long high, long low) {
        for (OwnAddress own : addresses) {
            if (own.low == low && own.high == high) {
                return own;
            }
        }
        return null;
    }

    /** Returns whether that address is reached without a router. */
    public boolean isOnLink(long high, long low) {
        if (Ipv6Kind.isLinkLocal(high)) {
            return true;
        }
        for (Prefix prefix : prefixes) {
            if (commonBits(prefix.high, prefix.low, high, low) >= prefix.length) {
                return true;
            }
        }
        return false;
    }

    /** Returns the default router in use, or null. */
    public @Nullable Router router() {
        Router[] known = routers;
        return known.length == 0 ? null : known[0];
    }

    /** Returns the largest packet in bytes that this link carries. */
    public int mtuBytes() {
        return mtuBytes;
    }

    /** Returns how many leading bits two addresses share, 0 to 128. */
    public static int commonBits(long high, long low, long otherHigh, long otherLow) {
        long highBits = high ^ otherHigh;
        return highBits != 0
                ? Long.numberOfLeadingZeros(highBits)
                : Long.SIZE + Long.numberOfLeadingZeros(low ^ otherLow);
    }

    // ---- asked by the driver ---------------------------------------------------------------------------------------

    /** Returns whether we take packets to that group: all nodes, or the solicited-node group of an address of ours. */
    public boolean isMember(long high, long low) {
        if (low == Ipv6Kind.ALL_NODES_LOW && (high == Ipv6Kind.LINK_GROUP_HIGH || high == 0xFF01_0000_0000_0000L)) {
            return true;
        }
        return high == Ipv6Kind.LINK_GROUP_HIGH && hasSolicited(low);
    }

    /** Returns whether frames to that group's station may be for us. */
    public boolean isMemberStation(long groupStation) {
        if (groupStation == Ipv6Kind.groupStation(Ipv6Kind.ALL_NODES_LOW)) {
            return true;
        }
        for (OwnAddress own : addresses) {
            if (groupStation == Ipv6Kind.groupStation(Ipv6Kind.solicitedGroupLow(own.low))) {
                return true;
            }
        }
        return false;
    }

    /** Returns a usable link-local address of ours, or null. */
    public @Nullable OwnAddress linkLocal() {
        for (OwnAddress own : addresses) {
            if (Ipv6Kind.isLinkLocal(own.high) && own.isUsable()) {
                return own;
            }
        }
        return null;
    }

    /** Returns the usable address that asks for a neighbour: in its network, else link-local, else any, or null. */
    @Nullable
    OwnAddress askerFor(long high, long low) {
        OwnAddress best = linkLocal();
        for (OwnAddress own : addresses) {
            if (!own.isUsable()) {
                continue;
            }
            if (commonBits(own.high, own.low, high, low) >= own.prefixLength) {
                return own;
            }
            best = best == null ? own : best;
        }
        return best;
    }

    /** Returns the hop limit of packets sent. */
    public int hopLimit() {
        return hopLimit;
    }

    long station() {
        return station;
    }

    /** Returns for how long a confirmed neighbour counts as reachable. */
    long reachableNanos() {
        return reachableNanos;
    }

    /** Returns the time between two solicitations. */
    long retransmitNanos() {
        return retransmitNanos;
    }

    // ---- changed by the driver -------------------------------------------------------------------------------------

    /** Adds an address that is not there yet; false at the bound. */
    boolean add(OwnAddress address) {
        Require.that(find(address.high, address.low) == null, "own address twice");
        if (addresses.length == ADDRESSES_MAX) {
            return false;
        }
        addresses = appended(addresses, address);
        return true;
    }

    void remove(OwnAddress address) {
        addresses = Arrays.stream(addresses).filter(own -> own != address).toArray(OwnAddress[]::new);
    }

    @Nullable
    Prefix prefix(long high, long low, int length) {
        for (Prefix prefix : prefixes) {
            if (prefix.length == length && commonBits(prefix.high, prefix.low, high, low) >= length) {
                return prefix;
            }
        }
        return null;
    }

    /** Adds a prefix that is not there yet; false at the bound. */
    boolean add(Prefix prefix) {
        if (prefixes.length == PREFIXES_MAX) {
            return false;
        }
        prefixes = appended(prefixes, prefix);
        return true;
    }

    void remove(Prefix gone) {
        prefixes = Arrays.stream(prefixes).filter(prefix -> prefix != gone).toArray(Prefix[]::new);
    }

    @Nullable
    Router findRouter(long high, long low) {
        for (Router router : routers) {
            if (router.low == low && router.high == high) {
                return router;
            }
        }
        return null;
    }

    /** Adds a default router that is not there yet; false at the bound. */
    boolean add(Router router) {
        if (routers.length == ROUTERS_MAX) {
            return false;
        }
        routers = appended(routers, router);
        return true;
    }

    void remove(Router gone) {
        routers = Arrays.stream(routers).filter(router -> router != gone).toArray(Router[]::new);
    }

    /** Puts a router that does not answer behind the others (RFC 4861, 6.3.6). */
    void demote(Router failed) {
        if (routers.length > 1) {
            Router[] others =
                    Arrays.stream(routers).filter(router -> router != failed).toArray(Router[]::new);
            routers = appended(others, failed);
        }
    }

    Prefix[] prefixes() {
        return prefixes;
    }

    Router[] routers() {
        return routers;
    }

    /** Takes the MTU that a router names, if the link can carry it and IPv6 allows it (RFC 4861, 6.3.4). */
    void setMtuBytes(long bytes) {
        if (bytes >= Ipv6Header.MTU_MIN_BYTES && bytes <= deviceMtuBytes) {
            mtuBytes = (int) bytes;
        }
    }

    void setHopLimit(int hops) {
        hopLimit = hops;
    }

    void setReachableNanos(long nanos) {
        reachableNanos = nanos;
    }

    void setRetransmitNanos(long nanos) {
        retransmitNanos = nanos;
    }

    private boolean hasSolicited(long groupLow) {
        for (OwnAddress own : addresses) {
            if (Ipv6Kind.solicitedGroupLow(own.low) == groupLow) {
                return true;
            }
        }
        return false;
    }

    private static <T> T[] appended(T[] list, T item) {
        T[] longer = Arrays.copyOf(list, list.length + 1);
        longer[list.length] = item;
        return longer;
    }
}
