package io.demijohn.stack.tcp;

import io.demijohn.stack.wire.TcpHeader;
import io.demijohn.stack.wire.TcpHeaderOptions;

/**
 * Answers to SYNs that keep no state here (RFC 4987, 3.6 and appendix A): what must be remembered travels to the peer and back.
 *
 * <pre>
 *   sequence number   | slot of 64 s (5 bits) | MSS (3 bits) | keyed hash of the four-tuple, the peer's ISN and both (24 bits) |
 *   timestamp         | clock in steps of 64 ticks (26 bits) | ECN (1 bit) | SACK (1 bit) | window scale, 15: none (4 bits)    |
 * </pre>
 *
 * <p>Used only while a table of half-open connections is full: {@link #begin} notes that on the listener, and an
 * acknowledgement counts only up to two slots later. A cookie lives for one to two slots; so many are sent in a second as the
 * configuration says. Without timestamps the connection gets neither scaling nor SACK nor ECN. Holds the answer at hand in
 * reused fields; owned by {@link Handshake}; driver only; never allocates.
 */
final class SynCookies {
    static final long SLOT_NANOS = 64_000_000_000L;

    private static final int SLOT_MASK = 31;
    private static final int SLOT_SHIFT = 27;
    private static final int MSS_SHIFT = 24;
    private static final int HASH_MASK = (1 << MSS_SHIFT) - 1;
    /** What is told of the peer's MSS: the largest of these that does not exceed it. */
    private static final int[] MSS = {64, 536, 1024, 1220, 1300, 1440, 1460, 8940};

    private static final int STAMP_BITS_MASK = 63;
    private static final int LIFE_TICKS = (int) ((2 * SLOT_NANOS) >> 20) + STAMP_BITS_MASK;
    private static final int SCALE_MASK = 15;
    private static final int SCALE_NONE = 15;
    private static final int SACK_BIT = 16;
    private static final int ECN_BIT = 32;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final SipHash hasher;
    private final int perSecondMax;
    private final boolean scaling;
    private final boolean sacks;
    private final boolean stamps;
    private final boolean ecn;
    private long secondNanos;
    private int sentThisSecond;

    // ---- what one SYN offered, as its cookie says ------------------------------------------------------------------
    int mss;
    /** Shift of the peer's window field, -1 without scaling. */
    int peerScale;

    boolean sackOn;
    boolean timestampsOn;
    boolean ecnOn;

    // ---- and our answer --------------------------------------------------------------------------------------------
    int sequence;
    int timestampValue;

    SynCookies(TcpConfig config, SipHash hasher) {
        this.hasher = hasher;
        this.perSecondMax = config.count(TcpTunable.SYN_COOKIES);
        this.scaling = config.count(TcpTunable.WINDOW_SCALING) != 0;
        this.sacks = config.count(TcpTunable.SACK) != 0;
        this.stamps = config.count(TcpTunable.TIMESTAMPS) != 0;
        this.ecn = config.count(TcpTunable.ECN) != Ecn.OFF;
    }

    /** Notes that the listener has no room for a half-open connection; returns whether a cookie may be sent. */
    boolean begin(TcpListener listener, long nowNanos) {
        if (perSecondMax == 0) {
            return false;
        }
        listener.overflowed = true;
        listener.overflowNanos = nowNanos;
        if (sentThisSecond == 0 || nowNanos - secondNanos >= SECOND_NANOS) {
            secondNanos = nowNanos;
            sentThisSecond = 0;
        }
        if (sentThisSecond >= perSecondMax) {
            return false;
        }
        sentThisSecond++;
        return true;
    }

    /** Makes the answer to a SYN; {@code clock} is the value that our timestamp would have. */
    void answer(Segment syn, int mssDefault, int clock, long nowNanos) {
        TcpHeaderOptions options = syn.options;
        int offered = options.mss() == 0 ? mssDefault : options.mss();
        int index = MSS.length - 1;
        while (index > 0 && MSS[index] > offered) {
            index--;
        }
        mss = MSS[index];
        timestampsOn = stamps && options.timestamps();
        peerScale = timestampsOn && scaling ? options.windowScale() : -1;
        sackOn = timestampsOn && sacks && options.sackPermitted();
        ecnOn = timestampsOn && ecn && syn.has(TcpHeader.ECE) && syn.has(TcpHeader.CWR);
        int bits = (peerScale < 0 ? SCALE_NONE : peerScale) | (sackOn ? SACK_BIT : 0) | (ecnOn ? ECN_BIT : 0);
        int stamp = (clock & ~STAMP_BITS_MASK) | bits;
        timestampValue = stamp - clock > 0 ? stamp - STAMP_BITS_MASK - 1 : stamp; // never ahead of the clock
        sequence = sequence(syn, syn.wireSequence, slot(nowNanos), index);
    }

    /** Returns whether the segment acknowledges a cookie of ours, and takes its number and segment size. */
    boolean isAnswered(TcpListener listener, Segment segment, long nowNanos) {
        if (!listener.overflowed || nowNanos - listener.overflowNanos > 2 * SLOT_NANOS) {
            return false;
        }
        int cookie = segment.wireAcknowledgement - 1;
        long now = slot(nowNanos);
        long age = (now - (cookie >>> SLOT_SHIFT)) & SLOT_MASK;
        int index = cookie >>> MSS_SHIFT & (MSS.length - 1);
        if (age > 1 || sequence(segment, segment.wireSequence - 1, now - age, index) != cookie) {
            return false;
        }
        sequence = cookie;
        mss = MSS[index];
        return true;
    }

    /** Takes what the echoed timestamp of the answered cookie says, if it is ours; {@code clock} as in {@link #answer}. */
    void takeEcho(TcpHeaderOptions options, int clock) {
        int bits = options.timestampEcho() & STAMP_BITS_MASK;
        int ageTicks = clock - options.timestampEcho();
        timestampsOn = stamps && options.timestamps() && ageTicks >= 0 && ageTicks <= LIFE_TICKS;
        int scale = bits & SCALE_MASK;
        peerScale = timestampsOn && scale != SCALE_NONE ? scale : -1;
        sackOn = timestampsOn && (bits & SACK_BIT) != 0;
        ecnOn = timestampsOn && (bits & ECN_BIT) != 0;
    }

    private static long slot(long nowNanos) {
        return Math.floorDiv(nowNanos, SLOT_NANOS);
    }

    private int sequence(Segment addresses, int peerInitial, long slot, int mssIndex) {
        long ports = ((long) addresses.localPort << 16) | addresses.remotePort;
        long tuple = hasher.hash(
                addresses.localHigh,
                addresses.localLow,
                addresses.remoteHigh,
                addresses.remoteLow,
                ports << 32 | Integer.toUnsignedLong(peerInitial));
        int hash = (int) hasher.hash(tuple, slot, mssIndex, 0, 0) & HASH_MASK;
        return (int) (slot & SLOT_MASK) << SLOT_SHIFT | mssIndex << MSS_SHIFT | hash;
    }
}
