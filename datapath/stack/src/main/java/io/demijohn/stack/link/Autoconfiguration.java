package io.demijohn.stack.link;

import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.link.Ipv6Link.Prefix;
import io.demijohn.stack.link.Ipv6Link.Router;
import io.demijohn.stack.link.OwnAddress.State;
import io.demijohn.stack.wire.Ipv6Kind;
import io.demijohn.stack.wire.NeighbourMessage;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Gives the link its IPv6 addresses (RFC 4862): a link-local one, the configured ones, and those of the prefixes that
 * routers advertise; checks each for duplicates, watches lifetimes, asks for routers.
 *
 * <p>Owned by the stack; driver thread only. Control plane: allocates when an address, prefix or router comes or goes, and
 * takes a bounded number of advertisements a second.
 */
public final class Autoconfiguration {
    static final int CHECKS = 1; // RFC 4862, 5.1: DupAddrDetectTransmits
    static final int SOLICITATIONS_MAX = 3;
    static final long SECOND_NANOS = 1_000 * Ipv6Link.MILLI_NANOS;
    static final long SOLICITATION_INTERVAL_NANOS = 4 * SECOND_NANOS;
    static final long START_DELAY_NANOS = SECOND_NANOS; // RFC 4861, 10: at most, at random
    static final long TWO_HOURS_NANOS = 7_200 * SECOND_NANOS;

    private static final long SECONDS_FOREVER = 0xFFFF_FFFFL;
    private static final long REACHABLE_MILLIS_MAX = 3_600_000;
    private static final long RETRANSMIT_MILLIS_MIN = 10;
    private static final long RETRANSMIT_MILLIS_MAX = 60_000;
    private static final int IDENTIFIER_BITS = 64;
    private static final int ADVERTISEMENTS_PER_SECOND = 10;
    private static final int ADVERTISEMENTS_BURST = 20;

    private final Ipv6Link link;
    private final NeighbourDiscovery neighbours;
    private final StackCounters counters;
    private final SplittableRandom random;
    private final RateLimit advertisementLimit;
    private boolean listensToRouters;
    private int solicitationsLeft;
    private long solicitNanos;
    private long deadlineNanos = Long.MAX_VALUE;

    public Autoconfiguration(
            Ipv6Link link, NeighbourDiscovery neighbours, StackCounters counters, long seed, long nowNanos) {
        this.link = link;
        this.neighbours = neighbours;
        this.counters = counters;
        this.random = new SplittableRandom(seed);
        this.advertisementLimit = new RateLimit(ADVERTISEMENTS_PER_SECOND, ADVERTISEMENTS_BURST, nowNanos);
    }

    /**
     * Takes the configuration at the start; the first {@link #advance} begins to check addresses.
     *
     * @param networks those of IPv4 are passed over
     * @param gateways the same
     * @param withRouters whether routers are asked and heard
     */
    public void start(List<LocalNetwork> networks, List<IpAddress> gateways, boolean withRouters, long nowNanos) {
        boolean linkLocal = false;
        for (LocalNetwork network : networks) {
            IpAddress address = network.address();
            if (!address.isIpv4()) {
                linkLocal |= Ipv6Kind.isLinkLocal(address.high());
                addConfigured(network, nowNanos);
            }
        }
        for (IpAddress gateway : gateways) {
            if (!gateway.isIpv4()) {
                link.add(new Router(gateway.high(), gateway.low(), OwnAddress.FOREVER));
            }
        }
        if (!linkLocal) {
            addTentative(Ipv6Kind.LINK_LOCAL_HIGH, OwnAddress.FOREVER, OwnAddress.FOREVER, nowNanos);
        }
        listensToRouters = withRouters;
        solicitationsLeft = withRouters ? SOLICITATIONS_MAX : 0;
        solicitNanos = nowNanos + startDelayNanos();
    }

    /** Takes the sign that another station has, or wants, an address of ours that is being checked (RFC 4862, 5.4.5). */
    void duplicateFound(OwnAddress own) {
        counters.addressDuplicates++;
        own.become(State.DUPLICATE);
        updateDeadline();
    }

    /** Takes a valid router advertisement (RFC 4861, 6.3.4); lends. */
    void advertisementArrives(long message, int bytes, long sourceHigh, long sourceLow, long nowNanos) {
        if (!listensToRouters) {
            counters.routerAdvertisementsIgnored++;
            return;
        }
        if (!advertisementLimit.tryTake(nowNanos)) {
            counters.dropNeighbourRateLimited++;
            return;
        }
        counters.routerAdvertisementsReceived++;
        takeRouter(sourceHigh, sourceLow, NeighbourMessage.routerSeconds(message), nowNanos);
        takeParameters(message);
        long options = message + NeighbourMessage.ROUTER_BYTES;
        int optionsBytes = bytes - NeighbourMessage.ROUTER_BYTES;
        long station = NeighbourMessage.station(options, optionsBytes, NeighbourMessage.OPTION_SOURCE_STATION);
        if (station != NeighbourMessage.NONE) {
            neighbours.learn(sourceHigh, sourceLow, station, nowNanos);
        }
        for (int at = 0; at < optionsBytes; at += NeighbourMessage.optionBytes(options + at)) {
            int type = NeighbourMessage.optionType(options + at);
            int length = NeighbourMessage.optionBytes(options + at);
            if (type == NeighbourMessage.OPTION_PREFIX && length == NeighbourMessage.PREFIX_OPTION_BYTES) {
                takePrefix(options + at, nowNanos);
            } else if (type == NeighbourMessage.OPTION_MTU && length == 8) {
                link.setMtuBytes(NeighbourMessage.mtuBytes(options + at));
            }
        }
        updateDeadline();
    }

    /** Does the checks that are due, lets lifetimes end, asks for routers. */
    public void advance(long nowNanos) {
        if (deadlineNanos == Long.MAX_VALUE || deadlineNanos - nowNanos > 0) {
            return;
        }
        for (OwnAddress own : link.addresses()) {
            if (own.isBeingChecked() && own.checkNanos - nowNanos <= 0) {
                check(own, nowNanos);
            }
            if (own.state() == State.PREFERRED && isOver(own.preferredUntilNanos, nowNanos)) {
                own.become(State.DEPRECATED);
            }
            if (isOver(own.validUntilNanos, nowNanos)) {
                link.remove(own);
            }
        }
        for (Prefix prefix : link.prefixes()) {
            if (isOver(prefix.untilNanos, nowNanos)) {
                link.remove(prefix);
            }
        }
        for (Router router : link.routers()) {
            if (isOver(router.untilNanos, nowNanos)) {
                link.remove(router);
            }
        }
        if (solicitationsLeft > 0 && solicitNanos - nowNanos <= 0) {
            solicitationsLeft--;
            solicitNanos = nowNanos + SOLICITATION_INTERVAL_NANOS;
            OwnAddress source = link.linkLocal();
            neighbours.writer().solicitRouters(source == null ? 0 : source.high, source == null ? 0 : source.low);
        }
        updateDeadline();
    }

    /** Returns when {@link #advance} is due next, or {@link Long#MAX_VALUE}. */
    public long nextDeadlineNanos() {
        return deadlineNanos;
    }

    // ---- addresses -------------------------------------------------------------------------------------------------

    /**
     * Deviates: RFC 4429, 3.1 wants no optimistic use of addresses set by hand. The application above binds and connects in
     * its first milliseconds, and the JDK's contract has no wait in it.
     */
    private void addConfigured(LocalNetwork network, long nowNanos) {
        IpAddress address = network.address();
        if (link.find(address.high(), address.low()) != null) {
            return;
        }
        int length = network.prefixLength();
        OwnAddress own = new OwnAddress(address.high(), address.low(), length, true, State.OPTIMISTIC);
        own.checkNanos = nowNanos;
        if (link.add(own)) {
            deadlineNanos = nowNanos;
            if (link.prefix(own.high, own.low, length) == null) {
                link.add(new Prefix(own.high, own.low, length, OwnAddress.FOREVER));
            }
        }
    }

    /**
     * Deviates: RFC 8064 wants opaque identifiers; ours comes from the station address, which the drivers hash and which
     * names no hardware.
     */
    private void addTentative(long prefixHigh, long preferredUntilNanos, long validUntilNanos, long nowNanos) {
        OwnAddress own = new OwnAddress(
                prefixHigh, Ipv6Kind.interfaceId(link.station()), IDENTIFIER_BITS, false, State.TENTATIVE);
        own.preferredUntilNanos = preferredUntilNanos;
        own.validUntilNanos = validUntilNanos;
        own.checkNanos = nowNanos + startDelayNanos(); // RFC 4862, 5.4.2
        if (link.add(own)) {
            counters.addressesConfigured++;
            deadlineNanos = nowNanos;
        }
    }

    private void check(OwnAddress own, long nowNanos) {
        if (own.checksSent < CHECKS) {
            own.checksSent++;
            own.checkNanos = nowNanos + link.retransmitNanos();
            neighbours.writer().solicit(0, 0, own.high, own.low);
            return;
        }
        own.become(State.PREFERRED);
        if (own.configured) { // caches elsewhere may remember another station
            neighbours.writer().advertiseToAll(own.high, own.low, NeighbourMessage.FLAG_OVERRIDE);
        }
    }

    // ---- what routers say ------------------------------------------------------------------------------------------

    private void takeRouter(long high, long low, int seconds, long nowNanos) {
        Router known = link.findRouter(high, low);
        if (seconds > 0) {
            solicitationsLeft = 0;
            if (known == null) {
                link.add(new Router(high, low, untilNanos(seconds, nowNanos)));
            } else if (known.untilNanos != OwnAddress.FOREVER) {
                known.untilNanos = untilNanos(seconds, nowNanos);
            }
        } else if (known != null && known.untilNanos != OwnAddress.FOREVER) {
            link.remove(known);
        }
    }

    private void takeParameters(long message) {
        int hops = NeighbourMessage.hopLimit(message);
        if (hops != 0) {
            link.setHopLimit(hops);
        }
        long reachableMillis = NeighbourMessage.reachableMillis(message);
        if (reachableMillis != 0 && reachableMillis <= REACHABLE_MILLIS_MAX) {
            long base = reachableMillis * Ipv6Link.MILLI_NANOS;
            link.setReachableNanos(base / 2 + random.nextLong(base)); // RFC 4861, 6.3.2
        }
        long retransmitMillis = NeighbourMessage.retransmitMillis(message);
        if (retransmitMillis >= RETRANSMIT_MILLIS_MIN && retransmitMillis <= RETRANSMIT_MILLIS_MAX) {
            link.setRetransmitNanos(retransmitMillis * Ipv6Link.MILLI_NANOS);
        }
    }

    private void takePrefix(long option, long nowNanos) {
        long high = NeighbourMessage.prefixHigh(option);
        long low = NeighbourMessage.prefixLow(option);
        int length = NeighbourMessage.prefixLength(option);
        if (Ipv6Kind.isLinkLocal(high) || Ipv6Kind.isMulticast(high) || length > Long.SIZE * 2 || length == 0) {
            return;
        }
        long validSeconds = NeighbourMessage.validSeconds(option);
        if (NeighbourMessage.prefixOnLink(option)) {
            takeOnLink(high, low, length, validSeconds, nowNanos);
        }
        long preferredSeconds = NeighbourMessage.preferredSeconds(option);
        if (NeighbourMessage.prefixAutonomous(option)
                && length == IDENTIFIER_BITS
                && preferredSeconds <= validSeconds) {
            takeAutonomous(high, preferredSeconds, validSeconds, nowNanos);
        }
    }

    private void takeOnLink(long high, long low, int length, long validSeconds, long nowNanos) {
        Prefix known = link.prefix(high, low, length);
        if (known == null) {
            if (validSeconds > 0) {
                link.add(new Prefix(high, low, length, untilNanos(validSeconds, nowNanos)));
            }
        } else if (known.untilNanos != OwnAddress.FOREVER || validSeconds == SECONDS_FOREVER) {
            known.untilNanos = untilNanos(validSeconds, nowNanos);
        }
    }

    /** RFC 4862, 5.5.3 (d) and (e). */
    private void takeAutonomous(long high, long preferredSeconds, long validSeconds, long nowNanos) {
        OwnAddress own = link.find(high, Ipv6Kind.interfaceId(link.station()));
        long preferredUntilNanos = untilNanos(preferredSeconds, nowNanos);
        long validUntilNanos = untilNanos(validSeconds, nowNanos);
        if (own == null) {
            if (validSeconds > 0) {
                addTentative(high, preferredUntilNanos, validUntilNanos, nowNanos);
            }
            return;
        }
        if (own.configured) {
            return;
        }
        own.preferredUntilNanos = preferredUntilNanos;
        if (own.state() == State.DEPRECATED && preferredSeconds > 0) {
            own.become(State.PREFERRED);
        }
        long leftNanos =
                own.validUntilNanos == OwnAddress.FOREVER ? OwnAddress.FOREVER : own.validUntilNanos - nowNanos;
        long offeredNanos = validUntilNanos == OwnAddress.FOREVER ? OwnAddress.FOREVER : validUntilNanos - nowNanos;
        if (offeredNanos > TWO_HOURS_NANOS || offeredNanos > leftNanos) {
            own.validUntilNanos = validUntilNanos;
        } else if (leftNanos > TWO_HOURS_NANOS) { // nobody on the link may take an address away at once
            own.validUntilNanos = nowNanos + TWO_HOURS_NANOS;
        }
    }

    // ---- time ------------------------------------------------------------------------------------------------------

    private void updateDeadline() {
        long earliest = solicitationsLeft > 0 ? solicitNanos : Long.MAX_VALUE;
        for (OwnAddress own : link.addresses()) {
            if (own.isBeingChecked()) {
                earliest = earlier(earliest, own.checkNanos);
            }
            if (own.state() == State.PREFERRED) {
                earliest = earlier(earliest, own.preferredUntilNanos);
            }
            earliest = earlier(earliest, own.validUntilNanos);
        }
        for (Prefix prefix : link.prefixes()) {
            earliest = earlier(earliest, prefix.untilNanos);
        }
        for (Router router : link.routers()) {
            earliest = earlier(earliest, router.untilNanos);
        }
        deadlineNanos = earliest;
    }

    private long startDelayNanos() {
        return random.nextLong(START_DELAY_NANOS);
    }

    private static long untilNanos(long seconds, long nowNanos) {
        return seconds == SECONDS_FOREVER ? OwnAddress.FOREVER : nowNanos + seconds * SECOND_NANOS;
    }

    private static boolean isOver(long untilNanos, long nowNanos) {
        return untilNanos != OwnAddress.FOREVER && untilNanos - nowNanos <= 0;
    }

    private static long earlier(long one, long other) {
        if (one == Long.MAX_VALUE || other == Long.MAX_VALUE) {
            return Math.min(one, other);
        }
        return one - other < 0 ? one : other;
    }
}
