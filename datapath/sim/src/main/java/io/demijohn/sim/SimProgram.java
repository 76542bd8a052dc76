package io.demijohn.sim;

/**
 * An application in virtual time on one host.
 *
 * <p>Run by its {@link SimHost} on the world's thread whenever something happened there or its own time has come; it uses
 * the stack as an engine does, and never waits.
 */
public interface SimProgram {
    /** Does what can be done now. */
    void step(SimHost host, long nowNanos);

    /** Returns when it wants to run again though nothing happens, or {@link Long#MAX_VALUE}. */
    long wakeNanos();

    /** Returns whether it has ended, well or not. */
    boolean ended();

    /** Returns what went wrong, or an empty string. */
    String complaint();
}
