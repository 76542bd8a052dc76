package io.demijohn.engine;

/** Readiness bits of a {@link Handle}: levels that hold as long as the condition does, not edges. */
public final class Ready {
    /** A read finds bytes, the end of the stream, or an error. */
    public static final int READ = 1;
    /** A write finds room or an error. */
    public static final int WRITE = 2;
    /** An accept finds a connection. */
    public static final int ACCEPT = 4;
    /** The connect ended, well or badly; {@link StreamHandle#connectStatus} says which. */
    public static final int CONNECT = 8;
    /** The stream failed; reads after the last byte and writes say why. */
    public static final int ERROR = 16;
    /** The peer sent its last byte; there may be bytes left to read. */
    public static final int EOF = 32;
    /** Closed from this side. */
    public static final int CLOSED = 64;
    /** Answer of {@link Handle#await} to a thread whose interrupt status is set; never part of {@link Handle#ready}. */
    public static final int INTERRUPTED = 1 << 30;

    private Ready() {}
}
