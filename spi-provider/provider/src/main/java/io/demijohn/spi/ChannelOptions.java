package io.demijohn.spi;

import io.demijohn.engine.StreamHandle;
import java.io.IOException;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options of one socket channel: the kernel channel's own until it is bypassed, then values kept here.
 *
 * <p>Owned by one channel, under its state lock.
 */
final class ChannelOptions {
    private final ChannelDefaults defaults;
    private final @Nullable NetworkChannel kernel;
    private final Set<SocketOption<?>> chosen = new HashSet<>(4);
    private @Nullable InetOptions kept;

    /** @param kernel takes the options until {@link #keep} */
    ChannelOptions(ChannelDefaults defaults, NetworkChannel kernel) {
        this.defaults = defaults;
        this.kernel = kernel;
    }

    /** @param kept of a channel that is bypassed from the start */
    ChannelOptions(ChannelDefaults defaults, InetOptions kept) {
        this.defaults = defaults;
        this.kernel = null;
        this.kept = kept;
    }

    /** Throws what the JDK throws if {@code name} or {@code value} cannot be set at all. */
    static <T> void check(Set<SocketOption<?>> supported, SocketOption<T> name, T value) {
        checkSupported(supported, name);
        if (!name.type().isInstance(value)) {
            throw JdkErrors.invalidValue(value == null ? "null" : value);
        }
    }

    static void checkSupported(Set<SocketOption<?>> supported, SocketOption<?> name) {
        if (!supported.contains(name)) {
            throw JdkErrors.optionNotSupported(name);
        }
    }

    /** @param stream to tell of it, or null while the channel is not bypassed */
    <T> void set(SocketOption<T> name, T value, @Nullable StreamHandle stream) throws IOException {
        InetOptions values = kept;
        if (values == null) {
            kernel().setOption(name, value);
            chosen.add(name);
            return;
        }
        values.set(name, value);
        if (stream != null) {
            values.apply(stream, name);
        }
    }

    @SuppressWarnings("unchecked") // an option's values are of its type
    <T> T get(SocketOption<T> name) throws IOException {
        return kept == null ? kernel().getOption(name) : (T) kept.get(name);
    }

    /** The channel leaves its kernel channel: takes over what was chosen there. */
    InetOptions keep() throws IOException {
        InetOptions values = defaults.options(kernel(), chosen);
        kept = values;
        return values;
    }

    /** Returns the linger interval of a bypassed channel, or a negative value if lingering is off. */
    int lingerSeconds() {
        return kept == null ? -1 : kept.lingerSeconds();
    }

    private NetworkChannel kernel() {
        if (kernel == null) {
            throw new IllegalStateException("no kernel channel and no kept options");
        }
        return kernel;
    }
}
