package io.demijohn.stack.link;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.wire.Checksum;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One packet that needs several buffers: its pieces in order, linked through {@link PacketBuffer#more}.
 *
 * <pre>
 *   head: | transport header |== payload ==|  ->  more: |== payload ==|  ->  ...  ->  null
 * </pre>
 *
 * <p>A single buffer is a chain of one. Whoever holds the head holds all pieces; the links are theirs. Constants only, never
 * allocates.
 */
public final class PacketChain {
    private PacketChain() {}

    /** Returns the bytes of all pieces. */
    public static int bytes(PacketBuffer head) {
        int bytes = head.length();
        for (PacketBuffer piece = head.more; piece != null; piece = piece.more) {
            bytes += piece.length();
        }
        return bytes;
    }

    /** Returns how many pieces there are, at least 1. */
    public static int pieces(PacketBuffer head) {
        int count = 0;
        for (PacketBuffer piece = head; piece != null; piece = piece.more) {
            count++;
        }
        return count;
    }

    /** Releases all pieces; only the thread that drives the pool's engine. */
    public static void release(@Nullable PacketBuffer head) {
        if (head != null) {
            head.release();
        }
    }

    /** Releases all pieces from any other thread. */
    public static void releaseRemote(@Nullable PacketBuffer head) {
        if (head != null) {
            head.releaseRemote();
        }
    }

    /** Drops all but the first {@code bytes}, of which there must be as many; a piece left empty goes home, the head stays. */
    public static void trimTo(PacketBuffer head, int bytes) {
        PacketBuffer last = head;
        int left = bytes;
        while (left > last.length() && last.more != null) {
            left -= last.length();
            last = last.more;
        }
        last.trimTo(left);
        release(last.more);
        last.more = null;
    }

    /** Gives the {@code length} bytes from {@code offset} on, which must be there; pieces that hold none of them go home. */
    public static PacketBuffer cut(PacketBuffer head, int offset, int length) {
        PacketBuffer first = head;
        int skip = offset;
        while (skip >= first.length() && first.more != null) {
            PacketBuffer following = first.more;
            skip -= first.length();
            first.more = null;
            first.release();
            first = following;
        }
        first.trimFront(skip);
        trimTo(first, length);
        return first;
    }

    /** Returns {@code sum} plus the Internet checksum's sum of the first {@code bytes} (RFC 1071), not complemented. */
    public static int sum(PacketBuffer head, int bytes, int sum) {
        int total = Checksum.fold(sum);
        int done = 0;
        for (PacketBuffer piece = head; piece != null && done < bytes; piece = piece.more) {
            int length = Math.min(piece.length(), bytes - done);
            int words = Checksum.fold(Checksum.partial(piece.address(), length, 0));
            boolean oddStart = (done & 1) != 0; // its bytes stand in the other half of their words: RFC 1071, 2(B)
            total += oddStart ? (words & 0xff) << 8 | words >>> 8 : words;
            done += length;
        }
        return Checksum.fold(total);
    }

    /** Returns whether all bytes hold their Internet checksum, as an ICMP message does. */
    public static boolean holdsChecksum(PacketBuffer head) {
        return sum(head, Integer.MAX_VALUE, 0) == 0xffff;
    }

    /** Copies {@code bytes} from {@code offset} on to {@code target}; there must be as many. */
    public static void copyTo(PacketBuffer head, int offset, int bytes, long target) {
        int skip = offset;
        int left = bytes;
        long at = target;
        for (PacketBuffer piece = head; piece != null && left > 0; piece = piece.more) {
            int length = Math.min(piece.length() - skip, left);
            if (length > 0) {
                Mem.copy(piece.address() + skip, at, length);
                at += length;
                left -= length;
            }
            skip = Math.max(0, skip - piece.length());
        }
    }

    /** Copies what fits into {@code target}, moves its position on and returns how much that was. */
    public static int copyOut(PacketBuffer head, ByteBuffer target) {
        int copied = 0;
        for (PacketBuffer piece = head; piece != null && target.hasRemaining(); piece = piece.more) {
            int length = Math.min(piece.length(), target.remaining());
            Mem.copyOut(piece.address(), target, length);
            copied += length;
        }
        return copied;
    }
}
