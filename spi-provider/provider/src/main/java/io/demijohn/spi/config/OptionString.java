package io.demijohn.spi.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;

/**
 * Reads the agent's option string, {@code key=value,key=value}, and the system properties {@code demijohn.KEY}.
 *
 * <p>A value reaches to the next comma and may contain {@code =} and {@code :}. After a list key, items go on until the next
 * item of the form {@code word=}. {@code address}, {@code gateway} and {@code mtu} belong to the {@code net} before them.
 */
final class OptionString {
    private static final String PROPERTY_PREFIX = "demijohn.";

    private OptionString() {}

    static Source parse(String options) throws ConfigurationException {
        Source source = new Source("");
        Source.Device device = null;
        List<String> items = split(options);
        int index = 0;
        while (index < items.size()) {
            String item = items.get(index++);
            if (item.isEmpty()) {
                continue;
            }
            int equals = item.indexOf('=');
            String name = equals < 0 ? item : item.substring(0, equals).trim();
            Key key = Key.of(name, "");
            if (equals < 0) {
                throw new ConfigurationException(name + ": has no value; allowed: " + name + "=VALUE");
            }
            List<String> values = new ArrayList<>();
            values.add(item.substring(equals + 1).trim());
            while (key.isList() && index < items.size() && continuesList(items.get(index))) {
                values.add(items.get(index++));
            }
            if (key == Key.NET) {
                device = source.addDevice(values.get(0));
            } else if (key.isOfDevice() && device != null) {
                source.setOfDevice(device, key, values);
            } else {
                source.set(key, values);
            }
        }
        return source;
    }

    static Source parse(Properties properties) throws ConfigurationException {
        Source source = new Source(" (system property)");
        // sorted, so that of several mistakes the same one is told each time
        for (String property : new TreeSet<>(properties.stringPropertyNames())) {
            if (!property.startsWith(PROPERTY_PREFIX)) {
                continue;
            }
            Key key = Key.of(property.substring(PROPERTY_PREFIX.length()), source.origin);
            String value = properties.getProperty(property, "").trim();
            if (key == Key.NET) {
                source.addDevice(value);
            } else {
                source.set(key, key.isList() ? split(value) : List.of(value));
            }
        }
        return source;
    }

    /** An address or a rule has no {@code =}; the next option has one. */
    private static boolean continuesList(String item) {
        return !item.isEmpty() && item.indexOf('=') < 0;
    }

    private static List<String> split(String text) {
        List<String> items = new ArrayList<>();
        int start = 0;
        for (int comma = text.indexOf(','); comma >= 0; comma = text.indexOf(',', start)) {
            items.add(text.substring(start, comma).trim());
            start = comma + 1;
        }
        items.add(text.substring(start).trim());
        return items;
    }
}
