package io.demijohn.sim.script;

/** A script that cannot be read, or a stack that does not do what it says; the message names the line. */
public final class ScriptException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ScriptException(String message) {
        super(message);
    }
}
