package io.demijohn.stack.group;

import io.demijohn.device.BufferPool;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.link.EthernetOutput;
import io.demijohn.stack.wire.Checksum;
import io.demijohn.stack.wire.IgmpHeader;

/**
 * IGMP of one stack: reads routers' queries; {@link #groups} answers them.
 *
 * <p>Owned by the stack; driver thread only. Other hosts' reports are ignored: a host of version 3 never holds its own back
 * for them (RFC 3376, 4.2.14), and one that speaks an older version may send it all the same.
 */
public final class Igmp {
    private static final long TENTH_NANOS = Groups.SECOND_NANOS / 10;
    private static final int FLOAT_BITS = 4;
    private static final int VERSION_1_RESPONSE = 100; // RFC 2236, 4: ten seconds

    private final Groups groups;
    private final StackCounters counters;
    private final GroupQuery query = new GroupQuery();

    /** Makes IGMP that reports from {@code source}; {@code seed} spreads its answers. */
    public Igmp(BufferPool pool, EthernetOutput output, int source, int mtuBytes, StackCounters counters, long seed) {
        this.groups = new Groups(new IgmpWriter(pool, output, source, mtuBytes, counters), counters, seed);
        this.counters = counters;
    }

    /** Returns the IPv4 groups. */
    public Groups groups() {
        return groups;
    }

    /** Takes a message, window at the IGMP header. */
    public void receive(PacketBuffer message, int timeToLive, long nowNanos) {
        long header = message.address();
        int bytes = message.length();
        if (bytes < IgmpHeader.BYTES || Checksum.of(header, bytes) != 0 || timeToLive != 1) {
            counters.dropGroupMalformed++; // all versions' messages have TTL 1: one with another is from elsewhere
        } else if (IgmpHeader.type(header) == IgmpHeader.QUERY) {
            if (read(header, bytes)) {
                groups.query(query, nowNanos);
            } else {
                counters.dropGroupMalformed++;
            }
        }
        message.release();
    }

    private boolean read(long header, int bytes) {
        int code = IgmpHeader.responseCode(header);
        query.sources.clear();
        query.high = 0;
        query.low = IpAddress.lowOfIpv4(IgmpHeader.group(header));
        query.robustness = 0;
        query.intervalNanos = 0;
        if (bytes < IgmpHeader.QUERY_3_BYTES) {
            query.version = code == 0 ? GroupQuery.VERSION_1 : GroupQuery.VERSION_2;
            query.maxResponseNanos = (code == 0 ? VERSION_1_RESPONSE : code) * TENTH_NANOS;
            return bytes == IgmpHeader.BYTES; // RFC 3376, 7.1: other lengths are no version's
        }
        int count = IgmpHeader.sourceCount(header);
        if (IgmpHeader.QUERY_3_BYTES + count * IgmpHeader.SOURCE_BYTES > bytes) {
            return false;
        }
        query.version = GroupQuery.VERSION_3;
        query.maxResponseNanos = GroupQuery.decode(code, FLOAT_BITS) * TENTH_NANOS;
        query.robustness = IgmpHeader.robustness(header);
        query.intervalNanos = GroupQuery.decode(IgmpHeader.intervalCode(header), FLOAT_BITS) * Groups.SECOND_NANOS;
        if (count <= GroupQuery.SOURCES_MAX) { // else it is answered as if it asked about the whole group
            for (int index = 0; index < count; index++) {
                query.sources.add(0, IpAddress.lowOfIpv4(IgmpHeader.source(header, index)), GroupQuery.SOURCES_MAX);
            }
        }
        return true;
    }
}
