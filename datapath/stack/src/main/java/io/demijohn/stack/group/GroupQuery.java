package io.demijohn.stack.group;

import io.demijohn.stack.IpAddress;

/**
 * What a router asks: a flyweight that each input owns and sets anew for every query.
 *
 * <p>Driver thread only. Versions are IGMP's; MLDv1 counts as 2 and MLDv2 as 3, being the same protocols.
 */
final class GroupQuery {
    static final int VERSION_1 = 1;
    static final int VERSION_2 = 2;
    static final int VERSION_3 = 3;

    /** Sources of one query that are looked at; a query that names more asks about the whole group. */
    static final int SOURCES_MAX = Group.SOURCES_MAX;

    final SourceList sources = new SourceList();
    int version;
    long high;
    long low;
    long maxResponseNanos;
    /** Querier's robustness variable, 0 if it does not say. */
    int robustness;
    /** Querier's query interval, 0 if it does not say. */
    long intervalNanos;

    /** Returns whether it is about all groups. */
    boolean isGeneral() {
        return high == 0 && (low == 0 || low == IpAddress.IPV4_PREFIX);
    }

    /**
     * Returns the value of a code that is a small float above half its range (RFC 3376, 4.1.1 and 4.1.7; RFC 3810, 5.1.3).
     *
     * @param mantissaBits 4 in an octet, 12 in two
     */
    static int decode(int code, int mantissaBits) {
        int threshold = 1 << (mantissaBits + 3);
        if (code < threshold) {
            return code;
        }
        int mantissa = code & ((1 << mantissaBits) - 1);
        int exponent = (code >>> mantissaBits) & 7;
        return (mantissa | 1 << mantissaBits) << (exponent + 3);
    }
}
