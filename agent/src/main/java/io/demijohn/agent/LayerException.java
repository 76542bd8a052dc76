package io.demijohn.agent;

import java.io.Serial;

/** The module layer cannot be made or called in this JVM; the message is one line that says why. */
final class LayerException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    LayerException(String message) {
        super(message);
    }

    LayerException(String message, Throwable cause) {
        super(message + ": " + cause, cause);
    }
}
