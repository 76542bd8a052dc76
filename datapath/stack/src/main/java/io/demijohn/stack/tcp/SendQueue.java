package io.demijohn.stack.tcp;

import io.demijohn.device.Mem;
import io.demijohn.device.Require;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * What the application wrote and the peer has not acknowledged, by absolute position in the stream from 0.
 *
 * <pre>
 *   position   0 ....... acknowledged =============== appended ........ acknowledged + capacity
 *   chunks        head -link-&gt; [4096 bytes] -link-&gt; ... -link-&gt; [tail, partly filled]
 *
 *   appended = {@link #HOME} | {@link #BUSY} | count of bytes appended (62 bits)
 * </pre>
 *
 * <p>One application thread at a time appends, the engine's driver copies out and acknowledges. A chunk holds the bytes
 * whose positions share all but the low 12 bits; the writer takes it and links it behind the tail, the driver frees it.
 * Bytes and links are written before {@code appended} is published with release and read after it was read with acquire.
 *
 * <p>The last chunk belongs to both: the writer may go on in it, the driver gives it home once everything is acknowledged,
 * and one exchange on {@code appended} decides. The driver swaps the bare count for the count with HOME, which fails if the
 * writer added something or is at it (BUSY); the writer that finds HOME takes a new chunk, and needs no exchange because
 * there is nothing that the driver could take. An idle connection so holds no chunk. No locks, no allocation.
 *
 * <p>Deviates: design.md section 4 promises one copy; the driver copies once more from here into each packet until the
 * device SPI can gather.
 */
public final class SendQueue {
    private static final VarHandle APPENDED;
    private static final VarHandle ACKNOWLEDGED;
    private static final int CHUNK_SHIFT = Integer.numberOfTrailingZeros(SendMemory.CHUNK_BYTES);
    private static final int OFFSET_MASK = SendMemory.CHUNK_BYTES - 1;
    private static final int NONE = -1;
    /** Free share of the memory below which a connection holds at most {@link #SHORT_BYTES}. */
    private static final int SHORT_DIVISOR = 8;

    private static final int SHORT_BYTES = 4 * SendMemory.CHUNK_BYTES;
    /** Free share of the memory below which a connection holds at most {@link #SCARCE_BYTES}. */
    private static final int SCARCE_DIVISOR = 32;

    private static final int SCARCE_BYTES = SendMemory.CHUNK_BYTES;
    /** Set in {@code appended} while the queue holds no chunk. */
    private static final long HOME = 1L << 63;
    /** Set in {@code appended} while the writer fills a chunk that was there before. */
    private static final long BUSY = 1L << 62;

    private static final long COUNT_MASK = BUSY - 1;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            APPENDED = lookup.findVarHandle(SendQueue.class, "appended", long.class);
            ACKNOWLEDGED = lookup.findVarHandle(SendQueue.class, "acknowledged", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final SendMemory memory;
    private volatile int capacityBytes; // the driver sets it

    @SuppressWarnings("UnusedVariable") // read and written through APPENDED
    private volatile long appended = HOME;

    private volatile long acknowledged;
    private volatile long urgentEnd; // the writer sets it

    private int tail = NONE; // the writer's: the chunk it fills
    private int first; // the writer's until it publishes: the chunk taken while the queue held none

    // the driver's: the oldest chunk with its number in the stream, and those last looked for
    private int head = NONE;
    private int headNumber;
    private int near;
    private int nearNumber;
    private int far;
    private int farNumber;

    /** Makes an empty queue that holds at most {@code capacityBytes} of chunks from {@code memory}. */
    public SendQueue(SendMemory memory, int capacityBytes) {
        Require.that(capacityBytes > 0, "send queue capacity");
        this.memory = memory;
        this.capacityBytes = capacityBytes;
    }

    /** Returns the bound in bytes; any thread. */
    public int capacityBytes() {
        return capacityBytes;
    }

    /** Changes the bound; what is queued beyond it stays; driver only. */
    void setCapacity(int bytes) {
        Require.that(bytes > 0, "send queue capacity");
        capacityBytes = bytes;
    }

    /** Returns where the chunks come from. */
    SendMemory memory() {
        return memory;
    }

    /** Returns how many bytes the bound leaves room for, never negative; exact for the writer, a moment's view for others. */
    public int freeBytes() {
        return Math.max(0, capacityBytes - unacknowledgedBytes());
    }

    /** Returns whether a write would take a byte: the bound and the memory have room; a moment's view. */
    public boolean hasRoom() {
        return writableBytes() > 0 && memory.freeCount() > 0;
    }

    /** While the memory is short, each connection gets what keeps it going and no more. */
    private int writableBytes() {
        int bound = capacityBytes;
        if (memory.isBelow(SHORT_DIVISOR)) {
            bound = Math.min(bound, memory.isBelow(SCARCE_DIVISOR) ? SCARCE_BYTES : SHORT_BYTES);
        }
        return bound - unacknowledgedBytes();
    }

    // ---- the writer ------------------------------------------------------------------------------------------------

    /**
     * Appends what fits of {@code source} and returns how many bytes it took; the writer only. Fewer than {@link #freeBytes}
     * means that the memory is short or empty: back-pressure, the caller tries again when there {@link #hasRoom}.
     */
    public int write(ByteBuffer source) {
        int wanted = Math.min(source.remaining(), writableBytes());
        if (wanted <= 0) {
            return 0;
        }
        long position = enter();
        int taken = 0;
        while (taken < wanted) {
            long target = writeAddress(position + taken);
            if (target == 0) {
                break;
            }
            int step = Math.min(wanted - taken, roomInChunk(position + taken));
            Mem.copyIn(source, target, step);
            taken += step;
        }
        leave(position + taken);
        return taken;
    }

    /** Appends what fits of {@code length} bytes from {@code offset} and returns how many it took; the writer only. */
    public int write(byte[] source, int offset, int length) {
        int wanted = Math.min(length, writableBytes());
        if (wanted <= 0) {
            return 0;
        }
        long position = enter();
        int taken = 0;
        while (taken < wanted) {
            long target = writeAddress(position + taken);
            if (target == 0) {
                break;
            }
            int step = Math.min(wanted - taken, roomInChunk(position + taken));
            Mem.copyIn(source, offset + taken, target, step);
            taken += step;
        }
        leave(position + taken);
        return taken;
    }

    /**
     * Appends one urgent byte, behind which the urgent pointer of what is sent from now on leads; returns 1, or 0 if there is no
     * room for it. The writer only.
     */
    public int writeUrgent(int octet) {
        if (writableBytes() <= 0) {
            return 0;
        }
        long position = enter();
        long target = writeAddress(position);
        if (target == 0) {
            leave(position);
            return 0;
        }
        Mem.putU8(target, octet);
        urgentEnd = position + 1; // before the byte is there to be sent: whoever sends it finds the mark
        leave(position + 1);
        return 1;
    }

    /** Keeps the last chunk from the driver, or notes that there is none; returns the position to write at. */
    private long enter() {
        long seen = (long) APPENDED.getOpaque(this); // only this thread writes it, but for the driver's setting HOME
        if (seen < 0 || !APPENDED.compareAndSet(this, seen, seen | BUSY)) {
            tail = NONE;
        }
        return seen & COUNT_MASK;
    }

    private void leave(long position) {
        APPENDED.setRelease(this, tail == NONE ? position | HOME : position);
    }

    /** Returns the address for the byte at {@code position}, taking a chunk if there is none for it; 0 if it cannot. */
    private long writeAddress(long position) {
        int last = tail;
        if (last == NONE || ((int) position & OFFSET_MASK) == 0) {
            int chunk = memory.acquire();
            if (chunk < 0) {
                return 0;
            }
            if (last == NONE) {
                first = chunk;
            } else {
                memory.link(last, chunk);
            }
            tail = chunk;
            last = chunk;
        }
        return memory.address(last) + (position & OFFSET_MASK);
    }

    private static int roomInChunk(long position) {
        return SendMemory.CHUNK_BYTES - ((int) position & OFFSET_MASK);
    }

    // ---- any thread ------------------------------------------------------------------------------------------------

    /** Returns how many bytes were ever appended; the driver may copy all below it. */
    public long appendedTotal() {
        return (long) APPENDED.getAcquire(this) & COUNT_MASK;
    }

    /** Returns one beyond the position of the last urgent byte, 0 if there never was one. */
    long urgentEnd() {
        return urgentEnd;
    }

    /** Returns how many bytes were ever acknowledged. */
    public long acknowledgedTotal() {
        return (long) ACKNOWLEDGED.getAcquire(this);
    }

    /** Returns how many bytes were appended and not acknowledged; any thread, a moment's view. */
    public int unacknowledgedBytes() {
        long until = acknowledgedTotal();
        return (int) (appendedTotal() - until);
    }

    // ---- the driver ------------------------------------------------------------------------------------------------

    /** Copies {@code bytes} from {@code position} on, all between acknowledged and appended, to {@code target}; driver only. */
    public void copyTo(long position, int bytes, long target) {
        long total = appendedTotal();
        Require.that(position >= acknowledged && position + bytes <= total, "send queue range");
        if (bytes == 0) {
            return;
        }
        adoptFirst(total);
        int chunk = seek(number(position));
        int done = 0;
        while (true) {
            long at = position + done;
            int step = Math.min(bytes - done, roomInChunk(at));
            Mem.copy(memory.address(chunk) + (at & OFFSET_MASK), target + done, step);
            done += step;
            if (done == bytes) {
                return;
            }
            chunk = memory.linked(chunk);
        }
    }

    /** Frees the chunks of which every byte lies below {@code position}, and the last one if nothing is left; driver only. */
    public void acknowledge(long position) {
        long total = appendedTotal();
        Require.that(position >= acknowledged && position <= total, "send queue acknowledgement");
        adoptFirst(total);
        int last = number(total - 1); // its link may be missing; all before have theirs
        int until = number(position);
        while (headNumber - until < 0 && headNumber - last < 0) {
            int following = memory.linked(head);
            memory.release(head);
            head = following;
            headNumber++;
        }
        ACKNOWLEDGED.setRelease(this, position); // behind the chunks: who sees the room finds them
        if (position == total) {
            giveLastHome(total);
        }
    }

    /** Frees the last chunk if everything is acknowledged, in case the writer was at it when the acknowledgement came; driver only. */
    public void settle() {
        if (head != NONE && acknowledged == appendedTotal()) {
            giveLastHome(acknowledged);
        }
    }

    /** Frees everything; driver only, once no thread can write any more. Idempotent. */
    public void releaseAll() {
        acknowledge(appendedTotal());
    }

    /** Finds the chunk that the writer took while the queue held none, once it is published. */
    private void adoptFirst(long total) {
        if (head == NONE && total > acknowledged) {
            head = first;
            near = first;
            far = first;
            nearNumber = headNumber;
            farNumber = headNumber;
        }
    }

    /** Everything is acknowledged: frees the one chunk that is left unless the writer is at it or went on. */
    private void giveLastHome(long total) {
        if (head != NONE && APPENDED.compareAndSet(this, total, total | HOME)) {
            memory.release(head);
            head = NONE;
            headNumber = number(total);
        }
    }

    /**
     * Returns the chunk of that number, by the links from the nearest one known. New data is looked for behind {@code far},
     * what is sent again behind {@code near}: both go forward, so that links are seldom followed twice.
     */
    private int seek(int number) {
        if (farNumber - headNumber < 0) {
            far = head;
            farNumber = headNumber;
        }
        if (number - farNumber >= 0) {
            far = walk(far, farNumber, number);
            farNumber = number;
            return far;
        }
        if (nearNumber - headNumber < 0 || number - nearNumber < 0) {
            near = head;
            nearNumber = headNumber;
        }
        near = walk(near, nearNumber, number);
        nearNumber = number;
        return near;
    }

    private int walk(int from, int fromNumber, int number) {
        int chunk = from;
        for (int at = fromNumber; at != number; at++) {
            chunk = memory.linked(chunk);
        }
        return chunk;
    }

    /** Returns which chunk of the stream holds the byte at {@code position}; wraps after 16 TiB. */
    private static int number(long position) {
        return (int) (position >> CHUNK_SHIFT);
    }
}
