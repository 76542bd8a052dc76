package io.demijohn.sim.script;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a script, read.
 *
 * @param number in the file, from 1
 * @param actor who acts
 * @param fromNanos when, from the script's start; the earliest of a span
 * @param untilNanos the latest of a span, else the same
 * @param words what the application does; empty for others
 * @param segment the packet, for {@code in} and {@code out}
 */
record ScriptLine(
        int number, Actor actor, long fromNanos, long untilNanos, List<String> words, @Nullable Segment segment) {
    /** Who acts in a line. */
    enum Actor {
        APP,
        IN,
        OUT,
        NONE
    }

    /** Returns the packet of a line that has one. */
    Segment packet() {
        Segment present = segment;
        if (present == null) {
            throw new ScriptException("line " + number + ": no packet");
        }
        return present;
    }
}
