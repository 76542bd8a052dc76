package io.demijohn.stack.tcp;

import io.demijohn.stack.timer.TimerWheel;

/**
 * What one connection has sent and not heard of, and how the recovery of losses in it stands.
 *
 * <p>Part of a {@link TcpConnection}; driver only. State without behaviour: {@link SentSegments} keeps the two lists and the
 * sums of bytes, {@link LossRecovery}, {@link Scoreboard}, {@link Rack} and {@link RetransmissionTimer} do the rest.
 */
final class Flight {
    /** How the sender sees the network. */
    enum Phase {
        /** Nothing is known to be lost. */
        OPEN,
        /** Losses were found by acknowledgements: fast recovery up to {@link #recover}. */
        RECOVERY,
        /** The retransmission timer ran out: everything up to {@link #recover} is sent again. */
        LOSS
    }

    /** Records in order of sequence numbers. */
    int first = SentSegments.NONE;

    int last = SentSegments.NONE;
    /** Records neither SACKed nor lost in the order in which they were sent last. */
    int oldest = SentSegments.NONE;

    int newest = SentSegments.NONE;
    int count;
    int outstandingBytes;
    int sackedBytes;
    int sackedCount;
    /** Bytes found lost and not sent again since. */
    int lostBytes;
    /** Without SACK: bytes that duplicate acknowledgements stand for (RFC 5681, 3.2). */
    int duplicateBytes;
    /** Record that the last SACK block ended in, where the next search begins. */
    int sackHint = SentSegments.NONE;
    /** No lost record stands before this one. */
    int lostHint = SentSegments.NONE;

    Phase phase = Phase.OPEN;
    /** One beyond the highest number sent when the last recovery began (RFC 6582, 3.2). */
    long recover;
    /** Window of fast recovery, by proportional rate reduction. */
    int recoveryWindow;

    int duplicateAcks;
    int reductionDelivered;
    int reductionOut;
    int reductionFlightBytes;

    // ---- RACK (RFC 8985, 5.2) --------------------------------------------------------------------------------------
    /** When the delivered segment that was sent last was sent, its end and its round trip. */
    long rackSentNanos = Long.MIN_VALUE;

    long rackEnd;
    long rackRttNanos;
    long rttMinNanos = Long.MAX_VALUE;
    /** One beyond the highest number delivered: RACK.fack. */
    long deliveredEnd;

    boolean reorderingSeen;
    int reorderMultiplier = 1;
    int reorderPersist;
    long reorderRoundEnd = Long.MIN_VALUE;
    /** When segments that were overtaken count as lost. */
    long reorderNanos = TimerWheel.NEVER;

    // ---- tail loss probe (RFC 8985, 7) -----------------------------------------------------------------------------
    /** SND.NXT when the probe was sent, else {@link Sequence#NEVER}. */
    long probeEnd = Sequence.NEVER;

    boolean probeRepeated;

    // ---- undoing what was done in vain (RFC 5682, RFC 4015, RFC 2883)
    // ------------------------------------------------
    /** SND.UNA when the last reduction began, else {@link Sequence#NEVER}: nothing to undo. */
    long undoFrom = Sequence.NEVER;
    /** Segments sent again since that no DSACK has reported. */
    int undoRepeats;
    /** Our timestamp in the first segment sent again. */
    int repeatStamp;

    boolean repeatStamped;
    /** F-RTO: the timeout may have been spurious; what comes next will show. */
    boolean suspicious;
    /** F-RTO's step 2b: new data now instead of lost segments. */
    boolean holdRepeats;

    /** End of the current round trip: HyStart++, DCTCP. */
    long roundEnd;
    /** The last reduction for an echoed congestion mark covers up to here (RFC 3168, 6.1.2). */
    long echoEnd;

    Flight(long sendInitial) {
        recover = sendInitial;
        deliveredEnd = sendInitial;
        roundEnd = sendInitial;
        echoEnd = sendInitial;
    }

    /** Returns the bytes believed to be in the network: RFC 6675's pipe. */
    int pipeBytes() {
        return Math.max(0, outstandingBytes - sackedBytes - lostBytes - duplicateBytes);
    }

    boolean isEmpty() {
        return first == SentSegments.NONE;
    }
}
