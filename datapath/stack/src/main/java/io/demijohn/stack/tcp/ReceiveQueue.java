package io.demijohn.stack.tcp;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Require;
import io.demijohn.stack.link.PacketChain;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * In-order payload on its way to the application, held in the packets that brought it.
 *
 * <pre>
 *   first -&gt; [packet] -next-&gt; [packet] -next-&gt; [newest packet | tailroom]
 *               ^ reader: current, currentRead         ^ driver: newest; small payloads are copied behind its bytes
 * </pre>
 *
 * <p>The engine's driver offers, one application thread at a time reads. A packet's bytes, window and {@code next} are
 * written before {@code next} (or {@code first}) and then {@code offered} are published with release. The reader looks at
 * {@code offered} first: if its packet then has no successor, all bytes up to that count lie in it; else its window is
 * final. The reader leaves a packet for its successor, or gives the newest one home when it has read everything: whether
 * the driver may append to it or the reader may free it is decided by one exchange on {@code tail}, which holds the count
 * offered so far, {@link #BUSY} while the driver adds, or {@link #EMPTY} once the reader took the last packet. An idle
 * connection so holds no packet. No locks, no allocation.
 *
 * <p>Urgent bytes lie in the stream like all others. Unless they are wanted inline, reads stop before them and step over
 * them, as the kernel's do.
 */
public final class ReceiveQueue {
    private static final VarHandle OFFERED;
    private static final VarHandle READ;
    private static final VarHandle FIRST;
    private static final VarHandle NEXT;
    private static final VarHandle TAIL;
    private static final int SMALL_DIVISOR = 4;
    private static final long BUSY = -1;
    private static final long EMPTY = -2;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            OFFERED = lookup.findVarHandle(ReceiveQueue.class, "offered", long.class);
            READ = lookup.findVarHandle(ReceiveQueue.class, "read", long.class);
            TAIL = lookup.findVarHandle(ReceiveQueue.class, "tail", long.class);
            FIRST = lookup.findVarHandle(ReceiveQueue.class, "first", PacketBuffer.class);
            NEXT = lookup.findVarHandle(PacketBuffer.class, "next", PacketBuffer.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int capacityBytes; // the driver sets it

    @SuppressWarnings("UnusedVariable") // read and written through OFFERED
    private volatile long offered;

    @SuppressWarnings("UnusedVariable") // read and written through READ
    private volatile long read;

    @SuppressWarnings("UnusedVariable") // read and written through TAIL
    private volatile long tail = EMPTY;

    private volatile @Nullable UrgentMarks urgentMarks; // null until the peer sends an urgent pointer
    private volatile boolean urgentInline;
    private volatile @Nullable PacketBuffer first;
    private @Nullable PacketBuffer newest; // the driver's, if the reader has not taken it
    private @Nullable PacketBuffer current; // the reader's
    private int currentRead; // the reader's: bytes of current that it has read
    private boolean released; // the driver's

    /** Makes an empty queue whose window is {@code capacityBytes}. */
    public ReceiveQueue(int capacityBytes) {
        Require.that(capacityBytes > 0, "receive queue capacity");
        this.capacityBytes = capacityBytes;
    }

    /** Returns the bound in bytes; any thread. */
    public int capacityBytes() {
        return capacityBytes;
    }

    /** Changes the bound; what is queued beyond it stays; driver only. */
    void setCapacity(int bytes) {
        Require.that(bytes > 0, "receive queue capacity");
        capacityBytes = bytes;
    }

    /**
     * Adds {@code length} bytes that start {@code offset} bytes into the packet, one buffer or a chain; driver only. Takes
     * one reference of the packet, which must be the only one, and may change its window. Returns false, the packet
     * released, if nobody will read any more.
     */
    public boolean offer(PacketBuffer packet, int offset, int length) {
        if (released || length == 0) {
            packet.release();
            return !released;
        }
        PacketBuffer head = PacketChain.cut(packet, offset, length);
        long before = (long) OFFERED.get(this); // plain: only the driver writes it
        PacketBuffer last = TAIL.compareAndSet(this, before, BUSY) ? newest : null;
        boolean small = head.more == null && length <= head.capacity() / SMALL_DIVISOR;
        if (last != null && small && length <= last.tailroom()) {
            Mem.copy(head.address(), last.append(length), length);
            head.release();
        } else {
            newest = linked(head);
            if (last == null) {
                FIRST.setRelease(this, head);
            } else {
                NEXT.setRelease(last, head);
            }
        }
        OFFERED.setRelease(this, before + length);
        TAIL.setRelease(this, before + length);
        return true;
    }

    /** Makes a packet's pieces a part of the list, before anybody sees them there, and returns the last. */
    private static PacketBuffer linked(PacketBuffer head) {
        PacketBuffer last = head;
        for (PacketBuffer piece = head.more; piece != null; piece = last.more) {
            last.more = null;
            last.next = piece;
            last = piece;
        }
        last.next = null;
        return last;
    }

    /** Returns the room left for the peer, in bytes; never negative. */
    public int windowBytes() {
        return Math.max(0, capacityBytes - (int) (offeredTotal() - readTotal()));
    }

    /** Returns how many bytes were ever offered. */
    public long offeredTotal() {
        return (long) OFFERED.getAcquire(this);
    }

    /** Returns how many bytes were ever read or discarded. */
    public long readTotal() {
        return (long) READ.getAcquire(this);
    }

    /** Returns how many bytes wait; any thread, exact for the reader. */
    public int availableBytes() {
        return (int) (offeredTotal() - readTotal());
    }

    /**
     * Returns how many bytes the next read finds: all that wait, or those before the next urgent byte that is left out; any
     * thread, exact for the reader.
     */
    public int readableBytes() {
        int available = availableBytes();
        UrgentMarks marks = urgentMarks; // behind the look at what is offered: marks come before their bytes
        if (marks == null || urgentInline || available == 0) {
            return available;
        }
        long from = readTotal();
        int skipped = Math.min(available, marks.urgentAt(from));
        return (int) Math.min(available - skipped, marks.distanceFrom(from + skipped));
    }

    /** Chooses whether urgent bytes are read in their place or left out (SO_OOBINLINE); any thread. */
    public void setUrgentInline(boolean on) {
        urgentInline = on;
    }

    /** Notes that the byte at {@code position} of the stream, which is not offered yet, is urgent; driver only. */
    void markUrgent(long position) {
        UrgentMarks marks = urgentMarks;
        if (marks == null) {
            marks = new UrgentMarks();
            urgentMarks = marks;
        }
        marks.add(position);
    }

    /** Steps over urgent bytes that are not wanted and returns how many bytes may be read at once; the reader only. */
    private int beginRead() {
        int available = availableBytes();
        UrgentMarks marks = urgentMarks; // behind the look at what is offered: marks come before their bytes
        if (marks == null || urgentInline) {
            return available;
        }
        int skipped = Math.min(available, marks.urgentAt(readTotal()));
        skip(skipped);
        return (int) Math.min(available - skipped, marks.distanceFrom(readTotal()));
    }

    /** Moves what fits into {@code target} and returns how many bytes that was, 0 for none; the reader only. */
    public int read(ByteBuffer target) {
        int wanted = Math.min(target.remaining(), beginRead());
        int done = 0;
        while (done < wanted) {
            int step = Math.min(wanted - done, seekReadable());
            Mem.copyOut(readAddress(), target, step);
            currentRead += step;
            done += step;
        }
        return finishRead(done);
    }

    /** Moves up to {@code length} bytes to {@code offset} of {@code target} and returns their count; the reader only. */
    public int read(byte[] target, int offset, int length) {
        int wanted = Math.min(length, beginRead());
        int done = 0;
        while (done < wanted) {
            int step = Math.min(wanted - done, seekReadable());
            Mem.copyOut(readAddress(), target, offset + done, step);
            currentRead += step;
            done += step;
        }
        return finishRead(done);
    }

    /** Drops all that waits; the reader only. */
    public void discard() {
        skip(availableBytes());
    }

    private void skip(int wanted) {
        int done = 0;
        while (done < wanted) {
            int step = Math.min(wanted - done, seekReadable());
            currentRead += step;
            done += step;
        }
        finishRead(done);
    }

    /** Frees every packet and refuses further ones; driver only, once no thread can read any more. Idempotent. */
    public void releaseAll() {
        PacketBuffer packet = current != null ? current : first;
        while (packet != null) {
            PacketBuffer following = packet.next;
            packet.next = null;
            packet.release();
            packet = following;
        }
        released = true;
        current = null;
        newest = null;
        first = null;
    }

    /** Goes to the packet with the next unread byte, which exists, and returns how many may be read there. */
    private int seekReadable() {
        PacketBuffer packet = current;
        if (packet == null) {
            packet = (PacketBuffer) FIRST.getAcquire(this);
            Require.that(packet != null, "receive queue has bytes but no packet");
            current = packet;
        }
        while (true) {
            PacketBuffer following = (PacketBuffer) NEXT.getAcquire(packet);
            if (following == null) {
                return Integer.MAX_VALUE; // the caller's count, looked up before, ends in this packet
            }
            int left = packet.length() - currentRead;
            if (left > 0) {
                return left;
            }
            packet.releaseRemote();
            packet = following;
            current = packet;
            currentRead = 0;
        }
    }

    private long readAddress() {
        return Objects.requireNonNull(current).address() + currentRead;
    }

    private int finishRead(int bytes) {
        if (bytes > 0) {
            long total = (long) READ.get(this) + bytes; // plain: only the reader writes it
            READ.setRelease(this, total);
            if ((long) TAIL.getAcquire(this) == total) {
                giveLastHome(total);
            }
        }
        return bytes;
    }

    /** Everything is read: frees the last packet unless the driver is adding to it at this moment. */
    private void giveLastHome(long total) {
        PacketBuffer last = Objects.requireNonNull(current);
        FIRST.setRelease(this, null); // before the driver can find the queue empty and publish another
        if (TAIL.compareAndSet(this, total, EMPTY)) {
            current = null;
            currentRead = 0;
            last.releaseRemote();
        }
    }
}
