package io.demijohn.sim;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.wire.TcpHeader;
import java.util.HashMap;
import java.util.Map;

/**
 * Decides about single frames on the wire before chance does: the place for faults aimed at one frame.
 *
 * <p>Used by one world on its thread. Looks at frames, never changes or keeps them.
 */
@FunctionalInterface
public interface FrameFilter {
    /** Bits of {@link #tcpFlags}. */
    int FIN = 1;

    int SYN = 2;
    int RST = 4;
    int ACK = 16;

    /** Most frames of one stream that {@link #dropTail} drops. */
    int TAIL_FRAMES_MAX = 8;

    /** Lets every frame pass. */
    FrameFilter ALL = (direction, frame, nowNanos) -> true;

    /** Returns whether the frame may pass; {@code direction} is 0 from the first host to the second, else 1. */
    boolean passes(int direction, PacketBuffer frame, long nowNanos);

    /** Returns a filter that drops the {@code ordinal}-th frame, from 1, in which all of these TCP flags are set. */
    static FrameFilter dropNth(int direction, int flags, int ordinal) {
        return new FrameFilter() {
            private int seen;

            @Override
            public boolean passes(int frameDirection, PacketBuffer frame, long nowNanos) {
                boolean matches = frameDirection == direction && (tcpFlags(frame) & flags) == flags;
                return !matches || ++seen != ordinal;
            }
        };
    }

    /** Returns a filter that drops everything in both directions from one moment up to another. */
    static FrameFilter outage(long fromNanos, long untilNanos) {
        return (direction, frame, nowNanos) -> nowNanos - fromNanos < 0 || nowNanos - untilNanos >= 0;
    }

    /**
     * Returns a filter that drops the end of each stream the first time that it comes: what is sent first of the last {@code
     * tailBytes} of {@code streamBytes}, up to {@link #TAIL_FRAMES_MAX} frames. Nothing after it tells the sender of the loss.
     */
    static FrameFilter dropTail(int direction, long streamBytes, int tailBytes) {
        return new FrameFilter() {
            private final Map<Integer, Integer> initials = new HashMap<>();
            private final Map<Integer, Long> highest = new HashMap<>();
            private final Map<Integer, Integer> dropped = new HashMap<>();

            @Override
            public boolean passes(int frameDirection, PacketBuffer frame, long nowNanos) {
                int tcp = TcpFrame.offset(frame);
                if (frameDirection != direction || tcp == 0) {
                    return true;
                }
                long header = frame.address() + tcp;
                int ports = Mem.getIntBe(header);
                int flags = TcpHeader.flags(header);
                if ((flags & SYN) != 0) {
                    initials.putIfAbsent(ports, TcpHeader.sequence(header));
                    return true;
                }
                int initial = initials.getOrDefault(ports, 0);
                int payloadBytes = frame.length() - TcpFrame.payloadOffset(frame, tcp);
                long end = Integer.toUnsignedLong(TcpHeader.sequence(header) - initial - 1) + payloadBytes;
                boolean fresh = end > highest.getOrDefault(ports, -1L) && (payloadBytes > 0 || (flags & FIN) != 0);
                if (fresh) {
                    highest.put(ports, end);
                }
                boolean passes = !fresh || end <= streamBytes - tailBytes;
                return passes || dropped.merge(ports, 1, Integer::sum) > TAIL_FRAMES_MAX;
            }
        };
    }

    /** Returns a filter that lets pass what both let pass; the second sees only what the first let pass. */
    default FrameFilter and(FrameFilter second) {
        return (direction, frame, nowNanos) ->
                passes(direction, frame, nowNanos) && second.passes(direction, frame, nowNanos);
    }

    /** Returns the TCP flags of a frame, or 0 if it carries no TCP. */
    static int tcpFlags(PacketBuffer frame) {
        int tcp = TcpFrame.offset(frame);
        return tcp == 0 ? 0 : TcpHeader.flags(frame.address() + tcp);
    }
}
