package io.demijohn.spi;

import io.demijohn.device.DeviceException;
import io.demijohn.engine.Engine;
import io.demijohn.spi.config.Configuration;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.DjHooks;

/**
 * Everything of this floor put together: datapath, provider and the answers to the agent's hooks.
 *
 * <p>Made once, by the agent, on the starting thread; only {@link #close} may come from another. Until {@link #enableHooks}
 * the JDK goes its own way.
 */
public final class Bootstrap implements AutoCloseable {
    private final Datapath datapath;
    private final SelectorProvider provider;
    private final @Nullable AsynchronousChannelProvider asyncProvider;
    private final JdkHooks hooks;

    private Bootstrap(Datapath datapath, boolean asynchronous) {
        this.datapath = datapath;
        DemijohnProvider channels = new DemijohnProvider(datapath);
        this.provider = channels;
        this.asyncProvider = asynchronous ? new DemijohnAsyncProvider(datapath, channels.defaults()) : null;
        this.hooks = new JdkHooks(datapath, provider, asyncProvider);
    }

    /**
     * Opens what is configured.
     *
     * @throws DeviceException if a device cannot be opened, in one line; nothing stays open
     */
    public static Bootstrap start(Configuration configuration) throws DeviceException {
        return start(configuration, true);
    }

    /**
     * Opens what is configured.
     *
     * @param asynchronous whether asynchronous channels are ours, too
     */
    public static Bootstrap start(Configuration configuration, boolean asynchronous) throws DeviceException {
        return new Bootstrap(Datapath.open(configuration), asynchronous);
    }

    /** Returns the provider that the hooked JDK gives to the application. */
    public SelectorProvider provider() {
        return provider;
    }

    /** Returns the provider of asynchronous channels that the hooked JDK gives out, or null if they are not ours. */
    public @Nullable AsynchronousChannelProvider asyncProvider() {
        return asyncProvider;
    }

    /** Returns the transports in force in the order of choice, such as {@code inet tap:dj0} and {@code kernel}. */
    public List<String> transports() {
        List<String> transports = new ArrayList<>();
        for (Engine engine : datapath.engines()) {
            transports.add("inet " + engine.uri());
        }
        transports.add("kernel");
        return transports;
    }

    /** From now on the hooked JDK asks us. */
    public void enableHooks() {
        DjHooks.install(hooks);
    }

    /**
     * Closes the datapath at the orderly end of the JVM, after the application's own shutdown hooks.
     *
     * @param report takes the report just before, in lines, or null if nobody wants it
     */
    public void closeAtExit(@Nullable Consumer<String> report) {
        datapath.closeAtExit(report);
    }

    /** Gives the JDK back its own way and closes the datapath. */
    @Override
    public void close() {
        DjHooks.install(null);
        datapath.close();
    }
}
