package io.demijohn.stack.tcp;

import java.util.List;
import java.util.Locale;

/**
 * What can be tuned in TCP: each value with its unit, its default and its bounds.
 *
 * <p>Immutable; any thread. Durations are nanoseconds, sizes bytes, the others counts. {@link TcpConfig} holds the values.
 */
public enum TcpTunable {
    /** Retransmission timeout before the first measurement (RFC 6298, 2.1). */
    RTO_INITIAL(Unit.NANOS, seconds(1), millis(1), seconds(60)),
    /** Floor of the retransmission timeout. */
    RTO_MIN(Unit.NANOS, millis(200), millis(1), seconds(60)),
    /** Ceiling of the retransmission timeout, backed off or not; RFC 6298, 2.5 wants 60 s at least. */
    RTO_MAX(Unit.NANOS, seconds(60), seconds(1), seconds(600)),
    /** Longest wait before data is acknowledged (RFC 9293, MUST-58: below 500 ms). */
    DELAYED_ACK(Unit.NANOS, millis(40), 0, millis(500)),
    /** Length of TIME_WAIT, 2 MSL. */
    TIME_WAIT(Unit.NANOS, seconds(60), 0, seconds(600)),
    /** How long a closed socket waits for the peer's FIN. */
    FIN_WAIT_2(Unit.NANOS, seconds(60), millis(1), seconds(86_400)),
    /** Silence before the first keep-alive probe (RFC 9293, MUST-28: 2 hours unless said otherwise). */
    KEEP_ALIVE_IDLE(Unit.NANOS, seconds(7200), millis(1), seconds(32_767)),
    /** Time between keep-alive probes. */
    KEEP_ALIVE_INTERVAL(Unit.NANOS, seconds(75), millis(1), seconds(32_767)),
    /** Unanswered keep-alive probes that end the connection. */
    KEEP_ALIVE_PROBES(Unit.COUNT, 9, 1, 127),
    /** How long anything may stay unacknowledged or unsent before the connection ends (RFC 5482), in whole milliseconds; 0: no such limit. */
    USER_TIMEOUT(Unit.NANOS, 0, 0, seconds(2_147_483)),
    /** Retransmissions of a SYN before connect times out. */
    SYN_RETRIES(Unit.COUNT, 6, 0, 127),
    /** Retransmissions of a SYN-ACK before a half-open connection is forgotten. */
    SYN_ACK_RETRIES(Unit.COUNT, 5, 0, 127),
    /** Consecutive timeouts of data or FIN before the connection times out. */
    DATA_RETRIES(Unit.COUNT, 15, 1, 127),
    /** Bound of unread bytes of a new connection: its first window. */
    RECEIVE_BUFFER(Unit.BYTES, 64 << 10, 256, 1 << 30),
    /** What that bound grows to while the application keeps up, unless it set SO_RCVBUF: 500 Mbit/s over 100 ms. */
    RECEIVE_BUFFER_MAX(Unit.BYTES, 6 << 20, 256, 1 << 30),
    /** Bound of unacknowledged bytes of a new connection. */
    SEND_BUFFER(Unit.BYTES, 256 << 10, 256, 1 << 30),
    /** What that bound grows to with the congestion window, unless the application set SO_SNDBUF. */
    SEND_BUFFER_MAX(Unit.BYTES, 12 << 20, 256, 1 << 30),
    /** Initial congestion window in segments (RFC 6928). */
    INITIAL_WINDOW(Unit.COUNT, 10, 1, 1000),
    /** Segments acknowledged without delay at the start of a connection. */
    QUICK_ACKS(Unit.COUNT, 16, 0, 1000),
    /** Whether to negotiate selective acknowledgements (RFC 2018). */
    SACK(Switch.ON, Switch.WORDS),
    /** Whether to negotiate timestamps (RFC 7323). */
    TIMESTAMPS(Switch.ON, Switch.WORDS),
    /** Whether to negotiate window scaling (RFC 7323). */
    WINDOW_SCALING(Switch.ON, Switch.WORDS),
    /** Explicit congestion notification (RFC 3168): never, if the peer asks, or ask for it. */
    ECN(Ecn.ANSWER, "off", "answer", "request"),
    /** Congestion control: CUBIC (RFC 9438), NewReno (RFC 5681, 6582) or DCTCP (RFC 8257). */
    CONGESTION(CongestionControl.CUBIC, "cubic", "new-reno", "dctcp"),
    /** Whether to probe for losses at the end of what was sent (RFC 8985, 7). */
    LOSS_PROBE(Switch.ON, Switch.WORDS),
    /** Out-of-order segments kept per connection. */
    REASSEMBLY_SEGMENTS(Unit.COUNT, 256, 0, 1 << 20),
    /** Bound of connections. */
    CONNECTIONS(Unit.COUNT, 1 << 20, 1, 1 << 26),
    /** Bound of half-open connections over all listeners. */
    HALF_OPEN(Unit.COUNT, 4096, 1, 1 << 26),
    /** SYNs answered in a second without keeping state, while a table of half-open connections is full (RFC 4987); 0: none. */
    SYN_COOKIES(Unit.COUNT, 100_000, 0, 1 << 26),
    /** Bound of TIME_WAIT entries; beyond it the oldest goes. */
    TIME_WAITS(Unit.COUNT, 16_384, 0, 1 << 26),
    /** Bound per connection and second of ACKs that answer suspicious segments (RFC 5961, 7). */
    CHALLENGE_ACKS(Unit.COUNT, 10, 1, 1 << 20),
    /** Lowest port chosen for the user. */
    EPHEMERAL_FIRST(Unit.COUNT, 32_768, 1024, 65_535),
    /** Highest port chosen for the user. */
    EPHEMERAL_LAST(Unit.COUNT, 60_999, 1024, 65_535);

    /** What a value counts. */
    public enum Unit {
        NANOS,
        BYTES,
        COUNT,
        /** One of {@link #words}, by its index. */
        WORD
    }

    private static final class Switch {
        static final int ON = 1;
        static final String[] WORDS = {"off", "on"};
    }

    private final Unit unit;
    private final long defaultValue;
    private final long least;
    private final long greatest;
    private final String words; // separated by commas

    TcpTunable(Unit unit, long defaultValue, long least, long greatest) {
        this.unit = unit;
        this.defaultValue = defaultValue;
        this.least = least;
        this.greatest = greatest;
        this.words = "";
    }

    TcpTunable(int defaultWord, String... words) {
        this.unit = Unit.WORD;
        this.defaultValue = defaultWord;
        this.least = 0;
        this.greatest = words.length - 1L;
        this.words = String.join(",", words);
    }

    public Unit unit() {
        return unit;
    }

    /** Returns the words that a value of {@link Unit#WORD} is chosen from; its number is the index. */
    public List<String> words() {
        return List.of(words.split(","));
    }

    /** Returns whether a value is within the bounds. */
    public boolean allows(long value) {
        return value >= least && value <= greatest;
    }

    public long least() {
        return least;
    }

    public long greatest() {
        return greatest;
    }

    /** Returns what a server on a real network wants. */
    public long defaultValue() {
        return defaultValue;
    }

    /** Returns the name as a user writes it: {@code rto-min}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Checks a value.
     *
     * @throws IllegalArgumentException if it is out of bounds, with the name, the value and the bounds
     */
    long checked(long value) {
        if (!allows(value)) {
            throw new IllegalArgumentException(label() + " " + value + ": must be " + least + " to " + greatest);
        }
        return value;
    }

    private static long millis(long count) {
        return count * 1_000_000L;
    }

    private static long seconds(long count) {
        return count * 1_000_000_000L;
    }
}
