package io.demijohn.spi;

import io.demijohn.spi.config.Transport;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often each route was taken, and why.
 *
 * <p>Any thread counts and reads; owned by the {@link Datapath}. Never resets.
 */
public final class RouteCounters {
    private static final Operation[] OPERATIONS = Operation.values();
    private static final Transport[] TRANSPORTS = Transport.values();
    private static final RouteReason[] REASONS = RouteReason.values();

    private final LongAdder[] counts = new LongAdder[OPERATIONS.length * TRANSPORTS.length * REASONS.length];

    public RouteCounters() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /** What was being done when the route was chosen. */
    public enum Operation {
        /** A stream socket connects. */
        CONNECT,
        /** A listener binds. */
        LISTEN,
        /** A listener on several transports gives out a connection. */
        ACCEPT,
        /** Something opens that has one route only. */
        OPEN;

        /** Returns the word as printed. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Adds one. */
    public void count(Operation operation, Transport transport, RouteReason reason) {
        counts[index(operation, transport, reason)].increment();
    }

    /** Returns how often that happened so far. */
    public long get(Operation operation, Transport transport, RouteReason reason) {
        return counts[index(operation, transport, reason)].sum();
    }

    /** Returns how often {@code operation} went over {@code transport}, for any reason. */
    public long total(Operation operation, Transport transport) {
        long sum = 0;
        for (RouteReason reason : REASONS) {
            sum += get(operation, transport, reason);
        }
        return sum;
    }

    /** Returns one line for each counter that is not 0, such as {@code connect inet reached-by-device 12}. */
    public String report() {
        StringBuilder text = new StringBuilder();
        for (Operation operation : OPERATIONS) {
            for (Transport transport : TRANSPORTS) {
                for (RouteReason reason : REASONS) {
                    long count = get(operation, transport, reason);
                    if (count != 0) {
                        text.append(operation.word())
                                .append(' ')
                                .append(transport.name().toLowerCase(Locale.ROOT))
                                .append(' ')
                                .append(reason.word())
                                .append(' ')
                                .append(count)
                                .append('\n');
                    }
                }
            }
        }
        return text.toString();
    }

    @SuppressWarnings("EnumOrdinal") // into an array of this class alone, sized by the same enums
    private static int index(Operation operation, Transport transport, RouteReason reason) {
        return (operation.ordinal() * TRANSPORTS.length + transport.ordinal()) * REASONS.length + reason.ordinal();
    }
}
