package io.demijohn.device;

/**
 * What a network device does for the stack, fixed when it opens.
 *
 * @param receiveChecksum the device checks IP, TCP and UDP checksums and drops what is wrong
 * @param transmitChecksum the device fills in TCP and UDP checksums
 * @param ethernet frames carry an Ethernet header; the stack resolves neighbours
 * @param pollable {@link NetDevice#awaitInterrupt} sleeps in the kernel instead of a timed park
 * @param transmitBurstMax most frames one {@link NetDevice#transmit} call takes well, at least 1
 */
public record Capabilities(
        boolean receiveChecksum, boolean transmitChecksum, boolean ethernet, boolean pollable, int transmitBurstMax) {}
