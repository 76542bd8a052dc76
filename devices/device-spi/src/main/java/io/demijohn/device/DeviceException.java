package io.demijohn.device;

import java.io.IOException;
import java.io.Serial;

/** A device could not be opened or set up; the message is one line that names the device, the cause and what to do. */
public final class DeviceException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    public DeviceException(String message) {
        super(message);
    }

    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
