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
 * @param packet the packet, for {@code in} and {@code out}
 */
record ScriptLine(
        int number, Actor actor, long fromNanos, long untilNanos, List<String> words, @Nullable Packet packet) {
    /** Who acts in a line. */
    enum Actor {
        APP,
        IN,
        OUT,
        NONE,
        JUMP
    }

    /** Returns the packet of a line that has one. */
    Packet present() {
        Packet present = packet;
        if (present == null) {
            throw new ScriptException("line " + number + ": no packet");
        }
        return present;
    }
}
