package io.demijohn.sim.script;

import java.util.List;

/**
 * What a script can be played against without its expectations: our stack, or another TCP to compare it with.
 *
 * <p>Used by one thread. Times count from the script's start.
 */
public interface ScriptTarget extends AutoCloseable {
    /** Takes what the target sends, in order. */
    interface Sink {
        void frame(long atNanos, byte[] frame);
    }

    /** Moves on to {@code atNanos}, really or virtually, and hands over what the target sends until then. */
    void advanceTo(long atNanos, Sink sink);

    /** Returns the time now; later than what {@link #advanceTo} was told if real time is late. */
    long nowNanos();

    /** Gives the target a frame and hands over what it sends at once. */
    void receive(byte[] frame, Sink sink);

    /**
     * Makes a call of the application and hands over what the target sends at once.
     *
     * @param connection which one, by the script's name
     * @return {@link ScriptPlayer#OK}, or what was otherwise than the script says
     * @throws UnsupportedOperationException if the target has no such call
     */
    String call(String connection, List<String> words, Sink sink);

    /** Returns the local port of the connection that was opened last, 0 if the target told the script's peer itself. */
    int localPort();

    @Override
    void close();
}
