package io.demijohn.linux.loss;

/**
 * One end's plug in the bridge. Used by the bridge's thread alone; {@link #close} is for the end's owner, after the bridge.
 */
interface Port extends AutoCloseable {
    /** Copies the next frame from the end to {@code address}, at most {@code max} bytes, and returns its length, 0 for none. */
    int receive(long address, int max);

    /** Gives the end a copy of the frame; returns whether it took it. */
    boolean transmit(long address, int bytes);

    /** Returns a descriptor that polls readable while a frame waits and the port is armed. */
    int descriptor();

    /** Prepares for a sleep on the descriptor; returns false, and prepares nothing, if a frame waits. */
    boolean arm();

    /** Ends a sleep that {@link #arm} prepared. */
    void disarm();

    /** Returns the frames that the end itself lost on their way into the bridge. */
    long dropped();

    @Override
    void close();
}
