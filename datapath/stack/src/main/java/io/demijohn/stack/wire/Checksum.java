package io.demijohn.stack.wire;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071): the ones' complement sum of big-endian 16-bit words.
 *
 * <p>Running sums are ints in network order, so that callers may add plain header values to them. Bytes are added eight
 * at a time in the machine's order and swapped once at the end, which RFC 1071, 2(B) shows to be the same.
 */
public final class Checksum {
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private Checksum() {}

    /**
     * Returns {@code sum} plus the sum of {@code length} bytes from {@code address}; an odd last byte counts as if a zero
     * followed, so that only the last piece of several may be odd.
     */
    public static int partial(long address, int length, int sum) {
        long even = 0;
        long odd = 0;
        long at = address;
        int left = length;
        while (left >= 16) {
            long first = Mem.getLong(at);
            long second = Mem.getLong(at + 8);
            even += (first & 0xffff_ffffL) + (first >>> 32);
            odd += (second & 0xffff_ffffL) + (second >>> 32);
            at += 16;
            left -= 16;
        }
        if (left >= 8) {
            long word = Mem.getLong(at);
            even += (word & 0xffff_ffffL) + (word >>> 32);
            at += 8;
            left -= 8;
        }
        long tail = 0;
        while (left >= 2) {
            tail += Mem.getU16Be(at);
            at += 2;
            left -= 2;
        }
        if (left == 1) {
            tail += (long) Mem.getU8(at) << 8;
        }
        int words = foldLong(even + odd);
        return fold(sum) + fold((LITTLE ? swap(words) : words) + (int) tail);
    }

    /** Returns the running {@code sum} with all carries added in, 0 to 65535; not complemented. */
    public static int fold(int sum) {
        int once = (sum & 0xffff) + (sum >>> 16);
        return (once & 0xffff) + (once >>> 16);
    }

    /** Returns the checksum field's value for {@code length} bytes from {@code address}; 0 if they hold their checksum. */
    public static int of(long address, int length) {
        return ~fold(partial(address, length, 0)) & 0xffff;
    }

    /**
     * Returns the checksum field's value for {@code length} bytes of a TCP, UDP or ICMPv6 packet and the pseudo header of
     * these addresses (RFC 9293, 3.1; RFC 8200, 8.1); 0 if the bytes hold their right checksum.
     *
     * <p>The prefix of a v4-mapped address adds 0xffff, which is nothing in ones' complement: one formula serves both
     * families.
     */
    public static int transport(
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int protocol,
            long address,
            int length) {
        int pseudo = pseudo(sourceHigh, sourceLow, destinationHigh, destinationLow, protocol, length);
        return ~fold(partial(address, length, pseudo)) & 0xffff;
    }

    /**
     * Fills the checksum in that {@code packet} leaves to the device (see {@link PacketBuffer#wantChecksum}); for whoever
     * stands in for one. The packet still asks for it.
     */
    public static void fill(PacketBuffer packet) {
        long start = packet.address() + packet.checksumStart();
        Mem.putU16Be(start + packet.checksumField(), of(start, packet.length() - packet.checksumStart()));
    }

    /** Returns the running sum of the pseudo header alone, for a packet of {@code length} bytes in several pieces. */
    public static int pseudo(
            long sourceHigh, long sourceLow, long destinationHigh, long destinationLow, int protocol, int length) {
        long addresses = words(sourceHigh) + words(sourceLow) + words(destinationHigh) + words(destinationLow);
        return foldLong(addresses) + protocol + fold(length);
    }

    private static long words(long value) {
        return (value & 0xffff_ffffL) + (value >>> 32);
    }

    private static int foldLong(long sum) {
        long once = (sum & 0xffff_ffffL) + (sum >>> 32);
        long twice = (once & 0xffff) + (once >>> 16);
        long thrice = (twice & 0xffff) + (twice >>> 16);
        return fold((int) thrice);
    }

    private static int swap(int word) {
        return ((word & 0xff) << 8) | (word >>> 8);
    }
}
