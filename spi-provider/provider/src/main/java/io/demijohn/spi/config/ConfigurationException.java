package io.demijohn.spi.config;

import java.io.Serial;

/** What the user typed cannot be used; the message is one line that names the key, the value and what is allowed. */
public final class ConfigurationException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    public ConfigurationException(String message) {
        super(oneLine(message));
    }

    static ConfigurationException badValue(Key key, String value, String origin) {
        return badValue(key, value, origin, "allowed: " + key.allowed());
    }

    static ConfigurationException badValue(Key key, String value, String origin, String why) {
        return new ConfigurationException(key.text() + "=" + value + origin + ": " + why);
    }

    /** Keeps a value with line ends in it, such as a folded YAML text, from becoming several lines. */
    private static String oneLine(String message) {
        return message.replace('\r', ' ').replace('\n', ' ');
    }
}
