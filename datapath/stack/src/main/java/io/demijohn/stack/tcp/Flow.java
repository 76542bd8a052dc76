package io.demijohn.stack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * What the flow table finds by the two addresses and ports: a connection or what TIME_WAIT leaves of it.
 *
 * <p>Owned by the {@link FlowTable} it is in; driver only.
 */
abstract sealed class Flow permits TcpConnection, TimeWait {
    final long localHigh;
    final long localLow;
    final long remoteHigh;
    final long remoteLow;
    final int localPort;
    final int remotePort;

    /** Type of service of the packets sent; its ECN bits are 0 (RFC 3168, 5). */
    int trafficClass;

    /** The table's: chain of a bucket and the hash it came from. */
    @Nullable
    Flow nextInBucket;

    int hash;
    boolean inTable;

    Flow(long localHigh, long localLow, int localPort, long remoteHigh, long remoteLow, int remotePort) {
        this.localHigh = localHigh;
        this.localLow = localLow;
        this.localPort = localPort;
        this.remoteHigh = remoteHigh;
        this.remoteLow = remoteLow;
        this.remotePort = remotePort;
    }

    final boolean matches(
            long wantedLocalHigh,
            long wantedLocalLow,
            int wantedLocalPort,
            long wantedRemoteHigh,
            long wantedRemoteLow,
            int wantedRemotePort) {
        return localLow == wantedLocalLow
                && remoteLow == wantedRemoteLow
                && localPort == wantedLocalPort
                && remotePort == wantedRemotePort
                && localHigh == wantedLocalHigh
                && remoteHigh == wantedRemoteHigh;
    }
}
