package io.demijohn.spi;

import io.demijohn.engine.StreamHandle;
import io.demijohn.engine.StreamOptions;
import io.demijohn.stack.tcp.KeepAlive;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.StandardSocketOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.DjKernelChannels;

/**
 * The options of one bypassed stream socket, with the checks and texts of the JDK's own implementation.
 *
 * <p>Owned by one {@link DemijohnSocketImpl}, under its state lock. Holds values alone: the owner gives the stream what
 * concerns it. TCP_QUICKACK is a hint, as its documentation says.
 */
final class InetOptions {
    private static final String KEEP_IDLE = "TCP_KEEPIDLE";
    private static final String KEEP_INTERVAL = "TCP_KEEPINTERVAL";
    private static final String KEEP_COUNT = "TCP_KEEPCOUNT";
    /** The options of keep-alive by name: their constants are in a module that not every runtime has. */
    private static final Set<String> KEEP_ALIVE_TIMES = Set.of(KEEP_IDLE, KEEP_INTERVAL, KEEP_COUNT);

    /** Smaller buffers would hold less than two segments; the kernel has such a bound as well. */
    private static final int SIZE_MIN = 4096;

    private static final int KEEP_SECONDS_MAX = 32_767;
    private static final int KEEP_COUNT_MAX = 127;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final String NAPI_ID = "SO_INCOMING_NAPI_ID";
    private static final int LINGER_SECONDS_MAX = 65535;
    private static final int TRAFFIC_CLASS_MAX = 255;
    private static final int ECN_BITS = 3;

    private final Map<SocketOption<?>, Object> values;

    /** @param values a value for each option that is supported; urgent data is left out if they do not say */
    InetOptions(Map<SocketOption<?>, Object> values) {
        this.values = new HashMap<>(values);
        this.values.putIfAbsent(DjKernelChannels.oobInlineOption(), false);
    }

    /** Returns another with the same values, for a connection that a listener accepted. */
    InetOptions copy() {
        return new InetOptions(values);
    }

    /** Takes over {@code option} from {@code source} if it has it. */
    void inherit(SocketOption<?> option, Map<SocketOption<?>, Object> source) {
        Object value = source.get(option);
        if (value != null) {
            values.put(option, value);
        }
    }

    /** Returns what a stream starts with; sizes that were never set stay the stack's own. */
    StreamOptions streamOptions(Map<SocketOption<?>, Object> defaults) {
        return new StreamOptions(
                noDelay(),
                keepAlive(),
                sizeIfSet(StandardSocketOptions.SO_SNDBUF, defaults),
                sizeIfSet(StandardSocketOptions.SO_RCVBUF, defaults),
                trafficClass(),
                keepAliveTimes(),
                0);
    }

    /** Takes over when keep-alive probes from {@code source}. */
    void inheritKeepAliveTimes(Map<SocketOption<?>, Object> source) {
        for (SocketOption<?> option : source.keySet()) {
            if (KEEP_ALIVE_TIMES.contains(option.name())) {
                inherit(option, source);
            }
        }
    }

    /** Tells the stream of the value of {@code option}, if it is the stream's concern. */
    void apply(StreamHandle stream, SocketOption<?> option) {
        if (option == StandardSocketOptions.TCP_NODELAY) {
            stream.setNoDelay(noDelay());
        } else if (option == StandardSocketOptions.SO_KEEPALIVE) {
            stream.setKeepAlive(keepAlive());
        } else if (option == StandardSocketOptions.IP_TOS) {
            stream.setTrafficClass(trafficClass());
        } else if (option == DjKernelChannels.oobInlineOption()) {
            stream.setUrgentInline(Boolean.TRUE.equals(values.get(option)));
        } else if (option == StandardSocketOptions.SO_SNDBUF) {
            stream.setSendBuffer(size(option));
        } else if (option == StandardSocketOptions.SO_RCVBUF) {
            stream.setReceiveBuffer(size(option));
        } else if (KEEP_ALIVE_TIMES.contains(option.name())) {
            KeepAlive times = keepAliveTimes();
            if (times != null) {
                stream.setKeepAliveTimes(times);
            }
        }
    }

    /** Returns when an idle peer is probed, or null if this host has no such options. */
    private @Nullable KeepAlive keepAliveTimes() {
        int idleSeconds = 0;
        int intervalSeconds = 0;
        int probes = 0;
        for (Map.Entry<SocketOption<?>, Object> entry : values.entrySet()) {
            switch (entry.getKey().name()) {
                case KEEP_IDLE -> idleSeconds = (Integer) entry.getValue();
                case KEEP_INTERVAL -> intervalSeconds = (Integer) entry.getValue();
                case KEEP_COUNT -> probes = (Integer) entry.getValue();
                default -> {}
            }
        }
        return idleSeconds == 0 || intervalSeconds == 0 || probes == 0
                ? null
                : new KeepAlive(idleSeconds * NANOS_PER_SECOND, intervalSeconds * NANOS_PER_SECOND, probes);
    }

    private int size(SocketOption<?> option) {
        return values.get(option) instanceof Integer bytes ? Math.max(SIZE_MIN, bytes) : SIZE_MIN;
    }

    boolean noDelay() {
        return Boolean.TRUE.equals(values.get(StandardSocketOptions.TCP_NODELAY));
    }

    boolean keepAlive() {
        return Boolean.TRUE.equals(values.get(StandardSocketOptions.SO_KEEPALIVE));
    }

    int trafficClass() {
        return values.get(StandardSocketOptions.IP_TOS) instanceof Integer octet ? octet : 0;
    }

    /** Returns the linger interval, or a negative value if lingering is off. */
    int lingerSeconds() {
        return values.get(StandardSocketOptions.SO_LINGER) instanceof Integer seconds ? seconds : -1;
    }

    /** Returns the value of a supported option. */
    Object get(SocketOption<?> option) {
        Object value = values.get(option);
        if (value == null) {
            throw JdkErrors.optionNotSupported(option);
        }
        return value;
    }

    /** Checks and keeps the value of a supported option. */
    void set(SocketOption<?> option, @Nullable Object value) throws SocketException {
        if (!option.type().isInstance(value) || value == null) {
            throw JdkErrors.invalidValue(value == null ? "null" : value);
        }
        if (!values.containsKey(option)) {
            throw JdkErrors.optionNotSupported(option);
        }
        values.put(option, checked(option, value));
    }

    /** Returns the value of one of the {@link SocketOptions} that streams have, as their methods give it. */
    Object get(int option) throws SocketException {
        return switch (option) {
            case SocketOptions.SO_LINGER -> lingerSeconds() < 0 ? false : (Object) lingerSeconds();
            default -> get(named(option));
        };
    }

    /** Checks and keeps one of the {@link SocketOptions} that streams have. */
    void set(int option, @Nullable Object value) throws SocketException {
        if (option == SocketOptions.SO_LINGER) {
            boolean off = Boolean.FALSE.equals(value);
            set(StandardSocketOptions.SO_LINGER, off ? -1 : intValue(value, "SO_LINGER"));
        } else {
            setNamed(named(option), value);
        }
    }

    private void setNamed(SocketOption<?> option, @Nullable Object value) throws SocketException {
        if (option.type() == Boolean.class) {
            set(option, booleanValue(value, option.name()));
            return;
        }
        int number = intValue(value, option.name());
        boolean size = option == StandardSocketOptions.SO_SNDBUF || option == StandardSocketOptions.SO_RCVBUF;
        if (size && number <= 0) {
            throw JdkErrors.notPositive(option.name());
        }
        try {
            set(option, number);
        } catch (IllegalArgumentException e) { // this method's contract has the checked one
            throw JdkErrors.refusedValue(e);
        }
    }

    private int sizeIfSet(SocketOption<Integer> option, Map<SocketOption<?>, Object> defaults) {
        Object value = values.get(option);
        return value == null || value.equals(defaults.get(option)) ? 0 : size(option);
    }

    /** Returns the milliseconds of a valid SO_TIMEOUT. */
    static int timeout(@Nullable Object value) throws SocketException {
        int millis = intValue(value, "SO_TIMEOUT");
        if (millis < 0) {
            throw JdkErrors.negativeTimeout();
        }
        return millis;
    }

    /** Returns {@code value}, which is of the option's type, as it is kept; throws what the JDK throws of a bad one. */
    static Object checked(SocketOption<?> option, Object value) throws SocketException {
        if (NAPI_ID.equals(option.name())) {
            throw JdkErrors.optionIsReadOnly(option);
        }
        if (KEEP_ALIVE_TIMES.contains(option.name())) {
            int number = (Integer) value;
            if (number < 1 || number > (KEEP_COUNT.equals(option.name()) ? KEEP_COUNT_MAX : KEEP_SECONDS_MAX)) {
                throw JdkErrors.invalidArgument();
            }
            return value;
        }
        if (option == StandardSocketOptions.SO_LINGER) {
            int seconds = (Integer) value;
            return seconds < 0 ? -1 : Math.min(seconds, LINGER_SECONDS_MAX);
        }
        if (option == StandardSocketOptions.SO_SNDBUF || option == StandardSocketOptions.SO_RCVBUF) {
            if ((Integer) value < 0) {
                throw new IllegalArgumentException("Invalid send/receive buffer size");
            }
        } else if (option == StandardSocketOptions.IP_TOS) {
            int trafficClass = (Integer) value;
            if (trafficClass < 0 || trafficClass > TRAFFIC_CLASS_MAX) {
                throw new IllegalArgumentException("Invalid IP_TOS value");
            }
            return trafficClass & ~ECN_BITS; // TCP's own, which Linux does not give away either
        }
        return value;
    }

    private static SocketOption<?> named(int option) throws SocketException {
        SocketOption<?> known = of(option);
        if (known == null) {
            throw JdkErrors.unknownOption(option);
        }
        return known;
    }

    /** Returns the named option that is meant, or null if there is none. */
    static @Nullable SocketOption<?> of(int option) {
        return switch (option) {
            case SocketOptions.TCP_NODELAY -> StandardSocketOptions.TCP_NODELAY;
            case SocketOptions.SO_KEEPALIVE -> StandardSocketOptions.SO_KEEPALIVE;
            case SocketOptions.SO_SNDBUF -> StandardSocketOptions.SO_SNDBUF;
            case SocketOptions.SO_RCVBUF -> StandardSocketOptions.SO_RCVBUF;
            case SocketOptions.SO_REUSEADDR -> StandardSocketOptions.SO_REUSEADDR;
            case SocketOptions.SO_REUSEPORT -> StandardSocketOptions.SO_REUSEPORT;
            case SocketOptions.IP_TOS -> StandardSocketOptions.IP_TOS;
            case SocketOptions.SO_OOBINLINE -> DjKernelChannels.oobInlineOption();
            default -> null;
        };
    }

    private static boolean booleanValue(@Nullable Object value, String option) throws SocketException {
        if (value instanceof Boolean on) {
            return on;
        }
        throw JdkErrors.badValue(option);
    }

    private static int intValue(@Nullable Object value, String option) throws SocketException {
        if (value instanceof Integer number) {
            return number;
        }
        throw JdkErrors.badValue(option);
    }
}
