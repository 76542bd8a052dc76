package io.demijohn.stack.ip;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.group.Mld;
import io.demijohn.stack.link.NeighbourInput;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.link.RateLimit;
import io.demijohn.stack.wire.Checksum;
import io.demijohn.stack.wire.Icmpv6Header;
import io.demijohn.stack.wire.Ipv6Header;
import io.demijohn.stack.wire.Ipv6Kind;
import io.demijohn.stack.wire.MldMessage;
import org.jspecify.annotations.Nullable;

/**
 * ICMPv6 (RFC 4443): answers echo requests, tells senders what is wrong with their packets, reads reports about ours, hands
 * neighbour discovery on.
 *
 * <pre>
 *   | ICMPv6 header (8) | quoted IPv6 header (40) | quoted transport: source port, target port, sequence (8) | ...
 * </pre>
 *
 * <p>Owned by the stack; driver thread only. Rate-limited in both kinds of answers. The fields of the last report are for
 * the transport named in it, which checks that they fit a connection of its own before it believes them (RFC 5927).
 */
public final class Icmpv6 {
    /** The message reports nothing, or was dealt with. */
    public static final int NOTHING = 0;
    /** A destination cannot be reached: {@link #quotedPortClosed} and the quoted fields are set. */
    public static final int UNREACHABLE = 1;
    /** A packet of ours was too big for a link: {@link #reportedMtuBytes} and the quoted fields are set. */
    public static final int TOO_BIG = 2;

    private static final int QUOTE_MAX_BYTES = Ipv6Header.MTU_MIN_BYTES - Ipv6Header.BYTES - Icmpv6Header.BYTES;
    private static final int QUOTED_TRANSPORT_BYTES = 8;
    private static final int ECHOES_PER_SECOND = 10_000;
    private static final int ERRORS_PER_SECOND = 1_000;
    private static final int BURST = 64;

    private final Routes routes;
    private final Internet output;
    private final @Nullable NeighbourInput neighbours;
    private final @Nullable Mld listeners;
    private final StackCounters counters;
    private final RateLimit echoLimit;
    private final RateLimit errorLimit;

    private int quotedProtocol;
    private boolean quotedPortClosed;
    private long quotedSourceHigh;
    private long quotedSourceLow;
    private long quotedTargetHigh;
    private long quotedTargetLow;
    private int quotedSourcePort;
    private int quotedTargetPort;
    private int quotedSequence;
    private int reportedMtuBytes;
    private int quotedBytes;

    /** Makes ICMPv6; {@code neighbours} and {@code listeners} are null where there are no neighbours. */
    public Icmpv6(
            Routes routes,
            Internet output,
            @Nullable NeighbourInput neighbours,
            @Nullable Mld listeners,
            StackCounters counters,
            long nowNanos) {
        this.routes = routes;
        this.output = output;
        this.neighbours = neighbours;
        this.listeners = listeners;
        this.counters = counters;
        this.echoLimit = new RateLimit(ECHOES_PER_SECOND, BURST, nowNanos);
        this.errorLimit = new RateLimit(ERRORS_PER_SECOND, BURST, nowNanos);
    }

    /** Takes a message, one buffer or a chain, of the packet that {@code input} accepted, window at the ICMPv6 header, and returns what it says. */
    public int receive(PacketBuffer message, Ipv6Input input, long nowNanos) {
        counters.icmpReceived++;
        int says = NOTHING;
        long header = message.address();
        if (message.length() < Icmpv6Header.BYTES) {
            counters.dropIcmpMalformed++;
        } else if (!checksumRight(message, input)) {
            counters.dropIcmpChecksum++;
        } else {
            int type = Icmpv6Header.type(header);
            if (type == Icmpv6Header.ECHO_REQUEST) {
                answerEcho(message, input, nowNanos);
                return NOTHING;
            }
            if (type < Icmpv6Header.INFORMATIONAL_FIRST) {
                says = readReport(header, message.length());
            } else if (type >= Icmpv6Header.ROUTER_SOLICITATION
                    && type <= Icmpv6Header.REDIRECT
                    && !input.isReassembled() // RFC 6980, 5
                    && neighbours != null) {
                neighbours.receive(
                        header,
                        message.length(),
                        input.sourceHigh(),
                        input.sourceLow(),
                        input.targetHigh(),
                        input.targetLow(),
                        input.hopLimit(),
                        nowNanos);
            } else if (type == MldMessage.QUERY && listeners != null && message.more == null) {
                listeners.receive(
                        header, message.length(), input.sourceHigh(), input.hopLimit(), input.routerAlert(), nowNanos);
            } else {
                counters.dropIcmpType++;
            }
        }
        PacketChain.release(message);
        return says;
    }

    /** Reads a packet of ours that never left, window at its IPv6 header, as if a report quoted it; lends. */
    public boolean readUndelivered(PacketBuffer packet) {
        quotedPortClosed = false;
        return readQuote(packet.address(), packet.length());
    }

    /**
     * Tells the sender of {@code packet}, window at its IPv6 header, what is wrong with it; lends. Says nothing about what
     * came to a group or from nobody, or reports an error itself (RFC 4443, 2.4 (e)).
     */
    public void sendError(PacketBuffer packet, int type, int code, int rest, long nowNanos) {
        long quoted = packet.address();
        long sourceHigh = Ipv6Header.sourceHigh(quoted);
        long sourceLow = Ipv6Header.sourceLow(quoted);
        long ownHigh = Ipv6Header.targetHigh(quoted);
        long ownLow = Ipv6Header.targetLow(quoted);
        boolean toGroup = Ipv6Kind.isMulticast(ownHigh);
        boolean insistent = type == Icmpv6Header.PARAMETER_PROBLEM && code == Icmpv6Header.CODE_UNKNOWN_OPTION;
        boolean nobody = Ipv6Kind.isUnspecified(sourceHigh, sourceLow);
        if (nobody || (toGroup && !insistent) || reportsError(packet)) {
            return;
        }
        if (!errorLimit.tryTake(nowNanos)) {
            counters.dropIcmpRateLimited++;
            return;
        }
        if (toGroup) {
            IpAddress own = routes.sourceFor(sourceHigh, sourceLow);
            ownHigh = own.high();
            ownLow = own.low();
        }
        int quotedBytes = Math.min(packet.length(), QUOTE_MAX_BYTES);
        int messageBytes = Icmpv6Header.BYTES + quotedBytes;
        PacketBuffer message = output.allocate();
        if (message == null) {
            return;
        }
        if (IpAddress.isIpv4(ownHigh, ownLow) || message.tailroom() < messageBytes) {
            message.release();
            return;
        }
        long header = message.append(messageBytes);
        Mem.copy(quoted, header + Icmpv6Header.BYTES, quotedBytes);
        switch (type) {
            case Icmpv6Header.UNREACHABLE -> counters.icmpUnreachableSent++;
            case Icmpv6Header.TIME_EXCEEDED -> counters.icmpTimeExceededSent++;
            default -> counters.icmpProblemsSent++;
        }
        send(message, type, code, rest, ownHigh, ownLow, sourceHigh, sourceLow, nowNanos);
    }

    public int quotedProtocol() {
        return quotedProtocol;
    }

    /** Returns whether the host answered that nobody has the port or protocol, rather than a router that it is not found. */
    public boolean quotedPortClosed() {
        return quotedPortClosed;
    }

    /** Returns the high half of our own address. */
    public long quotedSourceHigh() {
        return quotedSourceHigh;
    }

    /** Returns the low half of our own address. */
    public long quotedSourceLow() {
        return quotedSourceLow;
    }

    /** Returns the high half of the peer's address. */
    public long quotedTargetHigh() {
        return quotedTargetHigh;
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

    /** Returns the MTU of the link that the packet was too big for, at least {@link Ipv6Header#MTU_MIN_BYTES}. */
    public int reportedMtuBytes() {
        return reportedMtuBytes;
    }

    /** Returns the size of the quoted packet as its header says. */
    public int quotedBytes() {
        return quotedBytes;
    }

    private void answerEcho(PacketBuffer message, Ipv6Input input, long nowNanos) {
        boolean nobody = Ipv6Kind.isUnspecified(input.sourceHigh(), input.sourceLow());
        IpAddress own = input.toGroup() ? routes.sourceFor(input.sourceHigh(), input.sourceLow()) : null;
        if (nobody || (own != null && own.isIpv4())) {
            counters.dropIpMartian++;
            PacketChain.release(message);
            return;
        }
        if (!echoLimit.tryTake(nowNanos)) {
            counters.dropIcmpRateLimited++;
            PacketChain.release(message);
            return;
        }
        counters.icmpEchoReplies++;
        send(
                message,
                Icmpv6Header.ECHO_REPLY,
                0,
                Icmpv6Header.rest(message.address()),
                own == null ? input.targetHigh() : own.high(),
                own == null ? input.targetLow() : own.low(),
                input.sourceHigh(),
                input.sourceLow(),
                nowNanos);
    }

    private void send(
            PacketBuffer message,
            int type,
            int code,
            int rest,
            long ownHigh,
            long ownLow,
            long toHigh,
            long toLow,
            long nowNanos) {
        long header = message.address();
        int bytes = PacketChain.bytes(message);
        Icmpv6Header.writeWithoutChecksum(header, type, code, rest);
        int pseudo = Checksum.pseudo(ownHigh, ownLow, toHigh, toLow, Ipv6Header.PROTOCOL_ICMP, bytes);
        Icmpv6Header.putChecksum(header, ~PacketChain.sum(message, bytes, pseudo) & 0xffff);
        output.send(message, ownHigh, ownLow, toHigh, toLow, Ipv6Header.PROTOCOL_ICMP, 0, nowNanos);
    }

    private int readReport(long header, int bytes) {
        int type = Icmpv6Header.type(header);
        int code = Icmpv6Header.code(header);
        if (type > Icmpv6Header.PARAMETER_PROBLEM || type == 0) {
            counters.dropIcmpType++;
            return NOTHING;
        }
        boolean unknownNext = type == Icmpv6Header.PARAMETER_PROBLEM && code == Icmpv6Header.CODE_UNKNOWN_NEXT_HEADER;
        quotedPortClosed =
                unknownNext || (type == Icmpv6Header.UNREACHABLE && code == Icmpv6Header.CODE_PORT_UNREACHABLE);
        if (!readQuote(header + Icmpv6Header.BYTES, bytes - Icmpv6Header.BYTES)) {
            counters.dropIcmpMalformed++;
            return NOTHING;
        }
        if (type == Icmpv6Header.PACKET_TOO_BIG) {
            long mtu = Integer.toUnsignedLong(Icmpv6Header.rest(header));
            if (mtu < Ipv6Header.MTU_MIN_BYTES || mtu > 0xffff) {
                counters.dropIcmpMalformed++; // RFC 8201, 4: below the least that a link may have
                return NOTHING;
            }
            counters.icmpFragmentationNeeded++;
            reportedMtuBytes = (int) mtu;
            return TOO_BIG;
        }
        counters.icmpUnreachableReceived++;
        return UNREACHABLE;
    }

    /** Reads what we sent ourselves, so there are no extension headers before the transport. */
    private boolean readQuote(long quote, int bytes) {
        if (bytes < Ipv6Header.BYTES + QUOTED_TRANSPORT_BYTES || Ipv6Header.version(quote) != 6) {
            return false;
        }
        long transport = quote + Ipv6Header.BYTES;
        quotedBytes = Ipv6Header.BYTES + Ipv6Header.payloadBytes(quote);
        quotedProtocol = Ipv6Header.nextHeader(quote);
        quotedSourceHigh = Ipv6Header.sourceHigh(quote);
        quotedSourceLow = Ipv6Header.sourceLow(quote);
        quotedTargetHigh = Ipv6Header.targetHigh(quote);
        quotedTargetLow = Ipv6Header.targetLow(quote);
        quotedSourcePort = Mem.getU16Be(transport);
        quotedTargetPort = Mem.getU16Be(transport + 2);
        quotedSequence = Mem.getIntBe(transport + 4);
        return !IpAddress.isIpv4(quotedSourceHigh, quotedSourceLow)
                && routes.isLocal(quotedSourceHigh, quotedSourceLow);
    }

    private static boolean checksumRight(PacketBuffer message, Ipv6Input input) {
        int bytes = PacketChain.bytes(message);
        int pseudo = Checksum.pseudo(
                input.sourceHigh(),
                input.sourceLow(),
                input.targetHigh(),
                input.targetLow(),
                Ipv6Header.PROTOCOL_ICMP,
                bytes);
        return PacketChain.sum(message, bytes, pseudo) == 0xffff;
    }

    /** Returns whether the packet, window at its IPv6 header, is an ICMPv6 error or redirect, or too short to tell. */
    private static boolean reportsError(PacketBuffer packet) {
        long header = packet.address();
        if (Ipv6Header.nextHeader(header) != Ipv6Header.PROTOCOL_ICMP) {
            return false;
        }
        if (packet.length() <= Ipv6Header.BYTES) {
            return true;
        }
        int type = Icmpv6Header.type(header + Ipv6Header.BYTES);
        return type < Icmpv6Header.INFORMATIONAL_FIRST || type == Icmpv6Header.REDIRECT;
    }
}
