package io.demijohn.spi;

import io.demijohn.engine.StreamOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the options of a fresh kernel channel say on this host, so that a bypassed one says the same.
 *
 * <p>One per {@link ChannelHome}; any thread. Asks the kernel once.
 */
final class ChannelDefaults {
    private static final String OOB_INLINE = "SO_OOBINLINE";

    private final ChannelHome home;
    private volatile @Nullable Client client;

    /**
     * Of a client channel, the option that only adaptors use included.
     *
     * @param supported what {@code supportedOptions} answers
     * @param values what each option says if this kernel has it
     */
    private record Client(Set<SocketOption<?>> supported, Map<SocketOption<?>, Object> values) {}

    ChannelDefaults(ChannelHome home) {
        this.home = home;
    }

    /** Returns what {@code supportedOptions} of a client channel answers. */
    Set<SocketOption<?>> supported() {
        try {
            return client().supported();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the option that only socket adaptors use; the JDK keeps its constant to itself. */
    @SuppressWarnings("unchecked") // the option's values are of its type
    SocketOption<Boolean> oobInline() {
        for (SocketOption<?> option : supported()) {
            if (OOB_INLINE.equals(option.name())) {
                return (SocketOption<Boolean>) option;
            }
        }
        throw new IllegalStateException("the JDK has no " + OOB_INLINE);
    }

    /** Returns the options of a channel that leaves {@code kernel} behind, with those that the application chose there. */
    InetOptions options(NetworkChannel kernel, Set<SocketOption<?>> chosen) throws IOException {
        Map<SocketOption<?>, Object> values = new HashMap<>(client().values());
        for (SocketOption<?> option : chosen) {
            values.put(option, kernel.getOption(option));
        }
        return new InetOptions(values);
    }

    /** Returns the options of a channel that a listener accepted: some are the listener's own. */
    InetOptions acceptedOptions(Map<SocketOption<?>, Object> listener) throws IOException {
        InetOptions options = new InetOptions(client().values());
        options.inherit(StandardSocketOptions.SO_RCVBUF, listener);
        options.inherit(StandardSocketOptions.SO_REUSEADDR, listener);
        options.inheritKeepAliveTimes(listener);
        return options;
    }

    /** Returns what a stream with {@code options} starts with. */
    StreamOptions streamOptions(InetOptions options) throws IOException {
        return options.streamOptions(client().values());
    }

    private Client client() throws IOException {
        Client known = client;
        if (known == null) {
            try (SocketChannel fresh = home.openInKernel(home.datapath().defaultFamily())) {
                known = new Client(fresh.supportedOptions(), Map.copyOf(read(fresh)));
            }
            client = known;
        }
        return known;
    }

    /** Returns what every option of {@code channel} says now; an option that this kernel does not have is left out. */
    static Map<SocketOption<?>, Object> read(NetworkChannel channel) throws IOException {
        Map<SocketOption<?>, Object> values = new HashMap<>();
        for (SocketOption<?> option : channel.supportedOptions()) {
            try {
                values.put(option, channel.getOption(option));
            } catch (UnsupportedOperationException e) {
                values.remove(option); // the kernel is older than the JDK's list
            }
        }
        return values;
    }
}
