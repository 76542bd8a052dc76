package io.demijohn.stack.group;

import io.demijohn.device.BufferPool;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.link.EthernetOutput;
import io.demijohn.stack.link.Ipv6Link;
import io.demijohn.stack.link.OwnAddress;
import io.demijohn.stack.wire.Ipv6Kind;
import io.demijohn.stack.wire.MldMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * MLD of one stack, the listener's side (RFC 3810): reads routers' queries, which {@link #groups} answers, and joins the
 * solicited-node group of each own address (RFC 4861, 7.2.1).
 *
 * <pre>
 *   own address appears ---> its group is joined and reported, before it is checked for duplicates
 *   own address goes ------> its group is left, unless another address has the same
 * </pre>
 *
 * <p>Owned by the stack; driver thread only. Other hosts' reports are ignored, as {@link Igmp} ignores them. Allocates when
 * addresses come and go.
 */
public final class Mld {
    private static final long MILLI_NANOS = Groups.SECOND_NANOS / 1_000;
    private static final int HOP_LIMIT = 1;
    private static final int RESPONSE_FLOAT_BITS = 12;
    private static final int INTERVAL_FLOAT_BITS = 4;

    private final Groups groups;
    private final Ipv6Link link;
    private final StackCounters counters;
    private final GroupQuery query = new GroupQuery();
    private final List<Solicited> solicited = new ArrayList<>();
    private OwnAddress[] known = {};

    /** The membership that an own address asks for. */
    private record Solicited(OwnAddress own, GroupFilter filter) {}

    /** Makes MLD on {@code link}; {@code seed} spreads its answers. */
    public Mld(BufferPool pool, EthernetOutput output, Ipv6Link link, StackCounters counters, long seed) {
        this.groups = new Groups(new MldWriter(pool, output, link, counters), counters, seed);
        this.link = link;
        this.counters = counters;
    }

    /** Returns the IPv6 groups. */
    public Groups groups() {
        return groups;
    }

    /** Joins and leaves as own addresses came and went; cheap if none did. */
    public void followAddresses(long nowNanos) {
        OwnAddress[] present = link.addresses();
        if (present == known) {
            return;
        }
        known = present;
        List<OwnAddress> fresh = new ArrayList<>(Arrays.asList(present));
        for (Solicited member : List.copyOf(solicited)) {
            if (!fresh.remove(member.own())) {
                solicited.remove(member);
                groups.detach(member.filter(), nowNanos);
            }
        }
        for (OwnAddress own : fresh) {
            GroupFilter filter = GroupFilter.anySource(Ipv6Kind.LINK_GROUP_HIGH, Ipv6Kind.solicitedGroupLow(own.low()));
            if (groups.attach(filter, nowNanos)) {
                solicited.add(new Solicited(own, filter));
            }
        }
    }

    /**
     * Takes a query whose ICMPv6 checksum is right; lends.
     *
     * @param routerAlert whether a router alert stood before it
     */
    public void receive(long message, int bytes, long sourceHigh, int hopLimit, boolean routerAlert, long nowNanos) {
        // RFC 3810, 5.1.14: whatever is not from this link is no query
        if (Ipv6Kind.isLinkLocal(sourceHigh) && hopLimit == HOP_LIMIT && routerAlert && read(message, bytes)) {
            groups.query(query, nowNanos);
        } else {
            counters.dropGroupMalformed++;
        }
    }

    private boolean read(long message, int bytes) {
        if (bytes != MldMessage.BYTES && bytes < MldMessage.QUERY_2_BYTES) {
            return false; // RFC 3810, 8.1: no version's
        }
        int code = MldMessage.responseCode(message);
        query.sources.clear();
        query.high = MldMessage.groupHigh(message);
        query.low = MldMessage.groupLow(message);
        query.robustness = 0;
        query.intervalNanos = 0;
        if (!query.isGeneral() && !Ipv6Kind.isMulticast(query.high)) {
            return false;
        }
        if (bytes == MldMessage.BYTES) {
            query.version = GroupQuery.VERSION_2;
            query.maxResponseNanos = code * MILLI_NANOS;
            return true;
        }
        int count = MldMessage.sourceCount(message);
        if (MldMessage.QUERY_2_BYTES + count * MldMessage.ADDRESS_BYTES > bytes) {
            return false;
        }
        query.version = GroupQuery.VERSION_3;
        query.maxResponseNanos = GroupQuery.decode(code, RESPONSE_FLOAT_BITS) * MILLI_NANOS;
        query.robustness = MldMessage.robustness(message);
        query.intervalNanos =
                GroupQuery.decode(MldMessage.intervalCode(message), INTERVAL_FLOAT_BITS) * Groups.SECOND_NANOS;
        if (count <= GroupQuery.SOURCES_MAX) { // else it is answered as if it asked about the whole group
            for (int index = 0; index < count; index++) {
                query.sources.add(
                        MldMessage.sourceHigh(message, index),
                        MldMessage.sourceLow(message, index),
                        GroupQuery.SOURCES_MAX);
            }
        }
        return true;
    }
}
