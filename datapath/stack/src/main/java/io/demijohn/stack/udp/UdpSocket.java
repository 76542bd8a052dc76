package io.demijohn.stack.udp;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.link.FrameQueue;
import org.jspecify.annotations.Nullable;

/**
 * One bound UDP port with its queue of received datagrams.
 *
 * <p>Made and owned by {@link Udp}; driver thread only. The queue is bounded by the memory that its datagrams hold, whole
 * packet buffers, so that small datagrams cannot eat the pool.
 *
 * <pre>
 *   buffer of a queued datagram:   ... | source high 8 | source low 8 | source port 4 |==== payload (the window) ====|
 * </pre>
 */
public final class UdpSocket {
    /** Event: datagrams wait. */
    public static final int READABLE = 1;
    /** Event: {@link #takeError} says what an ICMP report said. */
    public static final int ERROR = 16;
    /** Event: the socket was closed; no further events. */
    public static final int CLOSED = 32;

    private static final int SENDER_BYTES = 20;

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
    private @Nullable IpAddress remoteAddress;
    private int remotePort;
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
        return Mem.getIntBe(datagram.address() - 4);
    }

    /** Gives the oldest datagram, its window the payload, or null; valid until released. */
    public @Nullable PacketBuffer poll() {
        PacketBuffer datagram = queue.poll();
        if (datagram != null) {
            queuedBytes -= datagram.capacity();
        }
        return datagram;
    }

    /** Returns how many datagrams wait. */
    public int waiting() {
        return queue.count();
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
        if (queuedBytes + datagram.capacity() > limitBytes) {
            return false;
        }
        long at = datagram.address() - SENDER_BYTES; // over headers already read
        Mem.putLong(at, peerHigh);
        Mem.putLong(at + 8, peerLow);
        Mem.putIntBe(at + 16, peerPort);
        queuedBytes += datagram.capacity();
        queue.add(datagram);
        events |= READABLE;
        return true;
    }

    void fail(int status) {
        error = status;
        events |= ERROR;
    }

    void close() {
        closed = true;
        queue.releaseAll();
        queuedBytes = 0;
        events |= CLOSED;
    }
}
