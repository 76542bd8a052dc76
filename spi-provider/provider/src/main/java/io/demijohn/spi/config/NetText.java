package io.demijohn.spi.config;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what is said of one device's place in the network: addresses, gateways, MTU.
 *
 * <p>Lives for one device of one {@link Configuration#read}.
 */
final class NetText {
    /** As many as the stack holds for a link beside those that it makes itself. */
    static final int ADDRESSES_MAX = 8;

    private static final String AUTO = "auto";
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;
    private static final int MTU_BYTES_MIN = 576;
    private static final int IPV6_MTU_BYTES_MIN = 1280; // RFC 8200, 5
    private static final int MTU_BYTES_MAX = 65535;

    private final List<NetAddress> addresses = new ArrayList<>();
    private final List<InetAddress> gateways = new ArrayList<>();
    private boolean autoconfigure;
    private int mtuBytes;

    NetSpec spec(String uri) {
        return new NetSpec(uri, addresses, gateways, autoconfigure, mtuBytes);
    }

    void readAddresses(List<String> items, String origin) throws ConfigurationException {
        for (String item : items) {
            if (AUTO.equals(item)) {
                autoconfigure = true;
                continue;
            }
            NetAddress read = address(item, origin);
            for (NetAddress before : addresses) {
                if (before.address().equals(read.address())) {
                    throw ConfigurationException.badValue(Key.ADDRESS, item, origin, "stands twice; allowed: once");
                }
            }
            if (addresses.size() == ADDRESSES_MAX) {
                throw ConfigurationException.badValue(
                        Key.ADDRESS, item, origin, "is one too many; allowed: " + ADDRESSES_MAX);
            }
            addresses.add(read);
        }
    }

    private static NetAddress address(String item, String origin) throws ConfigurationException {
        int slash = item.indexOf('/');
        InetAddress address = slash < 0 ? null : AddressText.parse(item.substring(0, slash));
        if (address != null && isOneHosts(address)) {
            boolean ipv4 = address instanceof Inet4Address;
            boolean mapped = ipv4 && item.indexOf(':') >= 0; // the JDK reads ::ffff:10.0.0.1 as IPv4
            int prefixLength = Numbers.parse(item.substring(slash + 1), ipv4 ? IPV4_BITS : IPV6_BITS);
            if (prefixLength >= 1 && !mapped) {
                return new NetAddress(address, prefixLength);
            }
        }
        throw ConfigurationException.badValue(Key.ADDRESS, item, origin);
    }

    private static boolean isOneHosts(InetAddress address) {
        return !address.isAnyLocalAddress() && !address.isMulticastAddress() && !address.isLoopbackAddress();
    }

    /** Reads the next hops; after the addresses. */
    void readGateways(List<String> items, String origin) throws ConfigurationException {
        for (String item : items) {
            InetAddress gateway = AddressText.parse(item);
            if (gateway == null || !isOneHosts(gateway) || !isNeighbour(gateway)) {
                throw ConfigurationException.badValue(Key.GATEWAY, item, origin);
            }
            for (InetAddress before : gateways) {
                if (before.getClass() == gateway.getClass()) {
                    throw ConfigurationException.badValue(
                            Key.GATEWAY,
                            item,
                            origin,
                            "is a second one beside " + before.getHostAddress() + "; allowed: one for each family");
                }
            }
            gateways.add(gateway);
        }
    }

    private boolean isNeighbour(InetAddress gateway) {
        boolean neighbour = gateway instanceof Inet6Address && gateway.isLinkLocalAddress() && speaksIpv6();
        for (NetAddress address : addresses) {
            if (address.address().equals(gateway)) {
                return false;
            }
            neighbour |= address.contains(gateway);
        }
        return neighbour;
    }

    /** Reads the largest packet; after the addresses. */
    void readMtu(String text, String origin) throws ConfigurationException {
        mtuBytes = Numbers.parse(text, MTU_BYTES_MAX);
        if (mtuBytes < MTU_BYTES_MIN) {
            throw ConfigurationException.badValue(Key.MTU, text, origin);
        }
        if (mtuBytes < IPV6_MTU_BYTES_MIN && speaksIpv6()) {
            throw ConfigurationException.badValue(
                    Key.MTU,
                    text,
                    origin,
                    "too small for IPv6; allowed: " + IPV6_MTU_BYTES_MIN + " to " + MTU_BYTES_MAX
                            + ", or IPv4 addresses alone");
        }
    }

    private boolean speaksIpv6() {
        return autoconfigure || addresses.stream().anyMatch(NetAddress::isIpv6);
    }
}
