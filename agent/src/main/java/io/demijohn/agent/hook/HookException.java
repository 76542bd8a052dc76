package io.demijohn.agent.hook;

import java.io.Serial;

/** This JVM cannot be hooked; the message is one line that says why. */
final class HookException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    HookException(String message) {
        super(message);
    }

    HookException(String message, Throwable cause) {
        super(message + ": " + cause, cause);
    }
}
