package io.demijohn.stack.ip;

import io.demijohn.stack.IpAddress;

/**
 * What the headers of one received fragment say: a flyweight that each input owns and sets anew for every packet.
 *
 * <p>Driver thread only. The values are copies, checked by nobody but {@link FragmentReassembly}.
 */
public final class Fragment {
    private static final int TOTAL_MAX_BYTES = 65_535;

    long sourceHigh;
    long sourceLow;
    long targetHigh;
    long targetLow;
    int protocol;
    int identifier;
    int offset;
    boolean more;
    int headerBytes;
    int trafficClass;

    /** Sets whose fragment it is: IPv4 has the protocol in its key (RFC 791, 3.2), IPv6 gives 0 (RFC 8200, 4.5). */
    public void setKey(
            long sourceHigh, long sourceLow, long targetHigh, long targetLow, int keyProtocol, int identifier) {
        this.sourceHigh = sourceHigh;
        this.sourceLow = sourceLow;
        this.targetHigh = targetHigh;
        this.targetLow = targetLow;
        this.protocol = keyProtocol;
        this.identifier = identifier;
    }

    /**
     * Sets where its data belongs.
     *
     * @param offset place of its first byte in the datagram, in bytes
     * @param more whether others follow
     * @param headerBytes size of the headers that stand before the data in the buffer
     * @param trafficClass its TOS or traffic class with the ECN bits
     */
    public void setPlace(int offset, boolean more, int headerBytes, int trafficClass) {
        this.offset = offset;
        this.more = more;
        this.headerBytes = headerBytes;
        this.trafficClass = trafficClass;
    }

    /** Returns the most data that a datagram with these headers can have: IPv4 counts its header in its length field. */
    int dataMaxBytes() {
        return IpAddress.isIpv4(sourceHigh, sourceLow) ? TOTAL_MAX_BYTES - headerBytes : TOTAL_MAX_BYTES;
    }
}
