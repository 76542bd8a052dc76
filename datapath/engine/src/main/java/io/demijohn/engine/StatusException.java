package io.demijohn.engine;

import java.io.IOException;
import java.io.Serial;

/** A control operation ended with a {@link Status}; the JDK's exception is made from it at the edge. */
public final class StatusException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int status;

    StatusException(int status) {
        super("status " + status, null);
        this.status = status;
    }

    /** Returns the {@link Status}. */
    public int status() {
        return status;
    }
}
