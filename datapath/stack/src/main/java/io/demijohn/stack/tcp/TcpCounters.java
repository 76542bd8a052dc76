package io.demijohn.stack.tcp;

import io.demijohn.stack.Counters;

/**
 * What happened in one TCP: one plain count for each event and each reason to drop.
 *
 * <p>Written by the driver alone. Other threads may read: each value is a little old at worst. Counts never go down.
 */
@SuppressWarnings("PublicField") // plain counts, written on the hot path
public final class TcpCounters extends Counters {
    /** Segments taken from IP. */
    public long segmentsReceived;

    /** Segments given to IP. */
    public long segmentsSent;

    /** Packets of several segments given to IP, for the device to cut. */
    public long packetsSentTogether;

    /** Packets of several segments taken from IP, as the device put them together. */
    public long packetsReceivedTogether;

    /** Payload bytes given to receive queues. */
    public long bytesReceived;

    /** Payload bytes sent, repeated ones included. */
    public long bytesSent;

    /** Connections begun by us. */
    public long activeOpens;

    /** Connections begun by a peer's SYN. */
    public long passiveOpens;

    /** SYNs answered with a cookie because a table of half-open connections was full. */
    public long cookiesSent;

    /** Connections made from the acknowledgement of a cookie. */
    public long cookiesAccepted;

    /** Connections that reached ESTABLISHED. */
    public long established;

    /** Connections reset by the peer. */
    public long resetsReceived;

    /** RST segments sent. */
    public long resetsSent;

    /** Connections that ended because the peer did not answer. */
    public long timedOut;

    /** Retransmission timeouts. */
    public long retransmitTimeouts;

    /** Segments found lost by later ones that arrived (RFC 8985). */
    public long segmentsLost;

    /** Probes for a loss at the end of what was sent (RFC 8985). */
    public long lossProbes;

    /** Recoveries that were undone because nothing had been lost. */
    public long spuriousRecoveries;

    /** Reductions of the congestion window because the peer echoed a mark (RFC 3168). */
    public long echoReductions;

    /** Duplicates that the peer reported (RFC 2883). */
    public long duplicatesReported;

    /** SACK blocks about bytes that were never sent; ignored. */
    public long sackInvalid;

    /** Fast recoveries begun. */
    public long fastRetransmits;

    /** Segments sent again, whatever the reason. */
    public long segmentsRetransmitted;

    /** Duplicate acknowledgements received. */
    public long duplicateAcks;

    /** Probes of a closed window sent. */
    public long windowProbes;

    /** Keep-alive probes sent. */
    public long keepAliveProbes;

    /** Acknowledgements sent because their delay was over. */
    public long delayedAcks;

    /** Challenge acknowledgements sent (RFC 5961). */
    public long challengeAcks;

    /** Challenge acknowledgements not sent because of the rate limit. */
    public long challengeAcksLimited;

    /** Segments kept because bytes before them are missing. */
    public long segmentsOutOfOrder;

    /** ICMP errors that concern a live connection; ignored as RFC 5927 has it. */
    public long unreachableIgnored;

    /** Attempts to send put off because no packet buffer was free. */
    public long transmitRetries;

    /** Receive windows made larger because the application keeps up. */
    public long receiveBuffersGrown;

    /** Receive windows made smaller because the pool of packets is short. */
    public long receiveBuffersShrunk;

    /** Send buffers made larger along with the congestion window. */
    public long sendBuffersGrown;

    /** Send buffers made smaller because the send memory is short. */
    public long sendBuffersShrunk;

    /** TIME_WAIT entries ended early for want of room. */
    public long timeWaitEvicted;

    /** TIME_WAIT entries ended early by a newer SYN. */
    public long timeWaitReused;

    /** Connections whose segments got smaller for their path's sake. */
    public long pathMtuLowered;

    /** Connections whose segments got larger again. */
    public long pathMtuRaised;

    /** Full segments that vanished again and again without a report: a black hole is suspected. */
    public long blackHoles;

    /** Reports of a narrow path that were about no segment in flight, or none that was too big. */
    public long pathMtuIgnored;

    /** Dropped: header truncated or its length impossible. */
    public long dropMalformed;

    /** Dropped: checksum wrong. */
    public long dropChecksum;

    /** Dropped: no connection and no listener. */
    public long dropNoFlow;

    /** Dropped: outside the receive window. */
    public long dropOutOfWindow;

    /** Dropped: an old timestamp, a segment from before (RFC 7323, 5: PAWS). */
    public long dropOldTimestamp;

    /** Dropped: no timestamp though both ends agreed on them (RFC 7323, 3.2). */
    public long dropNoTimestamp;

    /** Dropped: acknowledges what was never sent, or is far too old. */
    public long dropBadAck;

    /** Dropped: neither ACK, SYN nor RST where one is needed. */
    public long dropNoFlag;

    /** Dropped: the connection's bound on out-of-order segments is reached. */
    public long dropReassemblyFull;

    /** Dropped: payload while the pool of packets is nearly empty. */
    public long dropNoMemory;

    /** Dropped: SYN while the listener's accept queue or its bound of half-open connections is full. */
    public long dropBacklogFull;

    /** Dropped: SYN while the bound of connections is reached. */
    public long dropConnectionsMax;

    /** Dropped: answers to nobody for want of a packet buffer. */
    public long dropNoBuffer;
}
