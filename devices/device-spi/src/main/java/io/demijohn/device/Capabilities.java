package io.demijohn.device;

/**
 * What a network device does for the stack, fixed when it opens.
 *
 * @param receiveChecksum the device checks IP, TCP and UDP checksums of all frames and drops what is wrong; one
 *     that checks some marks each of those with {@link PacketBuffer#markChecksumVerified}
 * @param transmitChecksum the device fills in what {@link PacketBuffer#wantChecksum} asks for
 * @param ethernet frames carry an Ethernet header; the stack resolves neighbours
 * @param pollable {@link NetDevice#awaitInterrupt} sleeps in the kernel instead of a timed park
 * @param transmitBurstMax most frames one {@link NetDevice#transmit} call takes well, at least 1
 * @param segmentedMaxBytes largest IP packet that the device cuts where {@link PacketBuffer#wantSegments} asks for it, 0
 *     if it cuts none; only with {@code transmitChecksum}
 */
public record Capabilities(
        boolean receiveChecksum,
        boolean transmitChecksum,
        boolean ethernet,
        boolean pollable,
        int transmitBurstMax,
        int segmentedMaxBytes) {
    /** Makes the capabilities of a device that cuts nothing. */
    public Capabilities(
            boolean receiveChecksum,
            boolean transmitChecksum,
            boolean ethernet,
            boolean pollable,
            int transmitBurstMax) {
        this(receiveChecksum, transmitChecksum, ethernet, pollable, transmitBurstMax, 0);
    }
}
