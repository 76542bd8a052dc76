package io.demijohn.device;

/**
 * What stands before each frame of a device that speaks virtio's language about offloads (virtio 1.2, 5.1.6): tap with
 * IFF_VNET_HDR, vhost-user.
 *
 * <pre>
 *   0       1          2             4           6             8              10
 *    | flags | gso type | hdr_len u16 | gso size  | csum_start  | csum_offset |  frame
 * </pre>
 *
 * <p>Constants only, any thread, never allocates. Fields are in the machine's order, as devices before virtio 1.0 have them.
 */
public final class VirtioNetHeader {
    /** Size of the header without the buffer count of mergeable buffers. */
    public static final int BYTES = 10;

    /** Sending: the checksum is to be filled in. Receiving: the sender never left this host, its frame has none yet. */
    static final int NEEDS_CHECKSUM = 1;
    /** Receiving: the checksum was checked. */
    static final int DATA_VALID = 2;

    /** GSO type: segments of TCP over IPv4. */
    public static final int TCP4 = 1;
    /** GSO type: segments of TCP over IPv6. */
    public static final int TCP6 = 4;
    /** GSO type, beside another: CWR is the first segment's alone (RFC 3168, 6.1.2). */
    public static final int ECN = 0x80;

    private static final int GSO_TYPE = 1;
    private static final int HEADER_LENGTH = 2;
    private static final int GSO_SIZE = 4;
    private static final int CHECKSUM_START = 6;
    private static final int CHECKSUM_OFFSET = 8;
    private static final int CHECKSUM_BYTES = 2;
    private static final int TCP_DATA_OFFSET = 12;

    private VirtioNetHeader() {}

    /** Writes at {@code address} what {@code frame} asks of the device. */
    public static void write(long address, PacketBuffer frame) {
        Mem.putLong(address, 0);
        Mem.putU16(address + CHECKSUM_OFFSET, 0);
        if (frame.wantsChecksum()) {
            Mem.putU8(address, NEEDS_CHECKSUM);
            Mem.putU16(address + CHECKSUM_START, frame.checksumStart());
            Mem.putU16(address + CHECKSUM_OFFSET, frame.checksumField());
            if (frame.segmentKind() != 0) {
                int start = frame.checksumStart();
                int tcpWords = Mem.getU8(frame.address() + start + TCP_DATA_OFFSET) >>> 4;
                Mem.putU8(address + GSO_TYPE, frame.segmentKind());
                Mem.putU16(address + HEADER_LENGTH, start + tcpWords * Integer.BYTES);
                Mem.putU16(address + GSO_SIZE, frame.segmentBytes());
            }
        }
    }

    /**
     * Reads what the device says of {@code frame}, whose window is the whole frame or its first piece, and marks it. Returns
     * false if it cannot be true, or says what nobody agreed to; then the frame is to be dropped.
     *
     * @param segments whether several TCP segments in one frame were agreed on
     */
    public static boolean read(long address, PacketBuffer frame, boolean segments) {
        int flags = Mem.getU8(address);
        int kind = Mem.getU8(address + GSO_TYPE);
        if (kind != 0) {
            int segmentBytes = Mem.getU16(address + GSO_SIZE);
            boolean tcp = (kind & ~ECN) == TCP4 || (kind & ~ECN) == TCP6;
            if (!segments || !tcp || segmentBytes == 0) {
                return false;
            }
            frame.markSegments(segmentBytes);
        }
        if ((flags & NEEDS_CHECKSUM) != 0) {
            int field = Mem.getU16(address + CHECKSUM_START) + Mem.getU16(address + CHECKSUM_OFFSET);
            if (field + CHECKSUM_BYTES > frame.length()) {
                return false;
            }
        }
        if ((flags & (NEEDS_CHECKSUM | DATA_VALID)) != 0) {
            frame.markChecksumVerified();
        }
        return true;
    }
}
