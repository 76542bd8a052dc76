package io.demijohn.stack;

/**
 * What happened below the transports of one stack: one plain count for each event and each reason to drop.
 *
 * <p>Owned by its {@link Stack}; written by the driver alone. Other threads may read: each value is a little old at worst.
 * Counts never go down. The transports keep counters of their own.
 */
@SuppressWarnings("PublicField") // plain counts, written on the hot path by several packages
public final class StackCounters extends Counters {
    /** Frames taken from the device. */
    public long framesReceived;

    /** Frames given to the device. */
    public long framesSent;

    /** Bytes of all frames taken from the device. */
    public long bytesReceived;

    /** Bytes of all frames given to the device. */
    public long bytesSent;

    /** Packets from one of our addresses to another, delivered without the device. */
    public long packetsLooped;

    /** Dropped: shorter than an Ethernet header. */
    public long dropFrameTooShort;

    /** Dropped: a unicast frame to a station that is not us. */
    public long dropForeignMac;

    /** Dropped: a frame or packet to a group that we are not in, or to one by a protocol that knows no groups. */
    public long dropMulticast;

    /** Dropped: neither IPv4 nor IPv6 nor ARP. */
    public long dropEtherType;

    /** Dropped: IPv6 at a host that was given no address of that family. */
    public long dropIpv6;

    /** Dropped: IP packet shorter than its header says, or than any header. */
    public long dropIpTruncated;

    /** Dropped: IP header with a wrong version or impossible lengths. */
    public long dropIpMalformed;

    /** Dropped: IPv4 header checksum wrong. */
    public long dropIpChecksum;

    /** Dropped: source routing asked for (RFC 7126, 4.3). */
    public long dropIpSourceRoute;

    /** Dropped: IPv6 extension headers malformed, too many, unknown, or with an option that forbids to go on. */
    public long dropIpExtension;

    /** Dropped: an IPv6 packet that says that nothing follows its headers. */
    public long dropIpEmpty;

    /** Dropped: a source address that no host can have, or our own from outside. */
    public long dropIpMartian;

    /** Dropped: not one of our addresses. */
    public long dropIpNotLocal;

    /** Dropped: a transport protocol that we do not speak. */
    public long dropIpProtocol;

    /** Fragments taken. */
    public long fragmentsReceived;

    /** Datagrams put together from fragments. */
    public long datagramsReassembled;

    /** Fragments that came twice with the same bytes; ignored. */
    public long fragmentDuplicates;

    /** Dropped: a fragment without data, not a multiple of 8 bytes, or beyond the largest datagram. */
    public long dropFragmentMalformed;

    /** Dropped: a fragment that overlaps others with other bytes, and all of its datagram (RFC 5722). */
    public long dropFragmentOverlap;

    /** Dropped: a datagram whose fragments contradict each other about ECN (RFC 3168, 5.3). */
    public long dropFragmentEcn;

    /** Unfinished datagrams dropped because a bound was reached. */
    public long fragmentDatagramsEvicted;

    /** Unfinished datagrams dropped because their time was over. */
    public long fragmentDatagramsExpired;

    /** Dropped: a reassembled packet that does not fit one buffer, of a protocol that asks for that. */
    public long dropReassembledTooBig;

    /** Datagrams sent as fragments. */
    public long datagramsFragmented;

    /** Fragments sent. */
    public long fragmentsSent;

    /** Dropped on output: no network of ours and no gateway leads to the destination. */
    public long dropNoRoute;

    /** Dropped on output: larger than the MTU. */
    public long dropTooBig;

    /** Dropped on output: the queue to the device is at its bound. */
    public long dropTransmitFull;

    /** Buffers refused to a sender because what is left is kept for reception. */
    public long buffersRefused;

    /** ARP requests sent. */
    public long arpRequestsSent;

    /** ARP replies sent. */
    public long arpRepliesSent;

    /** ARP packets taken. */
    public long arpReceived;

    /** Dropped: ARP packet malformed or not for IPv4 over Ethernet. */
    public long dropArpMalformed;

    /** Dropped: ARP packet about nobody we know and not asking for us. */
    public long dropArpUnsolicited;

    /** Dropped: ARP answers over the rate limit. */
    public long dropArpRateLimited;

    /** ARP packets in which another station claims an address of ours. */
    public long arpConflicts;

    /** ARP packets that would change a neighbour confirmed a moment ago; ignored. */
    public long arpFlapsIgnored;

    /** Neighbour solicitations sent, those that check our own addresses included. */
    public long neighbourSolicitationsSent;

    /** Neighbour advertisements sent. */
    public long neighbourAdvertisementsSent;

    /** Router solicitations sent. */
    public long routerSolicitationsSent;

    /** Router advertisements taken. */
    public long routerAdvertisementsReceived;

    /** Router advertisements at a host that was not told to listen to them. */
    public long routerAdvertisementsIgnored;

    /** Redirects; they change nothing. */
    public long redirectsIgnored;

    /** Dropped: neighbour discovery from beyond the link, malformed or contradicting itself. */
    public long dropNeighbourMalformed;

    /** Dropped: neighbour discovery about nobody we know and not asking for us. */
    public long dropNeighbourUnsolicited;

    /** Dropped: neighbour discovery over the rate limit. */
    public long dropNeighbourRateLimited;

    /** IPv6 addresses that the stack gave itself. */
    public long addressesConfigured;

    /** IPv6 addresses not used because another station has them. */
    public long addressDuplicates;

    /** Advertisements in which another station claims an IPv6 address that is long ours. */
    public long addressConflicts;

    /** Neighbours forgotten to make room for others. */
    public long neighboursEvicted;

    /** Neighbours that never answered. */
    public long neighboursFailed;

    /** Dropped: the oldest packet waiting for a neighbour, for a newer one. */
    public long dropNeighbourQueueFull;

    /** Dropped: packets whose neighbour never answered, or was evicted before it did. */
    public long dropNeighbourFailed;

    /** Dropped: every neighbour entry is pending and the bound on those is reached. */
    public long dropNeighbourTableFull;

    /** ICMP messages taken. */
    public long icmpReceived;

    /** ICMP echo requests answered. */
    public long icmpEchoReplies;

    /** Time-exceeded messages sent about datagrams that were not completed. */
    public long icmpTimeExceededSent;

    /** Destination-unreachable messages sent. */
    public long icmpUnreachableSent;

    /** ICMPv6 parameter problems sent. */
    public long icmpProblemsSent;

    /** Destination-unreachable messages handed to a transport. */
    public long icmpUnreachableReceived;

    /** Fragmentation-needed messages taken. */
    public long icmpFragmentationNeeded;

    /** Paths lowered because a router said so. */
    public long pathMtuLowered;

    /** Reports of a path's MTU that were not believed: not lower, or not about a packet that was too big. */
    public long pathMtuIgnored;

    /** Dropped: ICMP message truncated, or what it quotes is not ours. */
    public long dropIcmpMalformed;

    /** Dropped: ICMP checksum wrong. */
    public long dropIcmpChecksum;

    /** Dropped: ICMP message of a type that we have no use for. */
    public long dropIcmpType;

    /** ICMP messages not sent because of the rate limit. */
    public long dropIcmpRateLimited;

    /** Routers' queries about groups taken. */
    public long groupQueriesReceived;

    /** Records about groups sent to routers. */
    public long groupReportsSent;

    /** Dropped: IGMP or MLD message malformed, or from beyond the link. */
    public long dropGroupMalformed;

    /** Dropped: echo request or report to a group (RFC 1122, 3.2.2.6). */
    public long dropIcmpGroup;

    /** Datagrams given to a socket. */
    public long udpReceived;

    /** Datagrams sent. */
    public long udpSent;

    /** Dropped: UDP header truncated or its length impossible. */
    public long dropUdpMalformed;

    /** Dropped: UDP checksum wrong. */
    public long dropUdpChecksum;

    /** Dropped: no socket has the port. */
    public long dropUdpNoSocket;

    /** Reports of trouble that may pass, such as a network that is not found; sockets do not fail for them. */
    public long udpSoftErrors;

    /** Dropped: the socket's receive queue is at its bound. */
    public long dropUdpQueueFull;
}
