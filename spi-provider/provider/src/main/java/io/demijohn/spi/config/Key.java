package io.demijohn.spi.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The keys of the configuration, each with what it allows in the words of the error message.
 *
 * <p>Keys that the design knows and this version does not are here too, so that they are refused as such and not as typos.
 */
enum Key {
    NET("a device URI such as tap:dj0"),
    ADDRESS(
            "addresses with their prefix length, such as 10.77.0.2/24 or fd77::2/64, and auto for what IPv6 routers say"),
    GATEWAY("an address inside one of the device's prefixes, one for each family; IPv6 ones may be link-local"),
    MTU("576 to 65535"),
    LOOP("on, off"),
    LISTEN("rules such as 10.0.0.0/8:80-90 -> inet or *:22 -> kernel; transports: inet, kernel"),
    CONNECT("rules such as 10.0.0.0/8:* -> inet or *:22 -> kernel; transports: inet, kernel"),
    TCP("datacenter, or settings such as rto-min:5ms, congestion:dctcp"),
    POLL("waiter, interrupt"),
    SPIN("a duration from 0 to 1s, such as 50us"),
    MEMORY("a size from 16m to 1024g, such as 256m"),
    STRICT("true, false"),
    LOG("off, error, warn, info, debug"),
    REPORT("exit, off"),
    CONFIG("the path of a YAML file that can be read"),
    SHM("off"),
    FILES(""),
    PCAP("");

    private static final int TYPO_DISTANCE_MAX = 2;

    private final String text;
    private final String allowed;

    Key(String allowed) {
        this.text = name().toLowerCase(Locale.ROOT);
        this.allowed = allowed;
    }

    /** Returns the key as the user types it. */
    String text() {
        return text;
    }

    /** Returns what the key allows in this version, for the error message; empty if it allows nothing. */
    String allowed() {
        return allowed;
    }

    /** Returns whether a value is a list: a further comma-separated item continues it. */
    boolean isList() {
        return this == ADDRESS || this == GATEWAY || this == LISTEN || this == CONNECT || this == TCP;
    }

    /** Returns whether the key belongs to one device and not to the whole datapath. */
    boolean isOfDevice() {
        return this == ADDRESS || this == GATEWAY || this == MTU;
    }

    /**
     * Returns the key named {@code text}.
     *
     * @throws ConfigurationException if there is none, with the nearest one and all that are allowed
     */
    static Key of(String text, String origin) throws ConfigurationException {
        for (Key key : values()) {
            if (key.text.equals(text)) {
                return key;
            }
        }
        String nearest = nearest(text);
        StringBuilder message =
                new StringBuilder("unknown key '").append(text).append('\'').append(origin);
        if (nearest != null) {
            message.append(" (did you mean '").append(nearest).append("'?)");
        }
        message.append("; allowed: ");
        String separator = "";
        for (Key key : values()) {
            if (!key.allowed.isEmpty()) {
                message.append(separator).append(key.text);
                separator = ", ";
            }
        }
        throw new ConfigurationException(message.toString());
    }

    private static @Nullable String nearest(String text) {
        String best = null;
        int bestDistance = TYPO_DISTANCE_MAX + 1;
        String lower = text.toLowerCase(Locale.ROOT);
        for (Key key : values()) {
            int distance = distance(lower, key.text);
            if (distance < bestDistance && distance < key.text.length()) {
                bestDistance = distance;
                best = key.text;
            }
        }
        return best;
    }

    /** Returns the number of inserted, removed, changed or swapped characters between the two. */
    private static int distance(String left, String right) {
        int[][] cost = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= right.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int change = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
                int least = Math.min(cost[i - 1][j - 1] + change, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && left.charAt(i - 1) == right.charAt(j - 2)
                        && left.charAt(i - 2) == right.charAt(j - 1)) {
                    least = Math.min(least, cost[i - 2][j - 2] + 1);
                }
                cost[i][j] = least;
            }
        }
        return cost[left.length()][right.length()];
    }
}
