package io.demijohn.spi.config;

import io.demijohn.stack.tcp.TcpConfig;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What the user configured, checked and complete; the one place that reads configuration.
 *
 * <p>Immutable. Read once at start, by the agent's entry or by the provider when it stands alone.
 *
 * @param nets the network devices, in the order they were given
 * @param loop whether an in-process device owns the loopback addresses
 * @param tcp the settings of TCP on every device
 * @param poll who polls the devices
 * @param spinNanos how long a waiting thread polls before it sleeps; 0 with {@link PollMode#INTERRUPT}
 * @param memoryBytes bound of registered memory
 * @param strict whether an unwanted kernel route is an error
 * @param listenRules ordered rules for listeners
 * @param connectRules ordered rules for connects
 * @param log from which level on messages are printed; the start line counts as a warning
 * @param report when the report is printed
 */
public record Configuration(
        List<NetSpec> nets,
        boolean loop,
        TcpConfig tcp,
        PollMode poll,
        long spinNanos,
        long memoryBytes,
        boolean strict,
        List<Rule> listenRules,
        List<Rule> connectRules,
        System.Logger.Level log,
        Report report) {

    public static final long SPIN_NANOS_DEFAULT = 50_000;
    public static final long MEMORY_BYTES_DEFAULT = 256L << 20;

    public Configuration {
        nets = List.copyOf(nets);
        listenRules = List.copyOf(listenRules);
        connectRules = List.copyOf(connectRules);
    }

    /** Returns what holds when nothing is configured: every socket stays on the kernel. */
    public static Configuration defaults() {
        return new Configuration(
                List.of(),
                false,
                TcpConfig.defaults(),
                PollMode.WAITER,
                SPIN_NANOS_DEFAULT,
                MEMORY_BYTES_DEFAULT,
                false,
                List.of(),
                List.of(),
                System.Logger.Level.WARNING,
                Report.OFF);
    }

    /**
     * Reads the configuration; agent options win over properties, properties over the file.
     *
     * @param agentOptions {@code key=value,key=value}, or null if there are none
     * @param properties the system properties, of which {@code demijohn.KEY} count
     * @throws ConfigurationException if a key is unknown or a value bad, in one line
     */
    public static Configuration read(@Nullable String agentOptions, Properties properties)
            throws ConfigurationException {
        return ConfigurationReader.read(agentOptions == null ? "" : agentOptions, properties);
    }

    /** Returns whether any route other than the kernel is in force. */
    public boolean bypasses() {
        return loop || !nets.isEmpty();
    }
}
