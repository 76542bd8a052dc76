package io.demijohn.device;

import java.util.List;

/**
 * Opens the devices of one URI scheme; found by {@link java.util.ServiceLoader}.
 *
 * <p>Control plane: called at start-up and by the command line, on any thread.
 */
public interface NetDeviceProvider {
    /** Returns the scheme without its colon, such as {@code tap}. */
    String scheme();

    /** Returns one line that says what the device is, for {@code doctor}. */
    String description();

    /**
     * Returns what this host lacks for the scheme, each as one line that says what to do; empty when it can be used.
     * Changes nothing on the host.
     */
    List<String> missing();

    /**
     * Opens the device that {@code uri} names.
     *
     * @param uri the whole text the user typed, such as {@code tap:dj0}
     * @param mtuBytes the wanted MTU, or 0 for the device's own
     * @throws DeviceException if it does not exist, may not be opened, or the URI is malformed
     */
    NetDevice open(String uri, int mtuBytes) throws DeviceException;
}
