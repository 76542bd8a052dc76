package io.demijohn.device.tap;

/** What the kernel and we leave to each other on a tap interface. */
enum Offload {
    /** Nothing: every frame has full checksums and one segment. */
    OFF,
    /** The checksums of frames that do not leave this host. */
    CHECKSUM,
    /** Checksums, and TCP segments in one frame until it leaves this host. */
    ON
}
