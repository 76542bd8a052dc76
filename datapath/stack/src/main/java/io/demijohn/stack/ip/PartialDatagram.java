package io.demijohn.stack.ip;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.link.PacketChain;
import org.jspecify.annotations.Nullable;

/**
 * One datagram of which fragments came: its pieces in order of their offset, joined where they touch and fit one buffer.
 *
 * <pre>
 *   a piece's buffer:   ... | headers of the first fragment, or: ... offset 4 |==== data of one or several fragments ====|
 * </pre>
 *
 * <p>Owned by {@link FragmentReassembly}, reused for one datagram after another; driver thread only. Joining keeps a
 * sender of tiny fragments from holding a whole buffer with each.
 */
final class PartialDatagram {
    /** The fragment is in its place. */
    static final int TAKEN = 0;
    /** All its bytes were there already; it was not taken. */
    static final int DUPLICATE = 1;
    /** Other bytes are in its place, or it contradicts the known end; it was not taken. */
    static final int CONFLICT = 2;

    private static final int OFFSET_BYTES = 4;
    private static final int UNKNOWN = -1;
    private static final int ECN_BITS = 3;
    private static final int CONGESTION_EXPERIENCED = 3;

    long targetHigh;
    long targetLow;
    int protocol;
    int identifier;
    long deadlineNanos;
    /** An overlap was seen: holds nothing and takes nothing until it expires (RFC 5722, 4). */
    boolean poisoned;

    @Nullable
    FragmentSource source;

    @Nullable
    PartialDatagram following; // younger, of the same source; or in the free list

    private @Nullable PacketBuffer head;
    private @Nullable PacketBuffer tail;
    private int pieces;
    private int bytes;
    private int totalBytes;
    private int headerBytes;
    private int trafficClass;
    private boolean congestion;
    private boolean notCapable;

    /** Begins a datagram without any piece. */
    void start(Fragment fragment, long expiresNanos) {
        targetHigh = fragment.targetHigh;
        targetLow = fragment.targetLow;
        protocol = fragment.protocol;
        identifier = fragment.identifier;
        deadlineNanos = expiresNanos;
        poisoned = false;
        pieces = 0;
        bytes = 0;
        totalBytes = UNKNOWN;
        headerBytes = 0;
        trafficClass = 0;
        congestion = false;
        notCapable = false;
    }

    boolean isFor(Fragment fragment) {
        return identifier == fragment.identifier
                && protocol == fragment.protocol
                && targetLow == fragment.targetLow
                && targetHigh == fragment.targetHigh;
    }

    /** Puts the data of {@code packet}, its window, in its place; takes it if it returns {@link #TAKEN}. */
    int insert(PacketBuffer packet, Fragment fragment) {
        int start = fragment.offset;
        int end = start + packet.length();
        boolean beyondEnd = totalBytes != UNKNOWN && (end > totalBytes || (!fragment.more && end != totalBytes));
        if (beyondEnd || (!fragment.more && tail != null && endOf(tail) > end)) {
            return CONFLICT;
        }
        PacketBuffer before = null;
        PacketBuffer after = head;
        PacketBuffer last = tail;
        if (last != null && offsetOf(last) <= start) {
            before = last;
            after = null;
        }
        while (after != null && offsetOf(after) <= start) {
            before = after;
            after = after.more;
        }
        if (before != null && endOf(before) > start) {
            boolean inside = endOf(before) >= end && same(before, packet, start - offsetOf(before));
            return inside ? DUPLICATE : CONFLICT;
        }
        if (after != null && offsetOf(after) < end) {
            return CONFLICT;
        }
        totalBytes = fragment.more ? totalBytes : end;
        note(fragment);
        bytes += packet.length();
        link(before, packet, start);
        return TAKEN;
    }

    boolean isComplete() {
        return bytes == totalBytes;
    }

    /** Returns whether the fragment with the transport header is there. */
    boolean hasFirst() {
        PacketBuffer first = head;
        return first != null && headerBytes > 0;
    }

    /** Returns how many buffers it holds. */
    int pieces() {
        return pieces;
    }

    /** Returns the size of the headers that stand before the first piece. */
    int headerBytes() {
        return headerBytes;
    }

    /** Returns the first fragment's traffic class with the ECN bits of all (RFC 3168, 5.3). */
    int trafficClass() {
        return congestion ? trafficClass | CONGESTION_EXPERIENCED : trafficClass;
    }

    /** Returns whether marked fragments met such as cannot be marked: the datagram must go (RFC 3168, 5.3). */
    boolean contradictsEcn() {
        return congestion && notCapable;
    }

    /** Gives all pieces as a chain, in one buffer if it has the room. */
    @Nullable
    PacketBuffer take() {
        PacketBuffer first = head;
        if (first != null && bytes - first.length() <= first.tailroom()) {
            while (first.more != null) {
                join(first, first.more);
            }
        }
        forget();
        return first;
    }

    /** Gives the first piece alone and releases the others; only if {@link #hasFirst}. */
    PacketBuffer takeFirst() {
        PacketBuffer first = head;
        if (first == null) {
            throw new IllegalStateException("bug: no first fragment");
        }
        forget();
        PacketChain.release(first.more);
        first.more = null;
        return first;
    }

    /** Releases all pieces. */
    void release() {
        PacketBuffer first = head;
        forget();
        PacketChain.release(first);
    }

    private void note(Fragment fragment) {
        int ecn = fragment.trafficClass & ECN_BITS;
        congestion |= ecn == CONGESTION_EXPERIENCED;
        notCapable |= ecn == 0;
        if (fragment.offset == 0) {
            headerBytes = fragment.headerBytes;
            trafficClass = fragment.trafficClass;
        }
    }

    /** Links the packet behind {@code before}, or first, and joins it with its neighbours where they touch. */
    private void link(@Nullable PacketBuffer before, PacketBuffer packet, int start) {
        PacketBuffer after = before == null ? head : before.more;
        if (start > 0) {
            Mem.putInt(packet.address() - OFFSET_BYTES, start); // over headers already read
        }
        packet.more = after;
        if (before == null) {
            head = packet;
        } else {
            before.more = packet;
        }
        if (after == null) {
            tail = packet;
        }
        pieces++;
        if (after != null && offsetOf(after) == endOf(packet)) {
            join(packet, after);
        }
        if (before != null && endOf(before) == start) {
            join(before, packet);
        }
    }

    /** Copies {@code second} into {@code first} if it has the room. */
    private void join(PacketBuffer first, PacketBuffer second) {
        int length = second.length();
        if (length > first.tailroom()) {
            return;
        }
        Mem.copy(second.address(), first.append(length), length);
        first.more = second.more;
        if (second == tail) {
            tail = first;
        }
        second.more = null;
        second.release();
        pieces--;
    }

    private int offsetOf(PacketBuffer piece) {
        return piece == head && headerBytes > 0 ? 0 : Mem.getInt(piece.address() - OFFSET_BYTES);
    }

    private int endOf(PacketBuffer piece) {
        return offsetOf(piece) + piece.length();
    }

    private static boolean same(PacketBuffer piece, PacketBuffer packet, int skip) {
        for (int index = 0; index < packet.length(); index++) {
            if (Mem.getU8(piece.address() + skip + index) != Mem.getU8(packet.address() + index)) {
                return false;
            }
        }
        return true;
    }

    private void forget() {
        head = null;
        tail = null;
        pieces = 0;
        bytes = 0;
    }
}
