package io.demijohn.spi.config;

/** What a rule may choose in this version. */
public enum Transport {
    /** Our stack over a configured device. */
    INET,
    /** The JDK's own channel. */
    KERNEL
}
