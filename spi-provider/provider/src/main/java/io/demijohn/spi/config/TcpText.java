package io.demijohn.spi.config;

import io.demijohn.stack.tcp.TcpConfig;
import io.demijohn.stack.tcp.TcpTunable;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the items of the key {@code tcp}: {@code datacenter} or {@code NAME:VALUE}, where the names are those of {@link
 * TcpTunable}.
 *
 * <pre>
 *   tcp=datacenter,rto-max:10s        tcp=congestion:new-reno,sack:off,receive-buffer:1m,syn-retries:3
 * </pre>
 */
final class TcpText {
    private static final String DATA_CENTER = "datacenter";

    private TcpText() {}

    /** Returns the defaults with these items applied in their order; the profile comes first or nowhere. */
    static TcpConfig parse(List<String> items, String origin) throws ConfigurationException {
        TcpConfig config = TcpConfig.defaults();
        for (int index = 0; index < items.size(); index++) {
            String item = items.get(index);
            if (item.equals(DATA_CENTER)) {
                if (index > 0) {
                    throw ConfigurationException.badValue(
                            Key.TCP, item, origin, "would undo what stands before it; allowed: as the first item");
                }
                config = TcpConfig.dataCenter();
            } else {
                config = apply(config, item, origin);
            }
        }
        return config;
    }

    private static TcpConfig apply(TcpConfig config, String item, String origin) throws ConfigurationException {
        int colon = item.indexOf(':');
        String name = colon < 0 ? item : item.substring(0, colon);
        for (TcpTunable tunable : TcpTunable.values()) {
            if (tunable.label().equals(name)) {
                long value = colon < 0 ? -1 : value(tunable, item.substring(colon + 1));
                if (colon < 0 || !tunable.allows(value)) {
                    throw ConfigurationException.badValue(
                            Key.TCP, item, origin, "allowed: " + name + ":" + range(tunable));
                }
                return config.with(tunable, value);
            }
        }
        String names = Stream.of(TcpTunable.values()).map(TcpTunable::label).collect(Collectors.joining(", "));
        throw ConfigurationException.badValue(
                Key.TCP, item, origin, "no such setting; allowed: " + DATA_CENTER + ", or NAME:VALUE of " + names);
    }

    private static long value(TcpTunable tunable, String text) {
        return switch (tunable.unit()) {
            case NANOS -> Numbers.durationNanos(text);
            case BYTES -> Numbers.sizeBytes(text);
            case COUNT -> Numbers.parse(text, Integer.MAX_VALUE);
            case WORD -> tunable.words().indexOf(text.equals("true") ? "on" : text.equals("false") ? "off" : text);
        };
    }

    private static String range(TcpTunable tunable) {
        return switch (tunable.unit()) {
            case NANOS ->
                seconds(tunable.least()) + " to " + seconds(tunable.greatest()) + ", such as "
                        + seconds(tunable.defaultValue());
            case BYTES, COUNT -> tunable.least() + " to " + tunable.greatest();
            case WORD -> String.join(", ", tunable.words());
        };
    }

    /** Returns a duration as it may be typed, exact for all bounds: they are whole milliseconds. */
    private static String seconds(long nanos) {
        long millis = nanos / 1_000_000;
        return millis % 1000 == 0 && millis > 0 ? millis / 1000 + "s" : String.format(Locale.ROOT, "%dms", millis);
    }
}
