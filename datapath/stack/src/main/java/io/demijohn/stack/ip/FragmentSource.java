package io.demijohn.stack.ip;

import org.jspecify.annotations.Nullable;

/**
 * One sender of fragments with its unfinished datagrams, oldest first: what it holds is counted here.
 *
 * <p>Owned by {@link FragmentReassembly}, reused for one sender after another; driver thread only.
 */
final class FragmentSource {
    long high;
    long low;
    int datagrams;
    int buffers;

    @Nullable
    PartialDatagram oldest;

    @Nullable
    FragmentSource following; // in its bucket, or in the free list

    private @Nullable PartialDatagram youngest;

    /** Returns the unfinished datagram that the fragment belongs to, or null. */
    @Nullable
    PartialDatagram find(Fragment fragment) {
        PartialDatagram datagram = oldest;
        while (datagram != null && !datagram.isFor(fragment)) {
            datagram = datagram.following;
        }
        return datagram;
    }

    void add(PartialDatagram datagram) {
        datagram.source = this;
        datagram.following = null;
        PartialDatagram last = youngest;
        if (last == null) {
            oldest = datagram;
        } else {
            last.following = datagram;
        }
        youngest = datagram;
        datagrams++;
    }

    void remove(PartialDatagram datagram) {
        PartialDatagram before = null;
        PartialDatagram at = oldest;
        while (at != null && at != datagram) {
            before = at;
            at = at.following;
        }
        if (before == null) {
            oldest = datagram.following;
        } else {
            before.following = datagram.following;
        }
        youngest = youngest == datagram ? before : youngest;
        datagram.source = null;
        datagram.following = null;
        datagrams--;
    }

    /** Returns the oldest datagram other than {@code spared}, or null. */
    @Nullable
    PartialDatagram oldestExcept(@Nullable PartialDatagram spared) {
        PartialDatagram first = oldest;
        return first == spared && first != null ? first.following : first;
    }
}
