package io.demijohn.stack.link;

import io.demijohn.device.BufferPool;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.wire.EthernetHeader;
import io.demijohn.stack.wire.Icmpv6Header;
import io.demijohn.stack.wire.Ipv6Header;
import io.demijohn.stack.wire.Ipv6Kind;
import io.demijohn.stack.wire.NeighbourMessage;
import org.jspecify.annotations.Nullable;

/**
 * Neighbour discovery (RFC 4861): finds the stations of IPv6 neighbours, watches that they stay reachable (7.3) and answers
 * who asks for ours.
 *
 * <pre>
 *            send                  solicited answer               reachable time over         send
 *   (none) --------> PENDING -------------------------> REACHABLE ----------------> STALE -------> DELAY
 *     |        | no answer to the last solicitation        ^  ^                       ^              | 5 s
 *     |        v                                           |  | solicited answer      | other        v
 *     |     (none), waiting packets are given back         |  +-----------------------+ station -- PROBE
 *     +-- asked for us: learnt as STALE, if there is room -+        no answer to the last probe: (none)
 * </pre>
 *
 * <p>Owned by the stack; driver thread only. Bounded in entries, in pending and probing entries and in packets that wait ({@link
 * NeighbourTable}). Never allocates after construction. Redirects change nothing.
 */
public final class NeighbourDiscovery {
    /** Entries in all. */
    static final int NEIGHBOURS_MAX = 1024;

    /** Entries that wait for a first answer at one time. */
    static final int PENDING_MAX = 64;

    /** Entries in DELAY or PROBE at one time; a stale neighbour beyond that is used unprobed. */
    static final int PROBING_MAX = 64;

    /** Solicitations, and later probes, without an answer before a neighbour counts as failed. */
    static final int SOLICITATIONS_MAX = 3;

    /** How long a stale neighbour is used before it is probed. */
    static final long DELAY_NANOS = 5_000 * Ipv6Link.MILLI_NANOS;

    private static final int ANSWERS_PER_SECOND = 500;
    private static final int QUESTIONS_PER_SECOND = 500;
    private static final int BURST = 100;

    private final Ipv6Link link;
    private final EthernetOutput output;
    private final StackCounters counters;
    private final NeighbourWriter writer;
    private final NeighbourTable table; // timed are those pending, in DELAY or in PROBE
    private final RateLimit answerLimit;
    private final RateLimit questionLimit;
    private int pendingCount;

    public NeighbourDiscovery(
            Ipv6Link link, BufferPool pool, EthernetOutput output, StackCounters counters, long nowNanos) {
        this.link = link;
        this.output = output;
        this.counters = counters;
        this.table = new NeighbourTable(
                NEIGHBOURS_MAX, PENDING_MAX + PROBING_MAX, pool, output, counters, EthernetHeader.TYPE_IPV6);
        this.writer = new NeighbourWriter(pool, output, counters);
        this.answerLimit = new RateLimit(ANSWERS_PER_SECOND, BURST, nowNanos);
        this.questionLimit = new RateLimit(QUESTIONS_PER_SECOND, BURST, nowNanos);
    }

    /** Sends {@code packet}, window at its IP header, to the neighbour {@code high, low}, now or when it is found; takes it. */
    public void send(PacketBuffer packet, long high, long low, long nowNanos) {
        Neighbour entry = table.find(high, low);
        if (entry != null && entry.state != Neighbour.PENDING) {
            entry.usedNanos = nowNanos;
            if (entry.state == Neighbour.KNOWN && nowNanos - entry.confirmedNanos >= link.reachableNanos()) {
                entry.state = Neighbour.STALE;
            }
            if (entry.state == Neighbour.STALE && table.timedCount() - pendingCount < PROBING_MAX) {
                entry.state = Neighbour.DELAY;
                entry.dueNanos = nowNanos + DELAY_NANOS;
                table.addTimed(entry);
            }
            output.send(packet, entry.station, EthernetHeader.TYPE_IPV6);
            return;
        }
        if (entry == null) {
            entry = pendingCount == PENDING_MAX ? null : table.fresh(high, low);
            if (entry == null) {
                counters.dropNeighbourTableFull++;
                packet.release();
                return;
            }
            entry.state = Neighbour.PENDING;
            table.keep(entry, packet);
            pendingCount++;
            solicit(entry, nowNanos);
            table.addTimed(entry);
        } else {
            table.keep(entry, packet);
        }
    }

    // ---- received, at the ICMPv6 header; options are sound, the hop limit is 255 and the code 0 ---------------------

    /** Takes a solicitation for an address that is ours for use; lends. */
    void solicitationArrives(OwnAddress own, long message, int bytes, long sourceHigh, long sourceLow, long nowNanos) {
        if (!answerLimit.tryTake(nowNanos)) {
            counters.dropNeighbourRateLimited++;
            return;
        }
        int override = own.state() == OwnAddress.State.OPTIMISTIC ? 0 : NeighbourMessage.FLAG_OVERRIDE; // RFC 4429, 3.3
        if (Ipv6Kind.isUnspecified(sourceHigh, sourceLow)) {
            writer.advertiseToAll(own.high, own.low, override);
            return;
        }
        long station = NeighbourMessage.station(
                message + NeighbourMessage.BYTES,
                bytes - NeighbourMessage.BYTES,
                NeighbourMessage.OPTION_SOURCE_STATION);
        if (station != NeighbourMessage.NONE) {
            learn(sourceHigh, sourceLow, station, nowNanos);
        }
        PacketBuffer answer = writer.advertisement(
                own.high, own.low, sourceHigh, sourceLow, override | NeighbourMessage.FLAG_SOLICITED);
        if (answer == null) {
            return;
        }
        if (station != NeighbourMessage.NONE) {
            output.send(answer, station, EthernetHeader.TYPE_IPV6);
        } else {
            send(answer, sourceHigh, sourceLow, nowNanos);
        }
    }

    /** Takes an advertisement of somebody else's address (RFC 4861, 7.2.5); lends. */
    void advertisementArrives(long message, int bytes, long nowNanos) {
        long high = NeighbourMessage.targetHigh(message);
        long low = NeighbourMessage.targetLow(message);
        Neighbour entry = table.find(high, low);
        if (entry == null) {
            counters.dropNeighbourUnsolicited++;
            return;
        }
        int flags = Icmpv6Header.rest(message);
        boolean solicited = (flags & NeighbourMessage.FLAG_SOLICITED) != 0;
        boolean override = (flags & NeighbourMessage.FLAG_OVERRIDE) != 0;
        long station = NeighbourMessage.station(
                message + NeighbourMessage.BYTES,
                bytes - NeighbourMessage.BYTES,
                NeighbourMessage.OPTION_TARGET_STATION);
        if (entry.state == Neighbour.PENDING) {
            if (station != NeighbourMessage.NONE) {
                entry.station = station;
                found(entry, solicited, nowNanos);
            }
            return;
        }
        boolean other = station != NeighbourMessage.NONE && station != entry.station;
        if (other && !override) {
            if (entry.state == Neighbour.KNOWN) {
                entry.state = Neighbour.STALE;
            }
            return;
        }
        if (other) {
            entry.station = station;
        }
        if (solicited) {
            settle(entry, Neighbour.KNOWN, nowNanos);
        } else if (other) {
            settle(entry, Neighbour.STALE, nowNanos);
        }
        Ipv6Link.Router router = link.findRouter(high, low);
        if (router != null && (flags & NeighbourMessage.FLAG_ROUTER) == 0 && router.untilNanos != OwnAddress.FOREVER) {
            link.remove(router); // it ceased to be one: RFC 4861, 7.3.3
        }
    }

    /** Learns a station from its own packet: new or changed, it is STALE until it answers us (RFC 4861, 7.2.3). */
    void learn(long high, long low, long station, long nowNanos) {
        Neighbour entry = table.find(high, low);
        if (entry == null) {
            entry = table.fresh(high, low);
            if (entry == null) {
                counters.dropNeighbourTableFull++;
                return;
            }
            entry.state = Neighbour.STALE;
            entry.station = station;
            entry.usedNanos = nowNanos;
        } else if (entry.state == Neighbour.PENDING) {
            entry.station = station;
            found(entry, false, nowNanos);
        } else if (entry.station != station) {
            entry.station = station;
            settle(entry, Neighbour.STALE, nowNanos);
        }
    }

    NeighbourWriter writer() {
        return writer;
    }

    // ---- time ------------------------------------------------------------------------------------------------------

    /** Repeats solicitations that are due, begins and repeats probes, and gives up on neighbours that never answered. */
    public void advance(long nowNanos) {
        if (!table.isDue(nowNanos)) {
            return;
        }
        for (int index = table.timedCount() - 1; index >= 0; index--) {
            Neighbour entry = table.timedAt(index);
            if (entry.dueNanos - nowNanos > 0) {
                continue;
            }
            if (entry.state == Neighbour.DELAY) {
                entry.state = Neighbour.PROBE;
                entry.requests = 0;
            }
            if (entry.requests < SOLICITATIONS_MAX) {
                solicit(entry, nowNanos);
            } else {
                fail(entry);
            }
        }
        table.updateDeadline();
    }

    /** Returns when {@link #advance} is due next, or {@link Long#MAX_VALUE}. */
    public long nextDeadlineNanos() {
        return table.nextDeadlineNanos();
    }

    /** Gives a packet whose neighbour never answered, window at its IP header, or null. */
    public @Nullable PacketBuffer pollFailed() {
        return table.pollFailed();
    }

    /** Returns how many neighbours are known or asked for. */
    public int neighbourCount() {
        return table.count();
    }

    // ---- below -----------------------------------------------------------------------------------------------------

    private void solicit(Neighbour entry, long nowNanos) {
        entry.requests++;
        entry.dueNanos = nowNanos + link.retransmitNanos();
        OwnAddress asker = askerFor(entry);
        if (asker == null) {
            return; // no usable address yet: the next turn may find one
        }
        if (!questionLimit.tryTake(nowNanos)) {
            counters.dropNeighbourRateLimited++;
            return;
        }
        if (entry.state == Neighbour.PENDING) {
            writer.solicit(asker.high, asker.low, entry.high, entry.low);
        } else {
            writer.probe(asker.high, asker.low, entry.high, entry.low, entry.station);
        }
    }

    /** Returns the source of the packet that waits, if it is ours (RFC 4861, 7.2.2), else another. */
    private @Nullable OwnAddress askerFor(Neighbour entry) {
        PacketBuffer packet = entry.waiting.peek();
        if (packet != null) {
            OwnAddress source =
                    link.find(Ipv6Header.sourceHigh(packet.address()), Ipv6Header.sourceLow(packet.address()));
            if (source != null && source.isUsable()) {
                return source;
            }
        }
        return link.askerFor(entry.high, entry.low);
    }

    /** A pending neighbour has a station: its packets go. */
    private void found(Neighbour entry, boolean confirmed, long nowNanos) {
        pendingCount--;
        entry.usedNanos = nowNanos;
        table.removeTimed(entry);
        entry.state = Neighbour.STALE;
        settle(entry, confirmed ? Neighbour.KNOWN : Neighbour.STALE, nowNanos);
        table.sendWaiting(entry);
    }

    private void settle(Neighbour entry, int state, long nowNanos) {
        if (entry.state == Neighbour.DELAY || entry.state == Neighbour.PROBE) {
            table.removeTimed(entry);
        }
        entry.state = state;
        if (state == Neighbour.KNOWN) {
            entry.confirmedNanos = nowNanos;
        }
        table.updateDeadline();
    }

    private void fail(Neighbour entry) {
        if (entry.state == Neighbour.PENDING) {
            pendingCount--;
        }
        Ipv6Link.Router router = link.findRouter(entry.high, entry.low);
        if (router != null) {
            link.demote(router);
        }
        table.giveUp(entry);
    }
}
