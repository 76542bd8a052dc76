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
 *   chunk      position / 4096, kept in slots[chunk &amp; mask]; taken by the writer, freed by the driver
 * </pre>
 *
 * <p>One application thread at a time appends, the engine's driver copies out and acknowledges. Bytes and slots are
 * written before {@code appended} is published with release and read after it was read with acquire; chunks are freed
 * before {@code acknowledged} is published likewise. No locks, no allocation after the first write. The last chunk, partly
 * filled, stays the writer's until {@link #releaseAll}.
 *
 * <p>Deviates: design.md section 4 promises one copy; the driver copies once more from here into each packet until the
 * device SPI can gather.
 */
public final class SendQueue {
    private static final VarHandle APPENDED;
    private static final VarHandle ACKNOWLEDGED;
    private static final int CHUNK_SHIFT = Integer.numberOfTrailingZeros(SendMemory.CHUNK_BYTES);
    private static final int[] NO_SLOTS = {};

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
    private final int capacityBytes;
    private int[] slots = NO_SLOTS; // written by the application before its first publication of appended

    @SuppressWarnings("UnusedVariable") // read and written through APPENDED
    private volatile long appended;

    private volatile long acknowledged;

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

    /** Returns how many bytes the bound leaves room for; exact for the writer, a moment's view for others. */
    public int freeBytes() {
        return capacityBytes - unacknowledgedBytes();
    }

    /**
     * Appends what fits of {@code source} and returns how many bytes it took; the writer only. Fewer than {@link #freeBytes}
     * means that the memory has no chunk left: back-pressure, the caller tries again.
     */
    public int write(ByteBuffer source) {
        int wanted = Math.min(source.remaining(), freeBytes());
        long position = (long) APPENDED.get(this); // plain: only this thread writes it
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
        APPENDED.setRelease(this, position + taken);
        return taken;
    }

    /** Appends what fits of {@code length} bytes from {@code offset} and returns how many it took; the writer only. */
    public int write(byte[] source, int offset, int length) {
        int wanted = Math.min(length, freeBytes());
        long position = (long) APPENDED.get(this); // plain: only this thread writes it
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
        APPENDED.setRelease(this, position + taken);
        return taken;
    }

    /** Returns how many bytes were ever appended; the driver may copy all below it. */
    public long appendedTotal() {
        return (long) APPENDED.getAcquire(this);
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

    /** Copies {@code bytes} from {@code position} on, all between acknowledged and appended, to {@code target}; driver only. */
    public void copyTo(long position, int bytes, long target) {
        Require.that(position >= acknowledged && position + bytes <= appendedTotal(), "send queue range");
        int done = 0;
        while (done < bytes) {
            long at = position + done;
            int step = Math.min(bytes - done, roomInChunk(at));
            Mem.copy(chunkAddress(at), target + done, step);
            done += step;
        }
    }

    /** Frees the whole chunks below {@code position}; driver only. */
    public void acknowledge(long position) {
        long from = (long) ACKNOWLEDGED.get(this); // plain: only the driver writes it
        Require.that(position >= from && position <= appendedTotal(), "send queue acknowledgement");
        for (long chunk = from >> CHUNK_SHIFT; chunk < position >> CHUNK_SHIFT; chunk++) {
            memory.release(slots[(int) chunk & (slots.length - 1)]);
        }
        ACKNOWLEDGED.setRelease(this, position);
    }

    /** Frees everything; driver only, once no thread can write any more. Idempotent. */
    public void releaseAll() {
        long end = appendedTotal();
        acknowledge(end);
        if (roomInChunk(end) != SendMemory.CHUNK_BYTES) {
            memory.release(slots[(int) (end >> CHUNK_SHIFT) & (slots.length - 1)]);
            long aligned = (end | (SendMemory.CHUNK_BYTES - 1)) + 1;
            APPENDED.setRelease(this, aligned); // nothing is held at a chunk's start
            ACKNOWLEDGED.setRelease(this, aligned);
        }
    }

    /** Returns the address for the byte at {@code position}, taking a chunk at a chunk's start; 0 if there is none. */
    private long writeAddress(long position) {
        if (roomInChunk(position) == SendMemory.CHUNK_BYTES) {
            int chunk = memory.acquire();
            if (chunk < 0) {
                return 0;
            }
            if (slots.length == 0) {
                int chunks = capacityBytes / SendMemory.CHUNK_BYTES + 2;
                slots = new int[Integer.highestOneBit(chunks - 1) << 1];
            }
            slots[(int) (position >> CHUNK_SHIFT) & (slots.length - 1)] = chunk;
        }
        return chunkAddress(position);
    }

    private long chunkAddress(long position) {
        int chunk = slots[(int) (position >> CHUNK_SHIFT) & (slots.length - 1)];
        return memory.address(chunk) + (position & (SendMemory.CHUNK_BYTES - 1));
    }

    private static int roomInChunk(long position) {
        return SendMemory.CHUNK_BYTES - ((int) position & (SendMemory.CHUNK_BYTES - 1));
    }
}
