package io.demijohn.stack.tcp;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.link.PacketChain;
import org.jspecify.annotations.Nullable;

/**
 * Segments that arrived before the bytes in front of them, kept in the packets that brought them.
 *
 * <pre>
 *   connection.outOfOrder -next-&gt; [seq 5000, 1000 bytes] -next-&gt; [seq 8000, 200 bytes] = outOfOrderLast
 *
 *   packet:   | ... old headers ... | sequence (8 bytes) |== payload: the packet's window ==|
 * </pre>
 *
 * <p>The pieces of a packet in several buffers stand here each by itself. The list is in order and without overlap: what is
 * there already wins, except that a newcomer which covers a whole packet replaces it. The sequence number stands where the
 * TCP header was, which is never shorter than 20 bytes, or in a later piece's headroom. Bounds: bytes by the receive window,
 * packets by the configuration. Driver only; never allocates or copies payload.
 */
final class Reassembly {
    private static final int SEQUENCE_BYTES = Long.BYTES;

    private Reassembly() {}

    /** Takes the segment's payload, already within the window; returns false and leaves the packet if it is not kept. */
    static boolean insert(TcpConnection connection, Segment segment, int packetsMax) {
        PacketBuffer before = findBefore(connection, segment.sequence);
        if (before != null) {
            long overlap = end(before) - segment.sequence;
            if (overlap >= segment.length) {
                return true; // all there already
            }
            if (overlap > 0) {
                segment.trimFront((int) overlap);
            }
        }
        int pieces = segment.pieces();
        if (pieces > 1 && connection.outOfOrderCount + pieces > packetsMax) {
            return false; // before anything that it covers goes
        }
        long segmentEnd = segment.sequence + segment.length;
        PacketBuffer after = before == null ? connection.outOfOrder : before.next;
        while (after != null && end(after) <= segmentEnd) {
            PacketBuffer covered = after;
            after = covered.next;
            unlinkAfter(connection, before, covered);
            covered.release();
        }
        if (after != null && sequence(after) < segmentEnd) {
            segment.trimTo((int) (sequence(after) - segment.sequence));
        }
        if (segment.length == 0) {
            return true;
        }
        if (connection.outOfOrderCount >= packetsMax) {
            return false;
        }
        keep(connection, before, PacketChain.cut(segment.take(), segment.offset, segment.length), segment.sequence);
        return true;
    }

    /** Links the pieces of a packet behind {@code before}, each by itself. */
    private static void keep(
            TcpConnection connection, @Nullable PacketBuffer before, PacketBuffer packet, long sequence) {
        PacketBuffer previous = before;
        PacketBuffer piece = packet;
        long at = sequence;
        while (piece != null) {
            PacketBuffer following = piece.more;
            piece.more = null;
            putSequence(piece, at);
            linkAfter(connection, previous, piece);
            at += piece.length();
            previous = piece;
            piece = following;
        }
    }

    /** Returns whether one packet holds all of these bytes already. */
    static boolean holds(TcpConnection connection, long start, long end) {
        PacketBuffer before = findBefore(connection, start);
        return before != null && end(before) >= end;
    }

    /** Moves what has become in-order to the receive queue and advances RCV.NXT; returns how many bytes that was. */
    static int deliver(TcpConnection connection) {
        int delivered = 0;
        PacketBuffer packet = connection.outOfOrder;
        while (packet != null && sequence(packet) <= connection.receiveNext) {
            unlinkAfter(connection, null, packet);
            long fresh = end(packet) - connection.receiveNext;
            if (fresh > 0) {
                int skip = packet.length() - (int) fresh;
                connection.receiveNext += fresh;
                connection.receiveQueue().offer(packet, skip, (int) fresh);
                delivered += (int) fresh;
            } else {
                packet.release();
            }
            packet = connection.outOfOrder;
        }
        return delivered;
    }

    /** Releases all. */
    static void clear(TcpConnection connection) {
        PacketBuffer packet = connection.outOfOrder;
        while (packet != null) {
            unlinkAfter(connection, null, packet);
            packet.release();
            packet = connection.outOfOrder;
        }
    }

    /** Returns the last packet that starts at or before {@code sequence}, or null. */
    private static @Nullable PacketBuffer findBefore(TcpConnection connection, long sequence) {
        PacketBuffer last = connection.outOfOrderLast;
        if (last != null && sequence(last) <= sequence) {
            return last; // the usual case: arrivals behind one hole
        }
        PacketBuffer before = null;
        PacketBuffer at = connection.outOfOrder;
        while (at != null && sequence(at) <= sequence) {
            before = at;
            at = at.next;
        }
        return before;
    }

    private static void linkAfter(TcpConnection connection, @Nullable PacketBuffer before, PacketBuffer packet) {
        if (before == null) {
            packet.next = connection.outOfOrder;
            connection.outOfOrder = packet;
        } else {
            packet.next = before.next;
            before.next = packet;
        }
        if (packet.next == null) {
            connection.outOfOrderLast = packet;
        }
        connection.outOfOrderCount++;
    }

    private static void unlinkAfter(TcpConnection connection, @Nullable PacketBuffer before, PacketBuffer packet) {
        if (before == null) {
            connection.outOfOrder = packet.next;
        } else {
            before.next = packet.next;
        }
        if (packet.next == null) {
            connection.outOfOrderLast = before;
        }
        packet.next = null;
        connection.outOfOrderCount--;
    }

    private static long sequence(PacketBuffer packet) {
        return Mem.getLong(packet.address() - SEQUENCE_BYTES);
    }

    private static long end(PacketBuffer packet) {
        return sequence(packet) + packet.length();
    }

    private static void putSequence(PacketBuffer packet, long sequence) {
        Mem.putLong(packet.address() - SEQUENCE_BYTES, sequence);
    }
}
