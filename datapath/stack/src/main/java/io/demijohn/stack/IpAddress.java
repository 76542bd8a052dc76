package io.demijohn.stack;

import io.demijohn.device.Require;

/**
 * An IP address of either family in IPv6 form; IPv4 is v4-mapped (RFC 4291, 2.5.5.2).
 *
 * <p>A value for the control plane, any thread; hot paths carry {@code high} and {@code low} as plain longs. The two
 * unspecified addresses, {@code ::} and {@code 0.0.0.0}, are one value, {@link #ANY}.
 *
 * @param high the first eight bytes, big-endian; 0 for IPv4
 * @param low the last eight bytes, big-endian; {@code 0x0000FFFF_xxxxxxxx} for IPv4
 */
public record IpAddress(long high, long low) {
    /** The upper half of {@link #low} of every IPv4 address. */
    public static final long IPV4_PREFIX = 0x0000_FFFF_0000_0000L;

    /** The unspecified address of both families. */
    public static final IpAddress ANY = new IpAddress(0, IPV4_PREFIX);

    public IpAddress {
        if (high == 0 && low == 0) {
            low = IPV4_PREFIX;
        }
    }

    /** Returns the low half of an IPv4 address, given as a big-endian int. */
    public static long lowOfIpv4(int address) {
        return IPV4_PREFIX | Integer.toUnsignedLong(address);
    }

    /** Returns whether the two halves are a v4-mapped IPv4 address. */
    public static boolean isIpv4(long high, long low) {
        return high == 0 && low >>> 32 == 0xFFFF;
    }

    /** Returns whether the low half of an IPv4 address is that of a multicast group. */
    public static boolean isIpv4Multicast(long low) {
        return (int) low >>> 28 == 0xE;
    }

    /** Returns the IPv4 address given as a big-endian int. */
    public static IpAddress ofIpv4(int address) {
        return new IpAddress(0, lowOfIpv4(address));
    }

    /**
     * Returns the address with these bytes in network order.
     *
     * @throws IllegalArgumentException if there are neither 4 nor 16
     */
    public static IpAddress ofBytes(byte[] bytes) {
        if (bytes.length == 4) {
            return ofIpv4((int) bigEndian(bytes, 0, 4));
        }
        if (bytes.length != 16) {
            throw new IllegalArgumentException("an address of " + bytes.length + " bytes: must be 4 or 16");
        }
        return new IpAddress(bigEndian(bytes, 0, 8), bigEndian(bytes, 8, 8));
    }

    /** Returns the bytes in network order: 4 for IPv4, else 16. */
    public byte[] toBytes() {
        byte[] bytes = new byte[isIpv4() ? 4 : 16];
        for (int index = 0; index < bytes.length; index++) {
            int fromEnd = bytes.length - 1 - index;
            bytes[index] = (byte) (fromEnd < 8 ? low >>> (8 * fromEnd) : high >>> (8 * (fromEnd - 8)));
        }
        return bytes;
    }

    public boolean isIpv4() {
        return isIpv4(high, low);
    }

    /** Returns the IPv4 address as a big-endian int; only if {@link #isIpv4()}. */
    public int ipv4() {
        Require.that(isIpv4(), "IPv4 form of an IPv6 address");
        return (int) low;
    }

    public boolean isAny() {
        return equals(ANY);
    }

    /** Returns the dotted form for IPv4, eight hexadecimal groups for IPv6. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (isIpv4()) {
            int address = ipv4();
            for (int shift = 24; shift >= 0; shift -= 8) {
                text.append(address >>> shift & 0xff).append(shift > 0 ? "." : "");
            }
            return text.toString();
        }
        for (int group = 7; group >= 0; group--) {
            long half = group >= 4 ? high : low;
            text.append(Long.toHexString(half >>> (16 * (group & 3)) & 0xffff)).append(group > 0 ? ":" : "");
        }
        return text.toString();
    }

    private static long bigEndian(byte[] bytes, int from, int count) {
        long value = 0;
        for (int index = from; index < from + count; index++) {
            value = (value << 8) | (bytes[index] & 0xff);
        }
        return value;
    }
}
