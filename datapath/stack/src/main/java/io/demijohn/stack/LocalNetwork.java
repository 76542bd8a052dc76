package io.demijohn.stack;

/**
 * One address of ours and the network it stands in.
 *
 * @param address our own address there
 * @param prefixLength bits of the network's prefix: 0 to 32 for IPv4, 0 to 128 for IPv6
 * @param wholePrefixIsLocal every address of the prefix is ours, as 127.0.0.0/8 is on the loop device
 */
public record LocalNetwork(IpAddress address, int prefixLength, boolean wholePrefixIsLocal) {
    public LocalNetwork {
        int limit = address.isIpv4() ? 32 : 128;
        if (prefixLength < 0 || prefixLength > limit) {
            throw new IllegalArgumentException("prefix length " + prefixLength + ": must be 0 to " + limit);
        }
    }

    /** Returns whether the address given by its halves lies in the prefix. */
    public boolean contains(long high, long low) {
        if (IpAddress.isIpv4(high, low) != address.isIpv4()) {
            return false;
        }
        int bits = address.isIpv4() ? 96 + prefixLength : prefixLength;
        long highMask = bits >= 64 ? -1L : mask(bits);
        long lowMask = bits >= 64 ? mask(bits - 64) : 0;
        return ((high ^ address.high()) & highMask) == 0 && ((low ^ address.low()) & lowMask) == 0;
    }

    /** Returns whether it is the IPv4 broadcast address or the network address of the prefix. */
    public boolean isBroadcast(long high, long low) {
        if (!address.isIpv4() || prefixLength >= 31 || wholePrefixIsLocal || !contains(high, low)) {
            return false;
        }
        long hostMask = ~mask(32 + prefixLength);
        return (low & hostMask) == hostMask || (low & hostMask) == 0;
    }

    /** Returns a long whose {@code bits} highest bits are set, 0 to 64. */
    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << (64 - bits);
    }
}
