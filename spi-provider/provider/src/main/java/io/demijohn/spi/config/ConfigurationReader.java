package io.demijohn.spi.config;

import io.demijohn.stack.tcp.TcpConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Merges the sources and turns their text into values; lives for one {@link Configuration#read}.
 *
 * <p>The devices come whole from the first source that names any. Device keys that stand outside of a device complete
 * it, or overrule it from a stronger source, if there is exactly one.
 */
final class ConfigurationReader {
    private static final long SPIN_NANOS_MAX = 1_000_000_000;
    private static final long MEMORY_BYTES_MIN = 16L << 20;
    private static final long MEMORY_BYTES_MAX = 1024L << 30;
    private static final List<String> LATER_SCHEMES =
            List.of("afxdp", "memif", "vhost", "dpdk", "rdma", "spdk", "uring");

    /** Strongest first. */
    private final List<Source> sources = new ArrayList<>();

    /** A text and where it stood. */
    private record Found(List<String> items, String origin) {
        String text() {
            return String.join(",", items);
        }
    }

    private ConfigurationReader() {}

    static Configuration read(String agentOptions, Properties properties) throws ConfigurationException {
        ConfigurationReader reader = new ConfigurationReader();
        reader.sources.add(OptionString.parse(agentOptions));
        reader.sources.add(OptionString.parse(properties));
        Found file = reader.find(Key.CONFIG);
        if (file != null) {
            reader.sources.add(YamlFile.parse(file.text(), file.origin));
        }
        return reader.build();
    }

    private Configuration build() throws ConfigurationException {
        refuseLaterKeys();
        List<NetSpec> nets = nets();
        PollMode poll = poll();
        return new Configuration(
                nets,
                onOff(Key.LOOP),
                tcp(),
                poll,
                spinNanos(poll),
                memoryBytes(),
                onOff(Key.STRICT),
                rules(Key.LISTEN),
                rules(Key.CONNECT),
                log(),
                report());
    }

    private void refuseLaterKeys() throws ConfigurationException {
        for (Key key : new Key[] {Key.FILES, Key.PCAP, Key.SHM}) {
            Found found = find(key);
            if (found != null && !(key == Key.SHM && isOff(found.text()))) {
                throw bad(
                        key,
                        found,
                        key == Key.SHM
                                ? "shared memory is not in this version; allowed: off"
                                : "not in this version; allowed: none");
            }
        }
    }

    private static boolean isOff(String text) {
        return "off".equals(text) || "false".equals(text);
    }

    private List<NetSpec> nets() throws ConfigurationException {
        int owner = 0;
        while (owner < sources.size() && sources.get(owner).devices.isEmpty()) {
            owner++;
        }
        if (owner == sources.size()) {
            refuseOrphans();
            return List.of();
        }
        List<Source.Device> devices = sources.get(owner).devices;
        List<NetSpec> nets = new ArrayList<>();
        for (Source.Device device : devices) {
            nets.add(net(device, owner, devices.size() == 1));
        }
        return nets;
    }

    private void refuseOrphans() throws ConfigurationException {
        for (Key key : Key.values()) {
            Found found = key.isOfDevice() ? find(key) : null;
            if (found != null) {
                throw bad(key, found, "there is no device; allowed: together with net=DEVICE");
            }
        }
    }

    private NetSpec net(Source.Device device, int owner, boolean only) throws ConfigurationException {
        String origin = sources.get(owner).origin;
        checkUri(device.uri, origin);
        Found addressText = ofDevice(Key.ADDRESS, device, owner, only);
        if (addressText == null) {
            throw ConfigurationException.badValue(
                    Key.NET, device.uri, origin, "has no address; allowed: together with address=ADDRESS/LENGTH");
        }
        NetText text = new NetText();
        text.readAddresses(addressText.items, addressText.origin);
        Found gateways = ofDevice(Key.GATEWAY, device, owner, only);
        if (gateways != null) {
            text.readGateways(gateways.items, gateways.origin);
        }
        Found mtu = ofDevice(Key.MTU, device, owner, only);
        if (mtu != null) {
            text.readMtu(mtu.text(), mtu.origin);
        }
        return text.spec(device.uri);
    }

    /** Returns what holds for a device: a stronger source, the device's own text, its source, a weaker one without devices. */
    private @Nullable Found ofDevice(Key key, Source.Device device, int owner, boolean only)
            throws ConfigurationException {
        for (int index = 0; index < sources.size(); index++) {
            Source source = sources.get(index);
            List<String> beside = source.get(key);
            List<String> own = index == owner ? device.settings.get(key) : null;
            if (own != null && beside != null) {
                throw bad(key, new Found(beside, source.origin), "stands twice for " + device.uri + "; allowed: once");
            }
            if (own != null) {
                return new Found(own, source.origin);
            }
            if (beside != null && (index <= owner || source.devices.isEmpty())) {
                Found found = new Found(beside, source.origin);
                if (!only) {
                    throw bad(key, found, "there are several devices; allowed: inside one of them");
                }
                return found;
            }
        }
        return null;
    }

    private static void checkUri(String uri, String origin) throws ConfigurationException {
        int colon = uri.indexOf(':');
        if (colon <= 0) {
            throw ConfigurationException.badValue(Key.NET, uri, origin);
        }
        String scheme = uri.substring(0, colon);
        if (LATER_SCHEMES.contains(scheme)) {
            throw ConfigurationException.badValue(
                    Key.NET, uri, origin, scheme + " is not in this version; allowed: tap:NAME");
        }
    }

    private boolean onOff(Key key) throws ConfigurationException {
        Found found = find(key);
        if (found == null || isOff(found.text())) {
            return false;
        }
        if ("on".equals(found.text()) || "true".equals(found.text())) {
            return true;
        }
        throw bad(key, found, null);
    }

    private TcpConfig tcp() throws ConfigurationException {
        Found found = find(Key.TCP);
        return found == null ? TcpConfig.defaults() : TcpText.parse(found.items, found.origin);
    }

    private PollMode poll() throws ConfigurationException {
        Found found = find(Key.POLL);
        if (found == null || "waiter".equals(found.text())) {
            return PollMode.WAITER;
        }
        if ("interrupt".equals(found.text())) {
            return PollMode.INTERRUPT;
        }
        boolean later = "dedicated".equals(found.text()) || found.text().startsWith("dedicated:");
        throw bad(Key.POLL, found, later ? "not in this version; allowed: " + Key.POLL.allowed() : null);
    }

    private long spinNanos(PollMode poll) throws ConfigurationException {
        Found found = find(Key.SPIN);
        if (found == null) {
            return poll == PollMode.INTERRUPT ? 0 : Configuration.SPIN_NANOS_DEFAULT;
        }
        long nanos = Numbers.durationNanos(found.text());
        if (nanos < 0 || nanos > SPIN_NANOS_MAX) {
            throw bad(Key.SPIN, found, null);
        }
        if (poll == PollMode.INTERRUPT && nanos > 0) {
            throw bad(Key.SPIN, found, "poll=interrupt never spins; allowed: 0, or poll=waiter");
        }
        return nanos;
    }

    private long memoryBytes() throws ConfigurationException {
        Found found = find(Key.MEMORY);
        if (found == null) {
            return Configuration.MEMORY_BYTES_DEFAULT;
        }
        long bytes = Numbers.sizeBytes(found.text());
        if (bytes < MEMORY_BYTES_MIN || bytes > MEMORY_BYTES_MAX) {
            throw bad(Key.MEMORY, found, null);
        }
        return bytes;
    }

    private List<Rule> rules(Key key) throws ConfigurationException {
        Found found = find(key);
        List<Rule> rules = new ArrayList<>();
        if (found != null) {
            for (String item : found.items) {
                rules.add(RuleText.parse(key, item, found.origin));
            }
        }
        return rules;
    }

    private System.Logger.Level log() throws ConfigurationException {
        Found found = find(Key.LOG);
        if (found == null) {
            return System.Logger.Level.WARNING;
        }
        return switch (found.text()) {
            case "off", "false" -> System.Logger.Level.OFF; // some YAML writers turn off into false
            case "error" -> System.Logger.Level.ERROR;
            case "warn" -> System.Logger.Level.WARNING;
            case "info" -> System.Logger.Level.INFO;
            case "debug" -> System.Logger.Level.DEBUG;
            default -> throw bad(Key.LOG, found, null);
        };
    }

    private Report report() throws ConfigurationException {
        Found found = find(Key.REPORT);
        if (found == null || isOff(found.text())) {
            return Report.OFF;
        }
        if ("exit".equals(found.text())) {
            return Report.EXIT;
        }
        throw bad(Key.REPORT, found, null);
    }

    private @Nullable Found find(Key key) {
        for (Source source : sources) {
            List<String> items = source.get(key);
            if (items != null) {
                return new Found(items, source.origin);
            }
        }
        return null;
    }

    private static ConfigurationException bad(Key key, Found found, @Nullable String why) {
        return why == null
                ? ConfigurationException.badValue(key, found.text(), found.origin)
                : ConfigurationException.badValue(key, found.text(), found.origin, why);
    }
}
