package io.demijohn.spi.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one place (agent options, properties, file) says, still as text.
 *
 * <p>Made by one of the three parsers and read by {@link ConfigurationReader}, on the starting thread. Checks that keys
 * exist and stand once; never looks into values.
 */
final class Source {
    /** Where the text stood, ready to follow a value in a message; empty for the agent's options. */
    final String origin;

    final List<Device> devices = new ArrayList<>();
    private final Map<Key, List<String>> settings = new EnumMap<>(Key.class);

    /** A device and what was said about it alone. */
    static final class Device {
        final String uri;
        final Map<Key, List<String>> settings = new EnumMap<>(Key.class);

        Device(String uri) {
            this.uri = uri;
        }
    }

    Source(String origin) {
        this.origin = origin;
    }

    /** Adds a device; what is said about it follows through {@link #setOfDevice}. */
    Device addDevice(String uri) {
        Device device = new Device(uri);
        devices.add(device);
        return device;
    }

    /** Sets a key that stands beside {@code net}, not inside a device. */
    void set(Key key, List<String> values) throws ConfigurationException {
        put(settings, key, values);
    }

    void setOfDevice(Device device, Key key, List<String> values) throws ConfigurationException {
        put(device.settings, key, values);
    }

    /** Returns the items of {@code key}, or null if it is not here. */
    @Nullable
    List<String> get(Key key) {
        return settings.get(key);
    }

    private void put(Map<Key, List<String>> target, Key key, List<String> values) throws ConfigurationException {
        List<String> before = target.put(key, List.copyOf(values));
        if (before != null) {
            throw new ConfigurationException(key.text() + "=" + String.join(",", values) + origin
                    + ": stands twice, first as " + String.join(",", before) + "; allowed: once");
        }
    }
}
