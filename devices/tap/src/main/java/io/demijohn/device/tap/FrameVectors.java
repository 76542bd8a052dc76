package io.demijohn.device.tap;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;

/**
 * The memory behind a call that moves one frame in several places: readv(2), writev(2).
 *
 * <pre>
 *   read into    [packet buffer | overflow, 64 KiB]        then copied on:  [packet buffer] -more-&gt; [piece] -more-&gt; [piece]
 *   write from   [head of the chain | piece | piece ...]
 * </pre>
 *
 * <p>Owned by one {@link TapDevice}; driver thread only. Reading takes one place more and no row of buffers for every frame
 * that might be large: the kernel looks at each place in each call, and most frames fit into the first.
 */
final class FrameVectors implements AutoCloseable {
    /** The largest frame that the kernel makes of segments, with its headers. */
    private static final int OVERFLOW_BYTES = (1 << 16) + 256;

    private static final int VECTOR_BYTES = 16;
    private static final int VECTOR_LENGTH = 8;
    /** The kernel's bound for one call. */
    private static final int PIECES_MAX = 1024;

    private final Region overflow = Region.allocate(OVERFLOW_BYTES);
    private final Region vectors = Region.allocate((long) PIECES_MAX * VECTOR_BYTES);

    /** Reads one frame behind {@code headerBytes} of headroom, its window still empty; returns what the call does. */
    long read(int fd, PacketBuffer buffer, int headerBytes) {
        put(0, buffer.address() - headerBytes, buffer.tailroom() + (long) headerBytes);
        put(1, overflow.address(), overflow.bytes());
        return Libc.readv(fd, vectors.address(), 2);
    }

    /** Makes {@code frameBytes} just read the packet's bytes, in further buffers if need be; false if the pool is too short. */
    boolean spread(PacketBuffer head, int frameBytes, BufferPool pool) {
        int left = frameBytes - head.tailroom();
        if (left <= 0) {
            head.append(frameBytes);
            return true;
        }
        head.append(head.tailroom());
        long from = overflow.address();
        PacketBuffer last = head;
        while (left > 0) {
            PacketBuffer piece = pool.acquire();
            if (piece == null) {
                return false;
            }
            int bytes = Math.min(left, piece.tailroom());
            Mem.copy(from, piece.append(bytes), bytes);
            from += bytes;
            left -= bytes;
            last.more = piece;
            last = piece;
        }
        return true;
    }

    /** Writes a frame of several pieces and the {@code headerBytes} before it; returns what the call does, 0 if there are too many. */
    long write(int fd, PacketBuffer head, int headerBytes) {
        put(0, head.address() - headerBytes, head.length() + (long) headerBytes);
        int count = 1;
        for (PacketBuffer piece = head.more; piece != null; piece = piece.more) {
            if (count == PIECES_MAX) {
                return 0;
            }
            put(count, piece.address(), piece.length());
            count++;
        }
        return Libc.writev(fd, vectors.address(), count);
    }

    private void put(int index, long address, long bytes) {
        long vector = vectors.address() + (long) index * VECTOR_BYTES;
        Mem.putLong(vector, address);
        Mem.putLong(vector + VECTOR_LENGTH, bytes);
    }

    @Override
    public void close() {
        overflow.close();
        vectors.close();
    }
}
