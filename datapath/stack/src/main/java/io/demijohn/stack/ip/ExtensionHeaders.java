package io.demijohn.stack.ip;

import io.demijohn.device.Mem;
import io.demijohn.stack.wire.FragmentHeader;
import io.demijohn.stack.wire.Icmpv6Header;
import io.demijohn.stack.wire.Ipv6Header;

/**
 * Walks the extension headers of one IPv6 packet (RFC 8200, 4) and holds where the walk ended.
 *
 * <pre>
 *   | IPv6 header | hop-by-hop | destination options | routing | fragment | destination options | transport
 *                   | next header 1 | length 1, in units of 8 bytes beyond the first 8 | options or fields |
 * </pre>
 *
 * <p>Owned by the input that uses it; driver thread only. Bounded in headers and options; reads only within the packet.
 */
final class ExtensionHeaders {
    /** The walk ended at a transport, see {@link #protocol} and {@link #offset}. */
    static final int TRANSPORT = 0;
    /** The packet is one fragment of several, see {@link #fragmentAt}. */
    static final int FRAGMENT = 1;
    /** Malformed, or an option says to drop the packet in silence. */
    static final int DROP = 2;
    /** The sender is to be told, see {@link #problemCode} and {@link #problemPointer}. */
    static final int PROBLEM = 3;
    /** Nothing follows the headers. */
    static final int EMPTY = 4;

    /** Headers in one packet; real ones have two or three. */
    static final int HEADERS_MAX = 8;

    /** Options in one packet. */
    static final int OPTIONS_MAX = 64;

    private static final int UNIT_BYTES = 8;
    private static final int CONTINUE = -1;
    private static final int OPTION_PAD1 = 0;
    private static final int OPTION_PADN = 1;
    private static final int OPTION_ROUTER_ALERT = 5;
    private static final int ROUTING_TYPE_AT = 2;
    private static final int SEGMENTS_LEFT_AT = 3;

    private boolean routerAlert;
    private int protocol;
    private int offset;
    private int fragmentAt;
    private int namedAt;
    private int optionsLeft;
    private int problemCode;
    private int problemPointer;

    /**
     * Walks from the IPv6 header at {@code packet}, of {@code bytes} with its payload, 40 at least.
     *
     * @param toGroup the packet's destination is a multicast address
     */
    int walk(long packet, int bytes, boolean toGroup) {
        protocol = Ipv6Header.nextHeader(packet);
        routerAlert = false;
        namedAt = 6;
        offset = Ipv6Header.BYTES;
        optionsLeft = OPTIONS_MAX;
        for (int count = 0; count <= HEADERS_MAX; count++) {
            int verdict =
                    switch (protocol) {
                        case Ipv6Header.PROTOCOL_TCP, Ipv6Header.PROTOCOL_UDP, Ipv6Header.PROTOCOL_ICMP -> TRANSPORT;
                        case Ipv6Header.NO_NEXT_HEADER -> EMPTY;
                        case Ipv6Header.HOP_BY_HOP ->
                            count == 0
                                    ? options(packet, bytes, toGroup)
                                    : problem(Icmpv6Header.CODE_UNKNOWN_NEXT_HEADER, namedAt);
                        case Ipv6Header.DESTINATION_OPTIONS -> options(packet, bytes, toGroup);
                        case Ipv6Header.ROUTING -> routing(packet, bytes);
                        case Ipv6Header.FRAGMENT -> fragment(packet, bytes);
                        default -> problem(Icmpv6Header.CODE_UNKNOWN_NEXT_HEADER, namedAt);
                    };
            if (verdict != CONTINUE) {
                return verdict;
            }
        }
        return DROP;
    }

    /** Returns whether the walk met a router alert (RFC 2711). */
    boolean routerAlert() {
        return routerAlert;
    }

    /** Returns the transport's protocol number. */
    int protocol() {
        return protocol;
    }

    /** Returns where the transport begins, in bytes from the IPv6 header. */
    int offset() {
        return offset;
    }

    /** Returns where the fragment header begins, in bytes from the IPv6 header. */
    int fragmentAt() {
        return fragmentAt;
    }

    /** Returns where the next-header field lies that names the header at which the walk ended. */
    int namedAt() {
        return namedAt;
    }

    int problemCode() {
        return problemCode;
    }

    /** Returns where the trouble is, in bytes from the IPv6 header. */
    int problemPointer() {
        return problemPointer;
    }

    private int options(long packet, int bytes, boolean toGroup) {
        int end = endOf(packet, bytes);
        if (end < 0) {
            return DROP;
        }
        int at = offset + 2;
        while (at < end) {
            int kind = Mem.getU8(packet + at);
            if (kind == OPTION_PAD1) {
                at++;
                continue;
            }
            if (at + 1 >= end || at + 2 + Mem.getU8(packet + at + 1) > end || optionsLeft-- == 0) {
                return DROP;
            }
            routerAlert |= kind == OPTION_ROUTER_ALERT;
            if (kind != OPTION_PADN && kind != OPTION_ROUTER_ALERT) {
                switch (kind >>> 6) { // what the sender wants of those who do not know it: RFC 8200, 4.2
                    case 0 -> {}
                    case 2 -> {
                        return problem(Icmpv6Header.CODE_UNKNOWN_OPTION, at);
                    }
                    case 3 -> {
                        return toGroup ? DROP : problem(Icmpv6Header.CODE_UNKNOWN_OPTION, at);
                    }
                    default -> {
                        return DROP;
                    }
                }
            }
            at += 2 + Mem.getU8(packet + at + 1);
        }
        return step(packet, end);
    }

    /** No type of routing header is known: with segments left the sender is told (RFC 8200, 4.4; RFC 5095 for type 0). */
    private int routing(long packet, int bytes) {
        int end = endOf(packet, bytes);
        if (end < 0) {
            return DROP;
        }
        if (Mem.getU8(packet + offset + SEGMENTS_LEFT_AT) != 0) {
            return problem(Icmpv6Header.CODE_ERRONEOUS_FIELD, offset + ROUTING_TYPE_AT);
        }
        return step(packet, end);
    }

    private int fragment(long packet, int bytes) {
        if (bytes - offset < FragmentHeader.BYTES) {
            return DROP;
        }
        long header = packet + offset;
        if (FragmentHeader.offsetBytes(header) == 0 && !FragmentHeader.moreFollow(header)) {
            return step(packet, offset + FragmentHeader.BYTES); // whole all the same: RFC 6946, 4
        }
        fragmentAt = offset;
        return FRAGMENT;
    }

    /** Returns where the header at the offset ends, or -1 if that is outside of the packet. */
    private int endOf(long packet, int bytes) {
        if (bytes - offset < UNIT_BYTES) {
            return -1;
        }
        int end = offset + (Mem.getU8(packet + offset + 1) + 1) * UNIT_BYTES;
        return end > bytes ? -1 : end;
    }

    private int step(long packet, int end) {
        protocol = Mem.getU8(packet + offset);
        namedAt = offset;
        offset = end;
        return CONTINUE;
    }

    private int problem(int code, int pointer) {
        problemCode = code;
        problemPointer = pointer;
        return PROBLEM;
    }
}
