package io.demijohn.sim;

/** What chance can do to a single frame on a {@link SimWire}; each has a chance of its own in {@link WireFaults}. */
public enum Fault {
    /** The frame vanishes. */
    DROP,
    /** All segments vanish that left the host as one packet, which its device was to cut. */
    DROP_WHOLE,
    /** The frame arrives twice, the second time a little later. */
    DUPLICATE,
    /** The frame is held back and others overtake it. */
    REORDER,
    /** A router marks the packet "congestion experienced" if its sender can hear of it (RFC 3168, 5). */
    MARK,
    /** One byte of the IP or TCP header changes; not of ARP, which has no checksum to notice. */
    CORRUPT_HEADER,
    /** One byte behind the headers changes. */
    CORRUPT_PAYLOAD,
    /** The frame loses its end. */
    TRUNCATE,
    /** One byte of the TCP header behind the ports changes and the checksum is made right again, as an attacker would. */
    FORGE_HEADER,
    /** One byte of the payload changes and the checksum is made right again: no receiver can tell. */
    FORGE_PAYLOAD
}
