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
 * <p>Owned by the stack; driver thread only. Bounded in entries, in pending and probing entries and in packets that wait for
 * each. Never allocates after construction. Redirects change nothing.
 */
public final class NeighbourDiscovery {
    /** Packets kept for one pending neighbour; beyond it the oldest goes (RFC 4861, 7.2.2). */
    static final int WAITING_MAX = 8;

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
    private final NeighbourCache cache = new NeighbourCache(NEIGHBOURS_MAX);
    private final @Nullable Neighbour[] timed = new Neighbour[PENDING_MAX + PROBING_MAX];
    private final FrameQueue failed = new FrameQueue();
    private final RateLimit answerLimit;
    private final RateLimit questionLimit;
    private int timedCount;
    private int pendingCount;
    private long deadlineNanos = Long.MAX_VALUE;

    public NeighbourDiscovery(
            Ipv6Link link, BufferPool pool, EthernetOutput output, StackCounters counters, long nowNanos) {
        this.link = link;
        this.output = output;
        this.counters = counters;
        this.writer = new NeighbourWriter(pool, output, counters);
        this.answerLimit = new RateLimit(ANSWERS_PER_SECOND, BURST, nowNanos);
        this.questionLimit = new RateLimit(QUESTIONS_PER_SECOND, BURST, nowNanos);
    }

    /** Sends {@code packet}, window at its IP header, to the neighbour {@code high, low}, now or when it is found; takes it. */
    public void send(PacketBuffer packet, long high, long low, long nowNanos) {
        Neighbour entry = cache.find(high, low);
        if (entry != null && entry.state != Neighbour.PENDING) {
            entry.usedNanos = nowNanos;
            if (entry.state == Neighbour.KNOWN && nowNanos - entry.confirmedNanos >= link.reachableNanos()) {
                entry.state = Neighbour.STALE;
            }
            if (entry.state == Neighbour.STALE && timedCount - pendingCount < PROBING_MAX) {
                entry.state = Neighbour.DELAY;
                addTimed(entry, nowNanos + DELAY_NANOS);
            }
            output.send(packet, entry.station, EthernetHeader.TYPE_IPV6);
            return;
        }
        if (entry == null) {
            entry = pendingCount == PENDING_MAX ? null : fresh(high, low);
            if (entry == null) {
                counters.dropNeighbourTableFull++;
                packet.release();
                return;
            }
            entry.state = Neighbour.PENDING;
            entry.waiting.add(packet);
            pendingCount++;
            addTimed(entry, nowNanos);
            solicit(entry, nowNanos);
            updateDeadline();
            return;
        }
        if (entry.waiting.count() >= WAITING_MAX) {
            PacketBuffer oldest = entry.waiting.poll();
            if (oldest != null) {
                oldest.release();
            }
            counters.dropNeighbourQueueFull++;
        }
        entry.waiting.add(packet);
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
        Neighbour entry = cache.find(high, low);
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
        Neighbour entry = cache.find(high, low);
        if (entry == null) {
            entry = fresh(high, low);
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
        if (deadlineNanos == Long.MAX_VALUE || deadlineNanos - nowNanos > 0) {
            return;
        }
        for (int index = timedCount - 1; index >= 0; index--) {
            Neighbour entry = timedAt(index);
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
        updateDeadline();
    }

    /** Returns when {@link #advance} is due next, or {@link Long#MAX_VALUE}. */
    public long nextDeadlineNanos() {
        return deadlineNanos;
    }

    /** Gives a packet whose neighbour never answered, window at its IP header, or null. */
    public @Nullable PacketBuffer pollFailed() {
        return failed.poll();
    }

    /** Returns how many neighbours are known or asked for. */
    public int neighbourCount() {
        return cache.count();
    }

    // ---- below -----------------------------------------------------------------------------------------------------

    /** Returns a new entry, at the cost of the one used longest ago if need be, or null if all are pending. */
    private @Nullable Neighbour fresh(long high, long low) {
        Neighbour entry = cache.add(high, low);
        if (entry == null) {
            Neighbour oldest = cache.leastRecentlyUsed();
            if (oldest == null) {
                return null;
            }
            removeTimed(oldest);
            cache.remove(oldest);
            counters.neighboursEvicted++;
            entry = cache.add(high, low);
        }
        if (entry != null) {
            entry.requests = 0;
        }
        return entry;
    }

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
        removeTimed(entry);
        entry.state = Neighbour.STALE;
        settle(entry, confirmed ? Neighbour.KNOWN : Neighbour.STALE, nowNanos);
        for (PacketBuffer next = entry.waiting.poll(); next != null; next = entry.waiting.poll()) {
            output.send(next, entry.station, EthernetHeader.TYPE_IPV6);
        }
    }

    private void settle(Neighbour entry, int state, long nowNanos) {
        if (entry.state == Neighbour.DELAY || entry.state == Neighbour.PROBE) {
            removeTimed(entry);
        }
        entry.state = state;
        if (state == Neighbour.KNOWN) {
            entry.confirmedNanos = nowNanos;
        }
        updateDeadline();
    }

    private void fail(Neighbour entry) {
        counters.neighboursFailed++;
        if (entry.state == Neighbour.PENDING) {
            pendingCount--;
        }
        removeTimed(entry);
        for (PacketBuffer next = entry.waiting.poll(); next != null; next = entry.waiting.poll()) {
            counters.dropNeighbourFailed++;
            failed.add(next);
        }
        Ipv6Link.Router router = link.findRouter(entry.high, entry.low);
        if (router != null) {
            link.demote(router);
        }
        cache.remove(entry);
    }

    private void addTimed(Neighbour entry, long dueNanos) {
        entry.dueNanos = dueNanos;
        timed[timedCount++] = entry;
        if (deadlineNanos == Long.MAX_VALUE || dueNanos - deadlineNanos < 0) {
            deadlineNanos = dueNanos;
        }
    }

    private void removeTimed(Neighbour entry) {
        for (int index = 0; index < timedCount; index++) {
            if (timed[index] == entry) {
                timedCount--;
                timed[index] = timed[timedCount];
                timed[timedCount] = null;
                return;
            }
        }
    }

    private void updateDeadline() {
        deadlineNanos = Long.MAX_VALUE;
        for (int index = 0; index < timedCount; index++) {
            long dueNanos = timedAt(index).dueNanos;
            if (deadlineNanos == Long.MAX_VALUE || dueNanos - deadlineNanos < 0) {
                deadlineNanos = dueNanos;
            }
        }
    }

    private Neighbour timedAt(int index) {
        Neighbour entry = timed[index];
        if (entry == null) {
            throw new IllegalStateException("bug: timed neighbour missing");
        }
        return entry;
    }
}
