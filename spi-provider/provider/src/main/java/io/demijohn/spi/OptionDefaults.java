package io.demijohn.spi;

import java.io.IOException;
import java.net.DjSocketImpls;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.NioSocketImpl;

/**
 * What the socket options of a fresh kernel socket say on this host, so that a bypassed one says the same.
 *
 * <p>One per {@link Datapath}; any thread. Asks the kernel once.
 */
final class OptionDefaults {
    private volatile @Nullable Map<SocketOption<?>, Object> client;

    /** Returns the options of a client socket; not to be changed. */
    Map<SocketOption<?>, Object> client() throws IOException {
        Map<SocketOption<?>, Object> known = client;
        if (known == null) {
            NioSocketImpl fresh = new NioSocketImpl(false);
            DjSocketImpls.create(fresh, true);
            try {
                known = Map.copyOf(read(fresh));
            } finally {
                DjSocketImpls.close(fresh);
            }
            client = known;
        }
        return known;
    }

    /** Returns what every option of {@code impl} says now; an option that this kernel does not have is left out. */
    static Map<SocketOption<?>, Object> read(SocketImpl impl) throws IOException {
        Map<SocketOption<?>, Object> values = new HashMap<>();
        for (SocketOption<?> option : DjSocketImpls.supportedOptions(impl)) {
            try {
                values.put(option, DjSocketImpls.getOption(impl, option));
            } catch (UnsupportedOperationException e) {
                // the kernel is older than the JDK's list
            }
        }
        return values;
    }
}
