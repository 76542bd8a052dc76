package io.demijohn.engine;

/** What an engine counts; written by the token's holder, read by anyone as a recent value. */
public final class EngineCounters {
    /** Frames that came from the device. */
    public long framesReceived;
    /** Frames that the device took. */
    public long framesSent;
    /** Times the device took fewer frames than offered. */
    public long transmitStalls;
    /** Connections opened, by connect or accept. */
    public long connections;

    EngineCounters() {}
}
