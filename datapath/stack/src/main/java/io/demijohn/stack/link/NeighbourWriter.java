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
 * Writes the messages of neighbour discovery that a host sends (RFC 4861, 4.1, 4.3 and 4.4).
 *
 * <p>Owned by the stack; driver thread only. Never allocates; without a packet buffer nothing is sent and false comes back.
 */
final class NeighbourWriter {
    /** Proves to the receiver that no router stood between (RFC 4861, 3.1). */
    static final int HOP_LIMIT = 255;

    private final BufferPool pool;
    private final EthernetOutput output;
    private final StackCounters counters;

    NeighbourWriter(BufferPool pool, EthernetOutput output, StackCounters counters) {
        this.pool = pool;
        this.output = output;
        this.counters = counters;
    }

    /** Asks all nodes with the target's last bits for its station; the unspecified source asks whether it is free. */
    void solicit(long sourceHigh, long sourceLow, long targetHigh, long targetLow) {
        long groupLow = Ipv6Kind.solicitedGroupLow(targetLow);
        solicit(
                sourceHigh,
                sourceLow,
                targetHigh,
                targetLow,
                Ipv6Kind.LINK_GROUP_HIGH,
                groupLow,
                Ipv6Kind.groupStation(groupLow));
    }

    /** Asks a neighbour whose station is known whether it is still there. */
    void probe(long sourceHigh, long sourceLow, long targetHigh, long targetLow, long station) {
        solicit(sourceHigh, sourceLow, targetHigh, targetLow, targetHigh, targetLow, station);
    }

    private void solicit(
            long sourceHigh, long sourceLow, long targetHigh, long targetLow, long toHigh, long toLow, long toStation) {
        PacketBuffer packet = allocate();
        if (packet == null) {
            return;
        }
        boolean named = !Ipv6Kind.isUnspecified(sourceHigh, sourceLow);
        int bytes = NeighbourMessage.BYTES + (named ? NeighbourMessage.STATION_OPTION_BYTES : 0);
        long message = packet.append(bytes);
        NeighbourMessage.putTarget(message, targetHigh, targetLow);
        if (named) {
            NeighbourMessage.putStation(
                    message + NeighbourMessage.BYTES, NeighbourMessage.OPTION_SOURCE_STATION, output.station());
        }
        counters.neighbourSolicitationsSent++;
        wrap(packet, Icmpv6Header.NEIGHBOUR_SOLICITATION, 0, sourceHigh, sourceLow, toHigh, toLow);
        output.send(packet, toStation, EthernetHeader.TYPE_IPV6);
    }

    /** Gives an advertisement of our address to that destination, window at its IP header, or null. */
    @Nullable
    PacketBuffer advertisement(long ownHigh, long ownLow, long toHigh, long toLow, int flags) {
        PacketBuffer packet = allocate();
        if (packet == null) {
            return null;
        }
        long message = packet.append(NeighbourMessage.BYTES + NeighbourMessage.STATION_OPTION_BYTES);
        NeighbourMessage.putTarget(message, ownHigh, ownLow);
        NeighbourMessage.putStation(
                message + NeighbourMessage.BYTES, NeighbourMessage.OPTION_TARGET_STATION, output.station());
        counters.neighbourAdvertisementsSent++;
        wrap(packet, Icmpv6Header.NEIGHBOUR_ADVERTISEMENT, flags, ownHigh, ownLow, toHigh, toLow);
        return packet;
    }

    /** Tells all nodes of our address. */
    void advertiseToAll(long ownHigh, long ownLow, int flags) {
        PacketBuffer packet = advertisement(ownHigh, ownLow, Ipv6Kind.LINK_GROUP_HIGH, Ipv6Kind.ALL_NODES_LOW, flags);
        if (packet != null) {
            output.send(packet, Ipv6Kind.groupStation(Ipv6Kind.ALL_NODES_LOW), EthernetHeader.TYPE_IPV6);
        }
    }

    /** Asks the routers of the link to advertise themselves; the source may be unspecified. */
    void solicitRouters(long sourceHigh, long sourceLow) {
        PacketBuffer packet = allocate();
        if (packet == null) {
            return;
        }
        boolean named = !Ipv6Kind.isUnspecified(sourceHigh, sourceLow);
        long message = packet.append(Icmpv6Header.BYTES + (named ? NeighbourMessage.STATION_OPTION_BYTES : 0));
        if (named) {
            NeighbourMessage.putStation(
                    message + Icmpv6Header.BYTES, NeighbourMessage.OPTION_SOURCE_STATION, output.station());
        }
        counters.routerSolicitationsSent++;
        wrap(
                packet,
                Icmpv6Header.ROUTER_SOLICITATION,
                0,
                sourceHigh,
                sourceLow,
                Ipv6Kind.LINK_GROUP_HIGH,
                Ipv6Kind.ALL_ROUTERS_LOW);
        output.send(packet, Ipv6Kind.groupStation(Ipv6Kind.ALL_ROUTERS_LOW), EthernetHeader.TYPE_IPV6);
    }

    private @Nullable PacketBuffer allocate() {
        PacketBuffer packet = pool.acquire();
        if (packet == null) {
            counters.buffersRefused++;
        }
        return packet;
    }

    /** Puts the ICMPv6 header over the message's first bytes and an IPv6 header before it. */
    private static void wrap(
            PacketBuffer packet, int type, int rest, long sourceHigh, long sourceLow, long toHigh, long toLow) {
        int bytes = packet.length();
        Icmpv6Header.write(packet.address(), type, 0, rest, bytes, sourceHigh, sourceLow, toHigh, toLow);
        long header = packet.prepend(Ipv6Header.BYTES);
        Ipv6Header.write(header, bytes, 0, Ipv6Header.PROTOCOL_ICMP, HOP_LIMIT, sourceHigh, sourceLow, toHigh, toLow);
    }
}
