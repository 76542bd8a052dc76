package io.demijohn.spi.config;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Reads one rule, {@code ADDR[/LEN]|*:PORT[-PORT]|* -> inet|kernel}.
 *
 * <p>IPv6 addresses stand in brackets, the length inside or behind them. Without ports a rule is about all of them.
 */
final class RuleText {
    private static final String ARROW = "->";

    private final Key key;
    private final String text;
    private final String origin;

    private RuleText(Key key, String text, String origin) {
        this.key = key;
        this.text = text;
        this.origin = origin;
    }

    static Rule parse(Key key, String text, String origin) throws ConfigurationException {
        return new RuleText(key, text, origin).read();
    }

    private Rule read() throws ConfigurationException {
        int arrow = text.indexOf(ARROW);
        if (arrow < 0) {
            throw bad();
        }
        Transport transport = transport(text.substring(arrow + ARROW.length()).trim());
        String left = text.substring(0, arrow).trim();
        int colon = left.lastIndexOf(':');
        boolean hasPorts = colon > left.lastIndexOf(']');
        String addresses = hasPorts ? left.substring(0, colon) : left;
        String ports = hasPorts ? left.substring(colon + 1) : "*";
        int firstPort = 0;
        int lastPort = Rule.PORT_MAX;
        if (!"*".equals(ports)) {
            int dash = ports.indexOf('-');
            firstPort = Numbers.parse(dash < 0 ? ports : ports.substring(0, dash), Rule.PORT_MAX);
            lastPort = dash < 0 ? firstPort : Numbers.parse(ports.substring(dash + 1), Rule.PORT_MAX);
            if (firstPort < 0 || lastPort < firstPort) {
                throw bad();
            }
        }
        if ("*".equals(addresses)) {
            return new Rule(null, 0, firstPort, lastPort, transport);
        }
        return withAddress(addresses, firstPort, lastPort, transport);
    }

    private Rule withAddress(String addresses, int firstPort, int lastPort, Transport transport)
            throws ConfigurationException {
        String plain = addresses.replace("[", "").replace("]", "");
        if ((plain.indexOf(':') >= 0) != addresses.startsWith("[")) {
            throw bad();
        }
        int slash = plain.indexOf('/');
        InetAddress network = AddressText.parse(slash < 0 ? plain : plain.substring(0, slash));
        if (network == null) {
            throw bad();
        }
        int bits = network.getAddress().length * Byte.SIZE;
        int prefixLength = slash < 0 ? bits : Numbers.parse(plain.substring(slash + 1), bits);
        if (prefixLength < 0) {
            throw bad();
        }
        return new Rule(network, prefixLength, firstPort, lastPort, transport);
    }

    private Transport transport(@Nullable String name) throws ConfigurationException {
        if ("inet".equals(name)) {
            return Transport.INET;
        }
        if ("kernel".equals(name)) {
            return Transport.KERNEL;
        }
        if ("shm".equals(name) || "rdma".equals(name)) {
            throw ConfigurationException.badValue(
                    key, text, origin, name + " is not in this version; allowed: inet, kernel");
        }
        throw bad();
    }

    private ConfigurationException bad() {
        return ConfigurationException.badValue(key, text, origin);
    }
}
