package io.demijohn.stack.link;

import io.demijohn.stack.StackCounters;
import io.demijohn.stack.wire.Icmpv6Header;
import io.demijohn.stack.wire.Ipv6Kind;
import io.demijohn.stack.wire.NeighbourMessage;

/**
 * Checks received messages of neighbour discovery (RFC 4861, 6.1 and 7.1) and hands them to whom they concern.
 *
 * <p>Owned by the stack; driver thread only. Lends messages, never releases them.
 */
public final class NeighbourInput {
    private final Ipv6Link link;
    private final NeighbourDiscovery neighbours;
    private final Autoconfiguration autoconfiguration;
    private final StackCounters counters;

    public NeighbourInput(
            Ipv6Link link, NeighbourDiscovery neighbours, Autoconfiguration autoconfiguration, StackCounters counters) {
        this.link = link;
        this.neighbours = neighbours;
        this.autoconfiguration = autoconfiguration;
        this.counters = counters;
    }

    /**
     * Takes a message of type 133 to 137 whose ICMPv6 checksum is right; lends.
     *
     * @param message address of its ICMPv6 header
     * @param bytes its size, {@link Icmpv6Header#BYTES} at least
     */
    public void receive(
            long message,
            int bytes,
            long sourceHigh,
            long sourceLow,
            long targetHigh,
            long targetLow,
            int hopLimit,
            long nowNanos) {
        int type = Icmpv6Header.type(message);
        if (hopLimit != NeighbourWriter.HOP_LIMIT || Icmpv6Header.code(message) != 0) {
            counters.dropNeighbourMalformed++;
            return;
        }
        switch (type) {
            case Icmpv6Header.NEIGHBOUR_SOLICITATION ->
                solicitation(message, bytes, sourceHigh, sourceLow, targetHigh, targetLow, nowNanos);
            case Icmpv6Header.NEIGHBOUR_ADVERTISEMENT -> advertisement(message, bytes, targetHigh, nowNanos);
            case Icmpv6Header.ROUTER_ADVERTISEMENT -> {
                boolean sound = bytes >= NeighbourMessage.ROUTER_BYTES
                        && Ipv6Kind.isLinkLocal(sourceHigh)
                        && !link.isOwn(sourceHigh, sourceLow)
                        && optionsSound(message, bytes, NeighbourMessage.ROUTER_BYTES);
                if (sound) {
                    autoconfiguration.advertisementArrives(message, bytes, sourceHigh, sourceLow, nowNanos);
                } else {
                    counters.dropNeighbourMalformed++;
                }
            }
            case Icmpv6Header.REDIRECT -> counters.redirectsIgnored++;
            default -> counters.dropIcmpType++; // a router solicitation: we are none
        }
    }

    private void solicitation(
            long message, int bytes, long sourceHigh, long sourceLow, long targetHigh, long targetLow, long nowNanos) {
        boolean anonymous = Ipv6Kind.isUnspecified(sourceHigh, sourceLow);
        if (!isSound(message, bytes)
                || (anonymous && !anonymousSound(message, bytes, targetHigh, targetLow))
                || link.isOwn(sourceHigh, sourceLow)) {
            counters.dropNeighbourMalformed++;
            return;
        }
        OwnAddress own = link.find(NeighbourMessage.targetHigh(message), NeighbourMessage.targetLow(message));
        if (own == null || own.state() == OwnAddress.State.DUPLICATE) {
            counters.dropNeighbourUnsolicited++;
        } else if (anonymous && own.isBeingChecked()) {
            autoconfiguration.duplicateFound(own); // both check the same address: RFC 4862, 5.4.3
        } else if (own.isUsable()) {
            neighbours.solicitationArrives(own, message, bytes, sourceHigh, sourceLow, nowNanos);
        } else {
            counters.dropNeighbourUnsolicited++; // tentative: it is not there yet
        }
    }

    private void advertisement(long message, int bytes, long targetHigh, long nowNanos) {
        boolean solicited =
                bytes >= NeighbourMessage.BYTES && (Icmpv6Header.rest(message) & NeighbourMessage.FLAG_SOLICITED) != 0;
        if (!isSound(message, bytes) || (solicited && Ipv6Kind.isMulticast(targetHigh))) {
            counters.dropNeighbourMalformed++;
            return;
        }
        OwnAddress own = link.find(NeighbourMessage.targetHigh(message), NeighbourMessage.targetLow(message));
        if (own == null) {
            neighbours.advertisementArrives(message, bytes, nowNanos);
        } else if (own.isBeingChecked()) {
            autoconfiguration.duplicateFound(own);
        } else {
            counters.addressConflicts++; // checked long ago and ours: RFC 4862, 5.4.4
        }
    }

    /** Returns whether a solicitation or advertisement is whole and about a host. */
    private static boolean isSound(long message, int bytes) {
        return bytes >= NeighbourMessage.BYTES
                && !Ipv6Kind.isMulticast(NeighbourMessage.targetHigh(message))
                && optionsSound(message, bytes, NeighbourMessage.BYTES);
    }

    /** Returns whether an anonymous solicitation goes to a solicited-node group and names no station. */
    private static boolean anonymousSound(long message, int bytes, long targetHigh, long targetLow) {
        boolean toGroup = targetHigh == Ipv6Kind.LINK_GROUP_HIGH && targetLow == Ipv6Kind.solicitedGroupLow(targetLow);
        return toGroup
                && NeighbourMessage.station(
                                message + NeighbourMessage.BYTES,
                                bytes - NeighbourMessage.BYTES,
                                NeighbourMessage.OPTION_SOURCE_STATION)
                        == NeighbourMessage.NONE;
    }

    private static boolean optionsSound(long message, int bytes, int fixedBytes) {
        return NeighbourMessage.optionsSound(message + fixedBytes, bytes - fixedBytes);
    }
}
