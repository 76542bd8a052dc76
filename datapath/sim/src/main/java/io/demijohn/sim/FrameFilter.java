package io.demijohn.sim;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.wire.EthernetHeader;
import io.demijohn.stack.wire.Ipv4Header;

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

    /** Returns the TCP flags of a frame, or 0 if it carries no TCP. */
    static int tcpFlags(PacketBuffer frame) {
        long ip = frame.address() + EthernetHeader.BYTES;
        boolean tcp = frame.length() >= EthernetHeader.BYTES + Ipv4Header.BYTES + 20
                && EthernetHeader.type(frame.address()) == EthernetHeader.TYPE_IPV4
                && Ipv4Header.protocol(ip) == Ipv4Header.PROTOCOL_TCP;
        return tcp ? Mem.getU8(ip + Ipv4Header.headerBytes(ip) + 13) : 0;
    }
}
