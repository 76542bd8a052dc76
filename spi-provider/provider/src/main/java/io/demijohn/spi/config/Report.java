package io.demijohn.spi.config;

/** When the report of what was accelerated is printed. */
public enum Report {
    /** Never. */
    OFF,
    /** Once, when the JVM exits. */
    EXIT
}
