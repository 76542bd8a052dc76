package io.demijohn.spi;

import io.demijohn.engine.StreamHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Scattering reads and gathering writes over a stream. Stateless but for {@link Gathering}; the stream's one reader or writer. */
final class BufferArrays {
    private BufferArrays() {}

    /** Returns whether any of {@code length} buffers from {@code offset} on has bytes or room left. */
    static boolean anyRemaining(ByteBuffer[] buffers, int offset, int length) {
        return firstRemaining(buffers, offset, offset + length) < offset + length;
    }

    /** Returns the index of the first buffer with bytes or room left, {@code to} if there is none. */
    static int firstRemaining(ByteBuffer[] buffers, int from, int to) {
        int next = from;
        while (next < to && !buffers[next].hasRemaining()) {
            next++;
        }
        return next;
    }

    /** Fills {@code targets} in turn from what is there now; answers as {@link StreamHandle#read(ByteBuffer)} does. */
    static long scatter(StreamHandle in, ByteBuffer[] targets, int offset, int length) {
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            ByteBuffer target = targets[i];
            if (target.hasRemaining()) {
                int count = in.read(target);
                if (count <= 0) {
                    return total == 0 ? count : total;
                }
                total += count;
                if (target.hasRemaining()) {
                    return total;
                }
            }
        }
        return total;
    }

    /** Joins small buffers, so that they leave in one segment; owned by one writer. */
    static final class Gathering {
        /** Small buffers are joined up to this size. */
        private static final int JOINED_BYTES = 4096;

        private byte @Nullable [] joined;

        /** Writes {@code sources} in turn as far as there is room; answers as {@link StreamHandle#write(ByteBuffer)} does. */
        long writeAll(StreamHandle out, ByteBuffer[] sources) {
            long total = 0;
            int next = firstRemaining(sources, 0, sources.length);
            while (next < sources.length) {
                int count = write(out, sources, next, sources.length);
                if (count <= 0) {
                    return total == 0 ? count : total;
                }
                total += count;
                next = firstRemaining(sources, next, sources.length);
            }
            return total;
        }

        /** Writes the first of {@code sources}, or several at once while they are small; at most once to {@code out}. */
        int write(StreamHandle out, ByteBuffer[] sources, int from, int to) {
            ByteBuffer first = sources[from];
            if (from + 1 == to || first.remaining() >= JOINED_BYTES) {
                return out.write(first);
            }
            byte[] space = joined;
            if (space == null) {
                space = new byte[JOINED_BYTES];
                joined = space;
            }
            int filled = 0;
            for (int i = from; i < to && filled < JOINED_BYTES; i++) {
                ByteBuffer source = sources[i];
                int length = Math.min(source.remaining(), JOINED_BYTES - filled);
                source.get(source.position(), space, filled, length);
                filled += length;
            }
            int count = out.write(space, 0, filled);
            int rest = count;
            for (int i = from; i < to && rest > 0; i++) {
                ByteBuffer source = sources[i];
                int length = Math.min(source.remaining(), rest);
                source.position(source.position() + length);
                rest -= length;
            }
            return count;
        }
    }
}
