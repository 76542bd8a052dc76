package io.demijohn.spi;

import java.io.IOException;
import java.net.DjSocketImpls;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.NioSocketImpl;

/**
 * The options of a {@link DemijohnSocketImpl}, by name and by number: those of the inner socket while there is one, else those
 * kept for the bypassed stream, which is told of each.
 *
 * <p>Owned by one implementation, whose {@link SocketState} it shares; any thread. A timeout is kept here until the inner
 * socket does everything: it concerns waiting, which the inner socket does not do before.
 */
final class SocketSettings {
    private final SocketState state;
    private final boolean server;

    SocketSettings(SocketState state, boolean server) {
        this.state = state;
        this.server = server;
    }

    Set<SocketOption<?>> supported() {
        return DjSocketImpls.supportedOptions(new NioSocketImpl(server));
    }

    <T> void set(SocketOption<T> name, T value) throws IOException {
        ChannelOptions.checkSupported(supported(), name);
        state.lock.lock();
        try {
            state.ensureOpen();
            SocketImpl asked = state.inner;
            InetOptions kept = state.options;
            if (asked != null) {
                DjSocketImpls.setOption(asked, name, value);
                state.innerOptionsChanged();
            } else if (kept != null) {
                kept.set(name, value);
                apply(kept, name);
            }
        } finally {
            state.lock.unlock();
        }
    }

    @SuppressWarnings("unchecked") // a value was checked against its option's type when it was set
    <T> T get(SocketOption<T> name) throws IOException {
        ChannelOptions.checkSupported(supported(), name);
        state.lock.lock();
        try {
            state.ensureOpen();
            InetOptions kept = state.options;
            return state.inner != null || kept == null
                    ? DjSocketImpls.getOption(state.kernel(), name)
                    : (T) kept.get(name);
        } finally {
            state.lock.unlock();
        }
    }

    void set(int option, @Nullable Object value) throws SocketException {
        state.lock.lock();
        try {
            state.ensureOpen();
            SocketImpl asked = state.inner;
            InetOptions kept = state.options;
            if (option == SocketOptions.SO_TIMEOUT && state.phase != SocketPhase.KERNEL) {
                state.timeoutMillis = InetOptions.timeout(value);
            } else if (asked != null) {
                asked.setOption(option, value);
                state.innerOptionsChanged();
            } else if (kept != null) {
                kept.set(option, value);
                SocketOption<?> named = InetOptions.of(option);
                if (named != null) {
                    apply(kept, named);
                }
            }
        } finally {
            state.lock.unlock();
        }
    }

    Object get(int option) throws SocketException {
        state.lock.lock();
        try {
            state.ensureOpen();
            if (state.phase != SocketPhase.KERNEL) {
                InetSocket open = state.stream;
                PortReservation bound = state.reservation;
                if (option == SocketOptions.SO_TIMEOUT) {
                    return state.timeoutMillis;
                }
                if (option == SocketOptions.SO_BINDADDR && open != null) {
                    return open.stream().local().getAddress();
                }
                if (option == SocketOptions.SO_BINDADDR && bound != null && !bound.onKernel()) {
                    return bound.local().getAddress();
                }
            }
            InetOptions kept = state.options;
            return state.inner != null || kept == null ? state.kernel().getOption(option) : kept.get(option);
        } finally {
            state.lock.unlock();
        }
    }

    private void apply(InetOptions values, SocketOption<?> changed) {
        InetSocket open = state.stream;
        if (open != null) {
            values.apply(open.stream(), changed);
        }
    }
}
