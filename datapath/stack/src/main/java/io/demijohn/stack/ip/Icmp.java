package io.demijohn.stack.ip;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.link.RateLimit;
import io.demijohn.stack.wire.IcmpHeader;
import io.demijohn.stack.wire.Ipv4Header;

/**
 * ICMP (RFC 792, RFC 1122 3.2.2): answers echo requests, reports closed ports, reads reports about packets of ours.
 *
 * <pre>
 *   | ICMP header (8) | quoted IP header (20..60) | quoted transport: source port, target port, sequence (8) | ...
 * </pre>
 *
 * <p>Owned by the stack; driver thread only. Rate-limited in both kinds of answers. The fields of the last report are for
 * the transport named in it, which checks that they fit a connection of its own before it believes them (RFC 5927).
 */
public final class Icmp {
    private static final int QUOTE_MAX_BYTES = 548; // with both headers no more than 576 (RFC 1812, 4.3.2.3)
    private static final int QUOTED_TRANSPORT_BYTES = 8;
    private static final int ECHOES_PER_SECOND = 10_000;
    private static final int ERRORS_PER_SECOND = 1_000;
    private static final int BURST = 64;

    /** Codes of unreachable that are no passing trouble, as Linux has them: protocol, port, unknown, isolated, forbidden. */
    private static final int HARD_CODES = 1 << 2 | 1 << 3 | 0x7C0 | 0xE000;

    private final Routes routes;
    private final Ipv4Output output;
    private final StackCounters counters;
    private final RateLimit echoLimit;
    private final RateLimit errorLimit;

    private int nextHopMtuBytes;
    private int quotedBytes;
    private int quotedProtocol;
    private boolean quotedPortClosed;
    private boolean tooBig;
    private boolean hard;
    private long quotedSourceLow;
    private long quotedTargetLow;
    private int quotedSourcePort;
    private int quotedTargetPort;
    private int quotedSequence;

    public Icmp(Routes routes, Ipv4Output output, StackCounters counters, long nowNanos) {
        this.routes = routes;
        this.output = output;
        this.counters = counters;
        this.echoLimit = new RateLimit(ECHOES_PER_SECOND, BURST, nowNanos);
        this.errorLimit = new RateLimit(ERRORS_PER_SECOND, BURST, nowNanos);
    }

    /**
     * Takes a message, one buffer or a chain, window at the ICMP header, and returns whether it reports an unreachable destination: then the
     * quoted fields are set.
     */
    public boolean receive(PacketBuffer message, long sourceLow, long targetLow, long nowNanos) {
        counters.icmpReceived++;
        if (message.length() < IcmpHeader.BYTES) {
            counters.dropIcmpMalformed++;
        } else if (routes.isGroup(0, targetLow)) {
            counters.dropIcmpGroup++;
        } else if (!PacketChain.holdsChecksum(message)) {
            counters.dropIcmpChecksum++;
        } else {
            int type = IcmpHeader.type(message.address());
            if (type == IcmpHeader.ECHO_REQUEST) {
                answerEcho(message, sourceLow, targetLow, nowNanos);
                return false;
            }
            if (type == IcmpHeader.UNREACHABLE || type == IcmpHeader.TIME_EXCEEDED) {
                boolean report = readReport(message, type);
                PacketChain.release(message);
                return report;
            }
            counters.dropIcmpType++;
        }
        PacketChain.release(message);
        return false;
    }

    /** Reads a packet of ours that never left, window at its IP header, as if a report quoted it; lends. */
    public boolean readUndelivered(PacketBuffer packet) {
        quotedPortClosed = false;
        tooBig = false;
        hard = false;
        return readQuote(packet.address(), packet.length());
    }

    /** Tells the sender of {@code packet}, window at its IP header, that the port is closed; lends. */
    public void sendPortUnreachable(PacketBuffer packet, long nowNanos) {
        if (sendError(IcmpHeader.UNREACHABLE, IcmpHeader.CODE_PORT_UNREACHABLE, packet, nowNanos)) {
            counters.icmpUnreachableSent++;
        }
    }

    /** Tells the sender of a first fragment, window at its IP header, that the others never came; lends. */
    public void sendReassemblyTimeExceeded(PacketBuffer fragment, long nowNanos) {
        if (sendError(IcmpHeader.TIME_EXCEEDED, IcmpHeader.CODE_REASSEMBLY_TIME, fragment, nowNanos)) {
            counters.icmpTimeExceededSent++;
        }
    }

    /** Sends an error that quotes {@code packet}; false if it must not be sent (RFC 1122, 3.2.2) or there is no room. */
    private boolean sendError(int type, int code, PacketBuffer packet, long nowNanos) {
        long quoted = packet.address();
        long sourceLow = IpAddress.lowOfIpv4(Ipv4Header.source(quoted));
        long targetLow = IpAddress.lowOfIpv4(Ipv4Header.target(quoted));
        if (routes.isGroup(0, targetLow) || routes.isGroup(0, sourceLow) || isIcmpError(packet)) {
            return false;
        }
        if (!errorLimit.tryTake(nowNanos)) {
            counters.dropIcmpRateLimited++;
            return false;
        }
        PacketBuffer message = output.allocate();
        if (message == null) {
            return false;
        }
        int packetBytes = Math.min(packet.length(), Ipv4Header.totalBytes(quoted));
        int quotedBytes = Math.min(packetBytes, QUOTE_MAX_BYTES);
        int messageBytes = IcmpHeader.BYTES + quotedBytes;
        if (message.tailroom() < messageBytes) {
            message.release();
            return false;
        }
        long header = message.append(messageBytes);
        Mem.copy(quoted, header + IcmpHeader.BYTES, quotedBytes);
        IcmpHeader.write(header, type, code, 0, messageBytes);
        output.send(message, 0, targetLow, 0, sourceLow, Ipv4Header.PROTOCOL_ICMP, 0, nowNanos);
        return true;
    }

    /** Returns whether a router dropped the quoted packet because it was too big, rather than that its target is not found. */
    public boolean tooBig() {
        return tooBig;
    }

    /** Returns the MTU behind that router as it says, 0 if it does not. */
    public int nextHopMtuBytes() {
        return nextHopMtuBytes;
    }

    /** Returns the size of the quoted packet as its header says. */
    public int quotedBytes() {
        return quotedBytes;
    }

    /** Returns whether the packet, window at its IP header, is an ICMP error itself, or too short to tell. */
    private static boolean isIcmpError(PacketBuffer packet) {
        long header = packet.address();
        if (Ipv4Header.protocol(header) != Ipv4Header.PROTOCOL_ICMP) {
            return false;
        }
        int headerBytes = Ipv4Header.headerBytes(header);
        int type = packet.length() <= headerBytes ? -1 : IcmpHeader.type(header + headerBytes);
        return type != IcmpHeader.ECHO_REQUEST && type != IcmpHeader.ECHO_REPLY;
    }

    public int quotedProtocol() {
        return quotedProtocol;
    }

    /** Returns whether the host answered that nobody has the port or protocol, rather than a router that it is not found. */
    public boolean quotedPortClosed() {
        return quotedPortClosed;
    }

    /** Returns whether repeating does not help: not a lost route or a time that was over (RFC 1122, 4.2.3.9). */
    public boolean hard() {
        return hard;
    }

    /** Returns the low half of our own address. */
    public long quotedSourceLow() {
        return quotedSourceLow;
    }

    /** Returns the low half of the peer's address. */
    public long quotedTargetLow() {
        return quotedTargetLow;
    }

    public int quotedSourcePort() {
        return quotedSourcePort;
    }

    public int quotedTargetPort() {
        return quotedTargetPort;
    }

    /** Returns the quoted TCP sequence number; meaningless for others. */
    public int quotedSequence() {
        return quotedSequence;
    }

    private void answerEcho(PacketBuffer message, long sourceLow, long targetLow, long nowNanos) {
        if (!echoLimit.tryTake(nowNanos)) {
            counters.dropIcmpRateLimited++;
            PacketChain.release(message);
            return;
        }
        IcmpHeader.becomeEchoReply(message.address());
        counters.icmpEchoReplies++;
        output.send(message, 0, targetLow, 0, sourceLow, Ipv4Header.PROTOCOL_ICMP, 0, nowNanos);
    }

    private boolean readReport(PacketBuffer message, int type) {
        long header = message.address();
        int code = IcmpHeader.code(header);
        tooBig = type == IcmpHeader.UNREACHABLE && code == IcmpHeader.CODE_FRAGMENTATION_NEEDED;
        nextHopMtuBytes = IcmpHeader.rest(header) & 0xffff; // RFC 1191, 4
        quotedPortClosed = type == IcmpHeader.UNREACHABLE
                && (code == IcmpHeader.CODE_PORT_UNREACHABLE || code == IcmpHeader.CODE_PROTOCOL_UNREACHABLE);
        hard = type == IcmpHeader.UNREACHABLE && (HARD_CODES >>> code & 1) != 0 && code < Integer.SIZE;
        if (!readQuote(header + IcmpHeader.BYTES, message.length() - IcmpHeader.BYTES)) {
            counters.dropIcmpMalformed++;
            return false;
        }
        if (tooBig) {
            counters.icmpFragmentationNeeded++;
        } else {
            counters.icmpUnreachableReceived++;
        }
        return true;
    }

    private boolean readQuote(long quote, int bytes) {
        if (bytes < Ipv4Header.BYTES) {
            return false;
        }
        int headerBytes = Ipv4Header.headerBytes(quote);
        if (Ipv4Header.version(quote) != 4
                || headerBytes < Ipv4Header.BYTES
                || bytes < headerBytes + QUOTED_TRANSPORT_BYTES) {
            return false;
        }
        quotedBytes = Ipv4Header.totalBytes(quote);
        quotedProtocol = Ipv4Header.protocol(quote);
        quotedSourceLow = IpAddress.lowOfIpv4(Ipv4Header.source(quote));
        quotedTargetLow = IpAddress.lowOfIpv4(Ipv4Header.target(quote));
        quotedSourcePort = Mem.getU16Be(quote + headerBytes);
        quotedTargetPort = Mem.getU16Be(quote + headerBytes + 2);
        quotedSequence = Mem.getIntBe(quote + headerBytes + 4);
        return routes.isLocal(0, quotedSourceLow);
    }
}
