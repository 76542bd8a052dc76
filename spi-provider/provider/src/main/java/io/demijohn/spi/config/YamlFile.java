package io.demijohn.spi.config;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads the YAML file that {@code config} names: the same keys, flat, or {@code net} as a list of devices.
 *
 * <pre>
 * net:
 *   - uri: tap:dj0
 *     address: [10.77.0.2/24]
 *     gateway: 10.77.0.1
 * spin: 20us
 * </pre>
 */
final class YamlFile {
    private static final String URI = "uri";

    private final Source source;
    private final String file;

    private YamlFile(String file) {
        this.file = file;
        this.source = new Source(" (in " + file + ")");
    }

    static Source parse(String file, String origin) throws ConfigurationException {
        return new YamlFile(file).read(load(file, origin));
    }

    private static @Nullable Object load(String file, String origin) throws ConfigurationException {
        try {
            return new Load(LoadSettings.builder().setLabel(file).build())
                    .loadFromString(Files.readString(Path.of(file)));
        } catch (NoSuchFileException | InvalidPathException absent) {
            throw ConfigurationException.badValue(
                    Key.CONFIG, file, origin, "no such file; allowed: " + Key.CONFIG.allowed());
        } catch (MalformedInputException notText) {
            throw ConfigurationException.badValue(Key.CONFIG, file, origin, "not UTF-8; allowed: a YAML file");
        } catch (IOException unreadable) {
            throw ConfigurationException.badValue(
                    Key.CONFIG, file, origin, "cannot be read (" + unreadable + "); allowed: " + Key.CONFIG.allowed());
        } catch (MarkedYamlEngineException malformed) {
            String line = malformed.getProblemMark().isPresent()
                    ? "line " + (malformed.getProblemMark().get().getLine() + 1) + ": "
                    : "";
            throw ConfigurationException.badValue(
                    Key.CONFIG, file, origin, line + malformed.getProblem() + "; allowed: a YAML file");
        } catch (YamlEngineException malformed) {
            throw ConfigurationException.badValue(
                    Key.CONFIG, file, origin, malformed.getMessage() + "; allowed: a YAML file");
        }
    }

    private Source read(@Nullable Object document) throws ConfigurationException {
        if (document == null) {
            return source;
        }
        if (!(document instanceof Map<?, ?> map)) {
            throw new ConfigurationException("config=" + file + ": not a map; allowed: lines of the form key: value");
        }
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            Key key = Key.of(String.valueOf(entry.getKey()), source.origin);
            if (key == Key.NET) {
                readDevices(entry.getValue());
            } else if (key == Key.CONFIG) {
                throw ConfigurationException.badValue(
                        key,
                        String.valueOf(entry.getValue()),
                        source.origin,
                        "stands in a file; allowed: outside of files");
            } else {
                source.set(key, items(key, entry.getValue()));
            }
        }
        return source;
    }

    private void readDevices(@Nullable Object value) throws ConfigurationException {
        if (value instanceof List<?> list) {
            for (Object item : list) {
                readDevice(item);
            }
        } else {
            readDevice(value);
        }
    }

    private void readDevice(@Nullable Object value) throws ConfigurationException {
        if (!(value instanceof Map<?, ?> map)) {
            source.addDevice(scalar(Key.NET, value));
            return;
        }
        Source.Device device = source.addDevice(scalar(Key.NET, map.get(URI)));
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String name = String.valueOf(entry.getKey());
            if (URI.equals(name)) {
                continue;
            }
            Key key = Key.of(name, source.origin);
            if (!key.isOfDevice()) {
                throw ConfigurationException.badValue(
                        key,
                        String.valueOf(entry.getValue()),
                        source.origin,
                        "stands inside net; allowed there: uri, address, gateway, mtu");
            }
            source.setOfDevice(device, key, items(key, entry.getValue()));
        }
    }

    private List<String> items(Key key, @Nullable Object value) throws ConfigurationException {
        if (!key.isList() || !(value instanceof List<?> list)) {
            return List.of(scalar(key, value));
        }
        List<String> items = new ArrayList<>();
        for (Object item : list) {
            items.add(scalar(key, item));
        }
        return items;
    }

    private String scalar(Key key, @Nullable Object value) throws ConfigurationException {
        if (value == null || value instanceof Map || value instanceof List) {
            throw ConfigurationException.badValue(key, value == null ? "" : value.toString(), source.origin);
        }
        return value.toString().trim();
    }
}
