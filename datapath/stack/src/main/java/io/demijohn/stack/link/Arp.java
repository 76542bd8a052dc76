package io.demijohn.stack.link;

import io.demijohn.device.BufferPool;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.wire.ArpHeader;
import io.demijohn.stack.wire.EthernetHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * ARP (RFC 826, RFC 5227): finds the stations of IPv4 neighbours and answers who asks for ours.
 *
 * <pre>
 *            send                    answer                 lifetime over, then send
 *   (none) --------> PENDING ------------------> KNOWN ------------------------------> PENDING
 *              |        | no answer to the last request       ^ gratuitous ARP, request: station changes
 *              |        v                                     | unless it was confirmed a moment ago
 *              |     (none), waiting packets are given back --+ asked for us: learnt, if there is room
 * </pre>
 *
 * <p>Owned by the stack; driver thread only. Bounded in entries, in pending entries and in packets that wait ({@link
 * NeighbourTable}). Never allocates after construction, never learns from packets that do not concern us, never gives up our
 * own address.
 */
public final class Arp {
    /** Entries in all. */
    static final int NEIGHBOURS_MAX = 1024;

    /** Entries that wait for an answer at one time. */
    static final int PENDING_MAX = 64;

    /** Requests sent before a neighbour counts as failed. */
    static final int REQUESTS_MAX = 3;

    static final long SECOND_NANOS = 1_000_000_000L;
    static final long REQUEST_INTERVAL_NANOS = SECOND_NANOS;
    static final long LIFETIME_NANOS = 60 * SECOND_NANOS;

    private static final long REFRESH_AFTER_NANOS = LIFETIME_NANOS / 2;
    private static final long LOCK_NANOS = SECOND_NANOS;
    private static final int REPLIES_PER_SECOND = 500;
    private static final int REQUESTS_PER_SECOND = 500;
    private static final int BURST = 100;

    private final LocalNetwork[] networks;
    private final BufferPool pool;
    private final EthernetOutput output;
    private final StackCounters counters;
    private final NeighbourTable table; // timed are those pending
    private final RateLimit replyLimit;
    private final RateLimit requestLimit;
    private final RateLimit defenceLimit;

    /** Makes ARP for the IPv4 addresses among {@code networks}. */
    public Arp(
            List<LocalNetwork> networks,
            BufferPool pool,
            EthernetOutput output,
            StackCounters counters,
            long nowNanos) {
        this.networks =
                networks.stream().filter(network -> network.address().isIpv4()).toArray(LocalNetwork[]::new);
        this.pool = pool;
        this.output = output;
        this.counters = counters;
        this.table = new NeighbourTable(NEIGHBOURS_MAX, PENDING_MAX, pool, output, counters, EthernetHeader.TYPE_IPV4);
        this.replyLimit = new RateLimit(REPLIES_PER_SECOND, BURST, nowNanos);
        this.requestLimit = new RateLimit(REQUESTS_PER_SECOND, BURST, nowNanos);
        this.defenceLimit = new RateLimit(1, 1, nowNanos);
    }

    /** Tells the link which addresses are ours, so that stale entries elsewhere go (RFC 5227, 2.3). */
    public void announce() {
        for (LocalNetwork network : networks) {
            int address = network.address().ipv4();
            emit(ArpHeader.REQUEST, EthernetHeader.BROADCAST, address, 0, address);
        }
    }

    /** Sends {@code packet} to the neighbour {@code nextHop}, now or when it is found; takes it. */
    public void send(PacketBuffer packet, int nextHop, long nowNanos) {
        long low = IpAddress.lowOfIpv4(nextHop);
        Neighbour entry = table.find(0, low);
        if (entry != null && entry.state == Neighbour.KNOWN) {
            long ageNanos = nowNanos - entry.confirmedNanos;
            if (ageNanos < LIFETIME_NANOS) {
                entry.usedNanos = nowNanos;
                output.send(packet, entry.station, EthernetHeader.TYPE_IPV4);
                if (ageNanos >= REFRESH_AFTER_NANOS && nowNanos - entry.requestedNanos >= REQUEST_INTERVAL_NANOS) {
                    request(entry, entry.station, nowNanos);
                }
                return;
            }
            table.remove(entry);
            entry = null;
        }
        if (entry == null) {
            entry = startPending(low, nextHop, nowNanos);
            if (entry == null) {
                counters.dropNeighbourTableFull++;
                packet.release();
                return;
            }
        }
        table.keep(entry, packet);
    }

    /** Takes an ARP packet: the window begins behind the Ethernet header. */
    public void receive(PacketBuffer packet, long nowNanos) {
        counters.arpReceived++;
        if (packet.length() < ArpHeader.BYTES || !ArpHeader.isValid(packet.address())) {
            counters.dropArpMalformed++;
        } else {
            handle(packet.address(), nowNanos);
        }
        packet.release();
    }

    /** Repeats requests that are due and gives up on neighbours that never answered. */
    public void advance(long nowNanos) {
        if (!table.isDue(nowNanos)) {
            return;
        }
        for (int index = table.timedCount() - 1; index >= 0; index--) {
            Neighbour entry = table.timedAt(index);
            if (entry.dueNanos - nowNanos > 0) {
                continue;
            }
            if (entry.requests < REQUESTS_MAX) {
                request(entry, EthernetHeader.BROADCAST, nowNanos);
            } else {
                table.giveUp(entry);
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

    private void handle(long header, long nowNanos) {
        long station = ArpHeader.senderStation(header);
        int sender = ArpHeader.senderAddress(header);
        int target = ArpHeader.targetAddress(header);
        boolean asksForUs = ArpHeader.operation(header) == ArpHeader.REQUEST && isOwn(target);
        if (station == 0 || EthernetHeader.isGroup(station)) {
            counters.dropArpMalformed++;
            return;
        }
        if (isOwn(sender)) {
            if (station != output.station()) {
                defend(sender, nowNanos);
            }
            return;
        }
        if (sender != 0 && !isNeighbour(sender)) {
            counters.dropArpMalformed++;
            return;
        }
        if (sender != 0) { // 0 is a probe: it asks but claims nothing (RFC 5227, 1.1)
            learn(sender, station, asksForUs, nowNanos);
        }
        if (asksForUs) {
            if (replyLimit.tryTake(nowNanos)) {
                emit(ArpHeader.REPLY, station, target, station, sender);
            } else {
                counters.dropArpRateLimited++;
            }
        }
    }

    private void learn(int sender, long station, boolean asksForUs, long nowNanos) {
        long low = IpAddress.lowOfIpv4(sender);
        Neighbour entry = table.find(0, low);
        if (entry == null) {
            entry = asksForUs ? table.add(0, low) : null;
            if (entry == null) {
                counters.dropArpUnsolicited++;
                return;
            }
            entry.usedNanos = nowNanos;
            entry.requestedNanos = nowNanos - REQUEST_INTERVAL_NANOS;
        } else if (entry.state == Neighbour.KNOWN
                && entry.station != station
                && nowNanos - entry.confirmedNanos < LOCK_NANOS) {
            counters.arpFlapsIgnored++;
            return;
        }
        boolean waited = entry.state == Neighbour.PENDING;
        entry.state = Neighbour.KNOWN;
        entry.station = station;
        entry.confirmedNanos = nowNanos;
        if (waited) {
            entry.usedNanos = nowNanos;
            table.removeTimed(entry);
            table.updateDeadline();
            table.sendWaiting(entry);
        }
    }

    /** Another station claims our address: keep it, and say so at most once a second (RFC 5227, 2.4 (c)). */
    private void defend(int address, long nowNanos) {
        counters.arpConflicts++;
        if (defenceLimit.tryTake(nowNanos)) {
            emit(ArpHeader.REQUEST, EthernetHeader.BROADCAST, address, 0, address);
        }
    }

    private @Nullable Neighbour startPending(long low, int nextHop, long nowNanos) {
        Neighbour entry = table.timedCount() == PENDING_MAX ? null : table.fresh(0, low);
        if (entry != null) {
            entry.state = Neighbour.PENDING;
            entry.senderAddress = senderFor(nextHop);
            request(entry, EthernetHeader.BROADCAST, nowNanos);
            table.addTimed(entry);
        }
        return entry;
    }

    private void request(Neighbour entry, long station, long nowNanos) {
        entry.requests++;
        entry.requestedNanos = nowNanos;
        entry.dueNanos = nowNanos + REQUEST_INTERVAL_NANOS;
        int sender = entry.state == Neighbour.PENDING ? entry.senderAddress : senderFor((int) entry.low);
        if (requestLimit.tryTake(nowNanos)) {
            emit(ArpHeader.REQUEST, station, sender, 0, (int) entry.low);
        } else {
            counters.dropArpRateLimited++;
        }
    }

    private void emit(int operation, long frameTarget, int sender, long targetStation, int target) {
        PacketBuffer packet = pool.acquire();
        if (packet == null) {
            counters.buffersRefused++;
            return;
        }
        if (operation == ArpHeader.REQUEST) {
            counters.arpRequestsSent++;
        } else {
            counters.arpRepliesSent++;
        }
        long header = packet.append(ArpHeader.BYTES);
        ArpHeader.write(header, operation, output.station(), sender, targetStation, target);
        output.send(packet, frameTarget, EthernetHeader.TYPE_ARP);
    }

    private boolean isOwn(int address) {
        for (LocalNetwork network : networks) {
            if (network.address().ipv4() == address) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether a host of one of our networks may have that address. */
    private boolean isNeighbour(int address) {
        long low = IpAddress.lowOfIpv4(address);
        for (LocalNetwork network : networks) {
            if (network.contains(0, low) && !network.isBroadcast(0, low)) {
                return true;
            }
        }
        return false;
    }

    /** Returns our address that shares a network with {@code address}, else our first. */
    private int senderFor(int address) {
        long low = IpAddress.lowOfIpv4(address);
        for (LocalNetwork network : networks) {
            if (network.contains(0, low)) {
                return network.address().ipv4();
            }
        }
        return networks.length == 0 ? 0 : networks[0].address().ipv4();
    }
}
