package io.demijohn.spi.config;

/** Who polls the devices. */
public enum PollMode {
    /** Threads that wait poll for the spin time, then sleep. */
    WAITER,
    /** Nobody polls: threads sleep at once and the device's interrupt wakes them. */
    INTERRUPT
}
