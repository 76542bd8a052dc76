package io.demijohn.stack.tcp;

import io.demijohn.device.Require;
import io.demijohn.stack.IpAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All flows by their four-tuple: a chained hash table with a keyed hash.
 *
 * <p>Owned by {@link Connections}; driver only. Look-ups allocate nothing; the table doubles when there are more flows than
 * buckets, and never shrinks. How many flows there may be is its users' bound.
 */
final class FlowTable {
    private static final int BUCKETS_FIRST = 64;

    private final SipHash hasher;
    private @Nullable Flow[] buckets = new Flow[BUCKETS_FIRST];
    /** Found last: segments come in trains, and this one needs no hash. */
    private @Nullable Flow recent;

    private final PortCounts onPort = new PortCounts();
    private int size;

    FlowTable(SipHash hasher) {
        this.hasher = hasher;
    }

    /** Returns the flow, or null. */
    @Nullable
    Flow find(long localHigh, long localLow, int localPort, long remoteHigh, long remoteLow, int remotePort) {
        Flow last = recent;
        if (last != null && last.matches(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort)) {
            return last;
        }
        long hash = hash(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
        Flow flow = buckets[(int) hash & (buckets.length - 1)];
        while (flow != null && !flow.matches(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort)) {
            flow = flow.nextInBucket;
        }
        if (flow != null) {
            recent = flow;
        }
        return flow;
    }

    /** Adds a flow whose four-tuple is not there yet. */
    void add(Flow flow) {
        Require.that(!flow.inTable, "flow is in the table already");
        if (size == buckets.length) {
            grow();
        }
        flow.hash = (int)
                hash(flow.localHigh, flow.localLow, flow.localPort, flow.remoteHigh, flow.remoteLow, flow.remotePort);
        flow.inTable = true;
        link(flow);
        onPort.add(flow.localPort, 1);
        size++;
    }

    void remove(Flow flow) {
        Require.that(flow.inTable, "flow is not in the table");
        if (recent == flow) {
            recent = null;
        }
        int bucket = flow.hash & (buckets.length - 1);
        Flow before = null;
        Flow at = buckets[bucket];
        while (at != null && at != flow) {
            before = at;
            at = at.nextInBucket;
        }
        Require.that(at == flow, "flow is not in its bucket");
        if (before == null) {
            buckets[bucket] = flow.nextInBucket;
        } else {
            before.nextInBucket = flow.nextInBucket;
        }
        flow.nextInBucket = null;
        flow.inTable = false;
        onPort.add(flow.localPort, -1);
        size--;
    }

    /** Returns how many flows have that local port. */
    int countOn(int localPort) {
        return onPort.of(localPort);
    }

    /** Returns how many flows there are. */
    int size() {
        return size;
    }

    /** Gives every flow; the table must not change meanwhile, but for the flow just given. Control plane. */
    void forEach(Consumer<Flow> sink) {
        for (Flow head : buckets) {
            Flow flow = head;
            while (flow != null) {
                Flow following = flow.nextInBucket;
                sink.accept(flow);
                flow = following;
            }
        }
    }

    private long hash(long localHigh, long localLow, int localPort, long remoteHigh, long remoteLow, int remotePort) {
        long ports = ((long) localPort << 16) | remotePort;
        if (IpAddress.isIpv4(localHigh, localLow) && IpAddress.isIpv4(remoteHigh, remoteLow)) {
            return hasher.hash((localLow << Integer.SIZE) | ((int) remoteLow & 0xffff_ffffL), ports);
        }
        return hasher.hash(localHigh, localLow, remoteHigh, remoteLow, ports);
    }

    private void link(Flow flow) {
        int bucket = flow.hash & (buckets.length - 1);
        flow.nextInBucket = buckets[bucket];
        buckets[bucket] = flow;
    }

    private void grow() {
        @Nullable Flow[] before = buckets;
        buckets = new Flow[before.length << 1];
        for (Flow head : before) {
            Flow flow = head;
            while (flow != null) {
                Flow following = flow.nextInBucket;
                link(flow);
                flow = following;
            }
        }
    }
}
