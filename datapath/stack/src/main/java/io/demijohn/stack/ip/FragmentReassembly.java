package io.demijohn.stack.ip;

import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Require;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.link.FrameQueue;
import org.jspecify.annotations.Nullable;

/**
 * Puts fragments of both families together again (RFC 791, 3.2; RFC 815; RFC 8200, 4.5).
 *
 * <pre>
 *   add(fragment) --> bucket of its source --> datagram of its identifier --> complete: a chain of buffers
 *                                                   |  overlap (RFC 5722): poisoned, takes nothing more
 *                                                   |  30 s, IPv6 60 s: expired, its first fragment through pollExpired
 * </pre>
 *
 * <p>Owned by the stack; driver thread only; allocates nothing after construction. Bounded in datagrams and in buffers,
 * for each source and in all; at a bound the oldest datagram of whoever holds far more than others goes, else the
 * oldest of all, so that no sender keeps others out. A datagram larger than one buffer is given as a chain: a transport that reads its packets from one piece of memory
 * drops those.
 */
public final class FragmentReassembly {
    static final long IPV4_LIFETIME_NANOS = 30_000_000_000L; // RFC 791, 3.2 counts hops; 30 s is Linux's choice
    static final long IPV6_LIFETIME_NANOS = 60_000_000_000L; // RFC 8200, 4.5

    /** Unfinished datagrams, in all and of one source. */
    static final int DATAGRAMS_MAX = 256;

    static final int SOURCE_DATAGRAMS_MAX = 64;

    /** Pieces of one datagram: the fragments of 65,535 bytes at an MTU of 552 are 124. */
    static final int PIECES_MAX = 128;

    /** One in so many buffers of the pool may wait here. */
    private static final int POOL_SHARE = 4;

    /** Whoever holds more than one share of so many loses first. */
    private static final int SHARES = 8;

    private static final int OFFSET_UNIT = 8;
    private static final int BUCKETS = 256;

    private final StackCounters counters;
    private final int buffersMax;
    private final FragmentSource[] sources = new FragmentSource[DATAGRAMS_MAX];
    private final @Nullable FragmentSource[] buckets = new FragmentSource[BUCKETS];
    private final FrameQueue expired = new FrameQueue();
    private @Nullable FragmentSource freeSource;
    private @Nullable PartialDatagram freeDatagram;
    private int datagrams;
    private int buffers;
    private long deadlineNanos = Long.MAX_VALUE;

    private int headerBytes;
    private int trafficClass;

    /** Makes an empty one for a pool of {@code poolBuffers}. */
    public FragmentReassembly(int poolBuffers, StackCounters counters) {
        this.counters = counters;
        this.buffersMax = Math.max(2, poolBuffers / POOL_SHARE);
        for (int index = 0; index < DATAGRAMS_MAX; index++) {
            FragmentSource source = new FragmentSource();
            sources[index] = source;
            source.following = freeSource;
            freeSource = source;
            PartialDatagram datagram = new PartialDatagram();
            datagram.following = freeDatagram;
            freeDatagram = datagram;
        }
    }

    /**
     * Takes a fragment, its window the data and its headers before that, and gives the datagram that it completes: a chain
     * whose head has the first fragment's headers before its window, {@link #headerBytes} of them; or null.
     */
    public @Nullable PacketBuffer add(PacketBuffer packet, Fragment fragment, long nowNanos) {
        counters.fragmentsReceived++;
        int end = fragment.offset + packet.length();
        boolean torn = (fragment.more && packet.length() % OFFSET_UNIT != 0) || packet.more != null;
        if (torn || packet.length() == 0 || end > fragment.dataMaxBytes()) {
            counters.dropFragmentMalformed++;
            packet.release();
            return null;
        }
        FragmentSource source = sourceOf(fragment);
        PartialDatagram datagram = source == null ? null : source.find(fragment);
        if (datagram == null) {
            datagram = start(fragment, nowNanos);
        }
        if (datagram.poisoned) {
            counters.dropFragmentOverlap++;
            packet.release();
            return null;
        }
        return insert(datagram, packet, fragment);
    }

    /** Returns the size of the headers before the completed datagram's window. */
    public int headerBytes() {
        return headerBytes;
    }

    /** Returns the completed datagram's TOS or traffic class. */
    public int trafficClass() {
        return trafficClass;
    }

    /** Drops what was not completed in time. */
    public void advance(long nowNanos) {
        if (deadlineNanos == Long.MAX_VALUE || deadlineNanos - nowNanos > 0) {
            return;
        }
        deadlineNanos = Long.MAX_VALUE;
        for (FragmentSource source : sources) {
            PartialDatagram datagram = source.oldest;
            while (datagram != null && datagram.deadlineNanos - nowNanos <= 0) {
                expire(datagram);
                datagram = source.oldest; // of one family, so in order of their deadlines
            }
            if (datagram != null) {
                expectAt(datagram.deadlineNanos);
            }
        }
    }

    /** Returns when {@link #advance} is due next, or {@link Long#MAX_VALUE}. */
    public long nextDeadlineNanos() {
        return deadlineNanos;
    }

    /** Gives the first fragment of a datagram that expired, its window at the IP header, or null. */
    public @Nullable PacketBuffer pollExpired() {
        return expired.poll();
    }

    /** Returns how many buffers wait. */
    public int bufferCount() {
        return buffers;
    }

    /** Returns how many datagrams are unfinished, those poisoned included. */
    public int datagramCount() {
        return datagrams;
    }

    private @Nullable PacketBuffer insert(PartialDatagram datagram, PacketBuffer packet, Fragment fragment) {
        FragmentSource source = sourceOf(datagram);
        int before = datagram.pieces();
        int result = datagram.insert(packet, fragment);
        account(source, datagram.pieces() - before);
        if (result == PartialDatagram.DUPLICATE) {
            counters.fragmentDuplicates++;
            packet.release();
        } else if (result == PartialDatagram.CONFLICT) {
            counters.dropFragmentOverlap++;
            packet.release();
            discard(datagram);
            datagram.poisoned = true;
        } else if (datagram.isComplete()) {
            return complete(datagram);
        } else {
            holdBounds(datagram);
        }
        return null;
    }

    private @Nullable PacketBuffer complete(PartialDatagram datagram) {
        if (datagram.contradictsEcn()) {
            counters.dropFragmentEcn++;
            remove(datagram);
            return null;
        }
        counters.datagramsReassembled++;
        headerBytes = datagram.headerBytes();
        trafficClass = datagram.trafficClass();
        account(sourceOf(datagram), -datagram.pieces());
        PacketBuffer whole = datagram.take();
        remove(datagram);
        return whole;
    }

    private PartialDatagram start(Fragment fragment, long nowNanos) {
        FragmentSource source = sourceOf(fragment);
        if (source != null && source.datagrams >= SOURCE_DATAGRAMS_MAX) {
            evict(source.oldest);
        } else if (datagrams == DATAGRAMS_MAX) {
            evict(victim(null));
        }
        source = sourceOf(fragment); // the eviction may have ended it
        if (source == null) {
            source = addSource(fragment);
        }
        PartialDatagram datagram = freeDatagram;
        if (datagram == null) {
            throw new IllegalStateException("bug: no free datagram");
        }
        freeDatagram = datagram.following;
        boolean ipv4 = IpAddress.isIpv4(fragment.sourceHigh, fragment.sourceLow);
        datagram.start(fragment, nowNanos + (ipv4 ? IPV4_LIFETIME_NANOS : IPV6_LIFETIME_NANOS));
        source.add(datagram);
        datagrams++;
        expectAt(datagram.deadlineNanos);
        return datagram;
    }

    /** Makes room again after {@code grown} got another piece, which may cost it itself. */
    private void holdBounds(PartialDatagram grown) {
        if (grown.pieces() > PIECES_MAX) {
            evict(grown);
            return;
        }
        FragmentSource source = sourceOf(grown);
        while (source.buffers > buffersMax / 2 || buffers > buffersMax) {
            boolean own = source.buffers > buffersMax / 2;
            PartialDatagram victim = own ? source.oldestExcept(grown) : victim(grown);
            evict(victim == null ? grown : victim);
            if (victim == null) {
                return;
            }
        }
    }

    /** Returns the datagram that makes room: the oldest of a sender with more than its share, else of all. */
    private @Nullable PartialDatagram victim(@Nullable PartialDatagram spared) {
        FragmentSource heaviest = sources[0];
        PartialDatagram oldest = null;
        for (FragmentSource source : sources) {
            boolean more = source.buffers > heaviest.buffers
                    || (source.buffers == heaviest.buffers && source.datagrams > heaviest.datagrams);
            heaviest = more ? source : heaviest;
            PartialDatagram candidate = source.oldestExcept(spared);
            if (candidate != null && (oldest == null || candidate.deadlineNanos - oldest.deadlineNanos < 0)) {
                oldest = candidate;
            }
        }
        boolean unfair = heaviest.buffers > buffersMax / SHARES || heaviest.datagrams > DATAGRAMS_MAX / SHARES;
        return unfair ? heaviest.oldestExcept(spared) : oldest;
    }

    private void evict(@Nullable PartialDatagram datagram) {
        if (datagram != null) {
            counters.fragmentDatagramsEvicted++;
            remove(datagram);
        }
    }

    private void expire(PartialDatagram datagram) {
        if (!datagram.poisoned) {
            counters.fragmentDatagramsExpired++;
        }
        if (datagram.hasFirst() && datagram.pieces() > 0) {
            int header = datagram.headerBytes();
            account(sourceOf(datagram), -datagram.pieces());
            PacketBuffer first = datagram.takeFirst();
            first.prepend(header);
            expired.add(first);
        }
        remove(datagram);
    }

    /** Releases what the datagram holds. */
    private void discard(PartialDatagram datagram) {
        account(sourceOf(datagram), -datagram.pieces());
        datagram.release();
    }

    private void remove(PartialDatagram datagram) {
        FragmentSource source = sourceOf(datagram);
        discard(datagram);
        source.remove(datagram);
        datagram.following = freeDatagram;
        freeDatagram = datagram;
        datagrams--;
        if (source.datagrams == 0) {
            removeSource(source);
        }
    }

    private void account(FragmentSource source, int change) {
        source.buffers += change;
        buffers += change;
    }

    private void expectAt(long dueNanos) {
        if (deadlineNanos == Long.MAX_VALUE || dueNanos - deadlineNanos < 0) {
            deadlineNanos = dueNanos;
        }
    }

    private @Nullable FragmentSource sourceOf(Fragment fragment) {
        FragmentSource source = buckets[bucketOf(fragment.sourceHigh, fragment.sourceLow)];
        while (source != null && (source.low != fragment.sourceLow || source.high != fragment.sourceHigh)) {
            source = source.following;
        }
        return source;
    }

    private static FragmentSource sourceOf(PartialDatagram datagram) {
        FragmentSource source = datagram.source;
        if (source == null) {
            throw new IllegalStateException("bug: datagram without its source");
        }
        return source;
    }

    private FragmentSource addSource(Fragment fragment) {
        FragmentSource source = freeSource;
        if (source == null) {
            throw new IllegalStateException("bug: no free source");
        }
        freeSource = source.following;
        source.high = fragment.sourceHigh;
        source.low = fragment.sourceLow;
        int bucket = bucketOf(source.high, source.low);
        source.following = buckets[bucket];
        buckets[bucket] = source;
        return source;
    }

    private void removeSource(FragmentSource source) {
        Require.that(source.buffers == 0, "fragment buffers of no datagram");
        int bucket = bucketOf(source.high, source.low);
        FragmentSource before = null;
        FragmentSource at = buckets[bucket];
        while (at != null && at != source) {
            before = at;
            at = at.following;
        }
        if (before == null) {
            buckets[bucket] = source.following;
        } else {
            before.following = source.following;
        }
        source.following = freeSource;
        freeSource = source;
    }

    private static int bucketOf(long high, long low) {
        long mixed = (high * 31 + low) * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 32) & (BUCKETS - 1);
    }
}
