package io.demijohn.stack.udp;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.group.GroupFilter;
import io.demijohn.stack.ip.Service;
import io.demijohn.stack.link.FrameQueue;
import io.demijohn.stack.link.PacketChain;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One bound UDP port with its queue of received datagrams, each a {@link PacketChain}.
 *
 * <p>Made and owned by {@link Udp}; driver thread only. The queue is bounded by the memory that its datagrams hold, whole
 * packet buffers, so that small datagrams cannot eat the pool.
 *
 * <pre>
 *   head of a queued datagram:   ... | source high 8 | source low 8 | source port 4 | pieces 4 |==== payload ====|  -> next
 * </pre>
 */
public final class UdpSocket {
    /** Event: datagrams wait. */
    public static final int READABLE = 1;
    /** Event: {@link #takeError} says what an ICMP report said. */
    public static final int ERROR = 16;
    /** Event: the socket was closed; no further events. */
    public static final int CLOSED = 32;

    /** Groups that one socket is in at most. */
    public static final int GROUPS_MAX = 64;

    /** Says that the stack's own hop limit is meant. */
    public static final int HOP_LIMIT_DEFAULT = -1;

    private static final int SENDER_BYTES = 24;
    private static final int PORT_AT = 16;
    private static final int PIECES_AT = 20;

    /** Whatever the engine hangs here; UDP never looks at it. */
    public @Nullable Object attachment;

    @Nullable
    UdpSocket nextInBucket;

    @Nullable
    UdpSocket nextTouched;

    boolean touched;
    boolean closed;

    private final IpAddress localAddress;
    private final int localPort;
    private final boolean reuseAddress;
    private final int limitBytes;
    private final FrameQueue queue = new FrameQueue();
    private GroupFilter[] filters = {};
    private int filterCount;
    private @Nullable IpAddress groupSource;
    private boolean broadcast;
    private boolean groupLoop = true;
    private int groupHopLimit = 1;
    private int hopLimit = HOP_LIMIT_DEFAULT;
    private int trafficClass;
    private int softError;
    private @Nullable IpAddress remoteAddress;
    private int remotePort;
    private int waiting;
    private int queuedBytes;
    private int events;
    private int error;

    UdpSocket(IpAddress localAddress, int localPort, boolean reuseAddress, int limitBytes) {
        this.localAddress = localAddress;
        this.localPort = localPort;
        this.reuseAddress = reuseAddress;
        this.limitBytes = limitBytes;
    }

    /** Returns the sender's address of a polled datagram, its high half. */
    public static long senderHigh(PacketBuffer datagram) {
        return Mem.getLong(datagram.address() - SENDER_BYTES);
    }

    /** Returns the sender's address of a polled datagram, its low half. */
    public static long senderLow(PacketBuffer datagram) {
        return Mem.getLong(datagram.address() - SENDER_BYTES + 8);
    }

    /** Returns the sender's port of a polled datagram. */
    public static int senderPort(PacketBuffer datagram) {
        return Mem.getInt(datagram.address() - SENDER_BYTES + PORT_AT);
    }

    /** Gives the oldest datagram, a chain whose windows are the payload, or null; valid until released as such. */
    public @Nullable PacketBuffer poll() {
        PacketBuffer datagram = queue.poll();
        if (datagram == null) {
            return null;
        }
        waiting--;
        queuedBytes -= datagram.capacity();
        PacketBuffer last = datagram;
        for (int pieces = Mem.getInt(datagram.address() - SENDER_BYTES + PIECES_AT); pieces > 1; pieces--) {
            PacketBuffer piece = queue.poll();
            if (piece != null) {
                queuedBytes -= piece.capacity();
                last.more = piece;
                last = piece;
            }
        }
        return datagram;
    }

    /** Returns how many datagrams wait. */
    public int waiting() {
        return waiting;
    }

    /** Accepts datagrams and errors from this peer alone from now on; null accepts all again. */
    public void connect(@Nullable IpAddress address, int port) {
        remoteAddress = address;
        remotePort = port;
        error = 0;
    }

    public @Nullable IpAddress remoteAddress() {
        return remoteAddress;
    }

    public int remotePort() {
        return remotePort;
    }

    public IpAddress localAddress() {
        return localAddress;
    }

    public int localPort() {
        return localPort;
    }

    /** Returns the event bits since the last call and clears them. */
    public int takeEvents() {
        int taken = events;
        events = 0;
        return taken;
    }

    /** Returns the pending {@link UdpStatus} of a connected socket and clears it; 0 for none. */
    public int takeError() {
        int taken = error;
        error = 0;
        return taken;
    }

    /** Returns what the last report of trouble that may pass said, a {@link UdpStatus}, or 0; clears it. */
    public int takeSoftError() {
        int taken = softError;
        softError = 0;
        return taken;
    }

    // ---- options ---------------------------------------------------------------------------------------------------

    /** Allows or forbids datagrams to broadcast addresses; at first they are forbidden. */
    public void setBroadcast(boolean on) {
        broadcast = on;
    }

    /** Sets whether our own datagrams to groups come back to this host's members; at first they do. */
    public void setGroupLoop(boolean on) {
        groupLoop = on;
    }

    /** Sets how many links datagrams to groups cross, 0 to 255; at first 1 (RFC 1112, 6.1). */
    public void setGroupHopLimit(int hops) {
        groupHopLimit = hops;
    }

    /** Sets the hop limit of other datagrams, or {@link #HOP_LIMIT_DEFAULT}. */
    public void setHopLimit(int hops) {
        hopLimit = hops;
    }

    /** Sets the TOS or traffic class octet of datagrams. */
    public void setTrafficClass(int octet) {
        trafficClass = octet;
    }

    /** Sets our address that datagrams to groups come from: the outgoing interface; null lets the routes choose. */
    public void setGroupSource(@Nullable IpAddress own) {
        groupSource = own;
    }

    @Nullable
    IpAddress groupSource() {
        return groupSource;
    }

    boolean mayBroadcast() {
        return broadcast;
    }

    /** Returns the {@link Service} of a datagram. */
    int service(boolean toGroup) {
        return Service.of(trafficClass, toGroup ? groupHopLimit : hopLimit, groupLoop);
    }

    // ---- groups ----------------------------------------------------------------------------------------------------

    /** Returns what the socket wants of a group, or null. */
    @Nullable
    GroupFilter filter(long groupHigh, long groupLow) {
        for (int index = 0; index < filterCount; index++) {
            if (filters[index].isFor(groupHigh, groupLow)) {
                return filters[index];
            }
        }
        return null;
    }

    @Nullable
    GroupFilter anyFilter() {
        return filterCount == 0 ? null : filters[filterCount - 1];
    }

    boolean hasFilterRoom() {
        return filterCount < GROUPS_MAX;
    }

    void addFilter(GroupFilter filter) {
        if (filterCount == filters.length) {
            filters = Arrays.copyOf(filters, Math.min(GROUPS_MAX, 2 * filterCount + 2));
        }
        filters[filterCount++] = filter;
    }

    void removeFilter(GroupFilter filter) {
        for (int index = 0; index < filterCount; index++) {
            if (filters[index] == filter) {
                filters[index] = filters[--filterCount];
                return;
            }
        }
    }

    /** Returns whether it hears what that peer sent to a group or broadcast address. */
    boolean hears(long groupHigh, long groupLow, boolean multicast, long peerHigh, long peerLow, int peerPort) {
        boolean bound = !localAddress.isAny();
        if (bound && (localAddress.low() != groupLow || localAddress.high() != groupHigh)) {
            return false;
        }
        IpAddress peer = remoteAddress;
        if (peer != null && (peer.low() != peerLow || peer.high() != peerHigh || remotePort != peerPort)) {
            return false;
        }
        GroupFilter filter = multicast ? filter(groupHigh, groupLow) : null;
        return !multicast || (filter != null && filter.accepts(peerHigh, peerLow));
    }

    // ---- for Udp ---------------------------------------------------------------------------------------------------

    boolean conflictsWith(IpAddress address, int port, boolean reuse) {
        boolean overlap = localAddress.isAny() || address.isAny() || localAddress.equals(address);
        return localPort == port && overlap && !(reuse && reuseAddress);
    }

    /** Returns how well a datagram fits: 0 not at all, more for a fixed local address and again for a fixed peer. */
    int match(long localHigh, long localLow, long peerHigh, long peerLow, int peerPort) {
        int score = 1;
        if (!localAddress.isAny()) {
            if (localAddress.low() != localLow || localAddress.high() != localHigh) {
                return 0;
            }
            score++;
        }
        IpAddress peer = remoteAddress;
        if (peer != null) {
            if (peer.low() != peerLow || peer.high() != peerHigh || remotePort != peerPort) {
                return 0;
            }
            score += 2;
        }
        return score;
    }

    /** Queues a datagram whose window is its payload; takes it only if it returns true. */
    boolean offer(PacketBuffer datagram, long peerHigh, long peerLow, int peerPort) {
        int pieces = PacketChain.pieces(datagram);
        if (queuedBytes + pieces * datagram.capacity() > limitBytes) {
            return false;
        }
        long at = datagram.address() - SENDER_BYTES; // over headers already read
        Mem.putLong(at, peerHigh);
        Mem.putLong(at + 8, peerLow);
        Mem.putInt(at + PORT_AT, peerPort);
        Mem.putInt(at + PIECES_AT, pieces);
        queuedBytes += pieces * datagram.capacity();
        waiting++;
        PacketBuffer piece = datagram;
        while (piece != null) {
            PacketBuffer following = piece.more; // each by itself from here on
            piece.more = null;
            queue.add(piece);
            piece = following;
        }
        events |= READABLE;
        return true;
    }

    void failSoftly(int status) {
        softError = status;
    }

    void fail(int status) {
        error = status;
        events |= ERROR;
    }

    void close() {
        closed = true;
        queue.releaseAll();
        waiting = 0;
        queuedBytes = 0;
        events |= CLOSED;
    }
}
