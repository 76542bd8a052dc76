package io.demijohn.stack.tcp;

import io.demijohn.stack.tcp.TcpConnection.AckOwed;
import io.demijohn.stack.wire.TcpHeader;

/**
 * Explicit congestion notification: negotiation and echo (RFC 3168, 6.1), exact echo for DCTCP (RFC 8257, 3.2).
 *
 * <p>Static steps on the state of a connection; driver only.
 */
final class Ecn {
    /** {@link TcpTunable#ECN}: never. */
    static final int OFF = 0;
    /** {@link TcpTunable#ECN}: if the peer asks. */
    static final int ANSWER = 1;
    /** {@link TcpTunable#ECN}: ask. */
    static final int REQUEST = 2;

    /** ECT(0) in the traffic class. */
    static final int CAPABLE = 2;

    private static final int CODEPOINT_MASK = 3;
    private static final int CONGESTION_EXPERIENCED = 3;

    private Ecn() {}

    /** Returns the flags that our SYN or SYN-ACK carries; a SYN sent again asks no more (6.1.1.1). */
    static int handshakeFlags(TcpConnection connection, boolean answers, boolean again) {
        if (!connection.ecnOn || (again && !answers)) {
            return 0;
        }
        return answers ? TcpHeader.ECE : TcpHeader.ECE | TcpHeader.CWR;
    }

    /** Takes what the peer's SYN or SYN-ACK says about ECN. */
    static void takeHandshake(TcpConnection connection, Segment segment) {
        boolean echo = segment.has(TcpHeader.ECE);
        boolean reduced = segment.has(TcpHeader.CWR);
        boolean agreed = segment.has(TcpHeader.ACK) ? echo && !reduced : echo && reduced;
        connection.ecnOn &= agreed;
    }

    /** Returns whether what was received before must be acknowledged first, with the old echo (RFC 8257, 3.2). */
    static boolean changesEcho(TcpConnection connection, Segment segment) {
        return connection.exactEcho
                && connection.ackOwed == AckOwed.DELAYED
                && isMarked(segment) != connection.echoOwed;
    }

    /** Takes the marks of an acceptable segment with text. */
    static void takeMark(TcpConnection connection, Segment segment) {
        if (!connection.ecnOn) {
            return;
        }
        boolean marked = isMarked(segment);
        if (connection.exactEcho) {
            connection.echoOwed = marked;
            return;
        }
        if (segment.has(TcpHeader.CWR)) {
            connection.echoOwed = false;
        }
        connection.echoOwed |= marked;
    }

    /** Returns the ECN flags of the next segment; {@code fresh} if it carries new text. */
    static int flags(TcpConnection connection, boolean fresh) {
        int flags = connection.echoOwed ? TcpHeader.ECE : 0;
        return fresh && connection.reductionOwed ? flags | TcpHeader.CWR : flags;
    }

    private static boolean isMarked(Segment segment) {
        return (segment.trafficClass & CODEPOINT_MASK) == CONGESTION_EXPERIENCED;
    }
}
