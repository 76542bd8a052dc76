package io.demijohn.stack.tcp;

import io.demijohn.stack.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the segments of connections as large as their paths carry: by what routers report (RFC 1191, 6.5; RFC 8201), and by
 * what arrives where none report (RFC 4821; RFC 8899).
 *
 * <pre>
 *   full segments --- report about a segment in flight ------------> smaller: what was too big leaves again at once
 *                 --- 2 timeouts in a row of a full segment -------> smaller: 1024 bytes; 2 more, only IPv4: 512
 *   smaller ------ 10 minutes later ----> full again, as a probe -- acknowledged --> full segments
 *                                                               --- a timeout -----> smaller, as before
 * </pre>
 *
 * <p>A probe is new data, in segments of the size that the path carried first: if it is lost, one timeout shows it, and
 * reports of routers come even sooner. Smaller segments for a path's sake say nothing of congestion: the window stays. Owned
 * by {@link Tcp}; driver only; allocates once for a connection whose path turned out narrow.
 */
final class PathMtu {
    /** Timeouts in a row of a full segment after which a black hole is suspected. */
    static final int TIMEOUTS_MIN = 2;

    static final long RAISE_AFTER_NANOS = 600_000_000_000L; // RFC 4821, 7.7: 10 minutes

    private static final int SAFE_BYTES = 1024; // RFC 4821, 7.7
    private static final int LEAST_BYTES = 512;
    private static final int IPV6_SAFE_BYTES = 1220;
    private static final int IPV4_HEADERS = 40;
    private static final int IPV6_HEADERS = 60;

    /** What is known of the narrow path of one connection. */
    static final class State {
        /** Segment size that the handshake agreed on. */
        final int fullMss;

        long raiseNanos;
        /** Segment size before the probe, 0 when none is under way. */
        int mssBefore;
        /** SND.NXT when the probe began. */
        long probeFrom;

        State(int fullMss) {
            this.fullMss = fullMss;
        }
    }

    private final SegmentWriter writer;
    private final SentSegments segments;
    private final TcpCounters counters;

    PathMtu(SegmentWriter writer, SentSegments segments, TcpCounters counters) {
        this.writer = writer;
        this.segments = segments;
        this.counters = counters;
    }

    /**
     * Takes a report that a segment did not fit; returns whether it is about one in flight that was too big, and then marks
     * what must leave again (RFC 5927, 7).
     */
    boolean onReport(TcpConnection connection, int wireSequence, int mtuBytes, long nowNanos) {
        long sequence = Sequence.near(connection.sendUnacknowledged, wireSequence);
        boolean inFlight = sequence >= connection.sendUnacknowledged && sequence < connection.sendMax;
        int mss = mssFor(connection, mtuBytes);
        if (!inFlight || mss >= connection.sendMss || connection.flight.isEmpty()) {
            counters.pathMtuIgnored++;
            return false;
        }
        lower(connection, mss, nowNanos);
        Flight flight = connection.flight;
        for (int record = flight.first; record != SentSegments.NONE; record = segments.next(record)) {
            boolean tooBig = segments.bytes(record) > mss;
            if (tooBig && !segments.has(record, SentSegments.LOST | SentSegments.SACKED)) {
                segments.markLost(flight, record);
            }
        }
        return true;
    }

    /** Takes the {@code retries}-th timeout in a row, after it was taken for a loss. */
    void onTimeout(TcpConnection connection, long nowNanos) {
        Flight flight = connection.flight;
        State state = connection.pathState;
        if (flight.isEmpty()) {
            return;
        }
        int known = writer.mssOf(connection.remoteHigh, connection.remoteLow) - connection.optionBytes();
        if (known < connection.sendMss) { // another connection heard a report
            lower(connection, known, nowNanos);
        } else if (state != null && state.mssBefore > 0) {
            lower(connection, state.mssBefore, nowNanos);
        } else if (connection.retries % TIMEOUTS_MIN == 0) {
            int safe = safeMss(connection);
            if (connection.retries > 0 && segments.bytes(flight.first) > safe && safe < connection.sendMss) {
                counters.blackHoles++;
                lower(connection, safe, nowNanos);
            }
        }
    }

    /** Takes an acknowledgement of something new on a connection with a narrow path: begins and ends probes. */
    void onAcknowledged(TcpConnection connection, State state, long nowNanos) {
        if (state.mssBefore > 0) {
            if (connection.sendUnacknowledged - state.probeFrom >= connection.sendMss) {
                state.mssBefore = 0;
                counters.pathMtuRaised++;
            }
            return;
        }
        if (connection.sendMss >= state.fullMss || state.raiseNanos - nowNanos > 0) {
            return;
        }
        int known = writer.mssOf(connection.remoteHigh, connection.remoteLow) - connection.optionBytes();
        int wider = Math.min(state.fullMss, known);
        state.raiseNanos = nowNanos + RAISE_AFTER_NANOS;
        if (wider > connection.sendMss) {
            state.mssBefore = connection.sendMss;
            state.probeFrom = connection.sendNext;
            setMss(connection, wider);
        }
    }

    private void lower(TcpConnection connection, int mss, long nowNanos) {
        @Nullable State state = connection.pathState;
        if (state == null) {
            state = new State(connection.sendMss);
            connection.pathState = state;
        }
        counters.pathMtuLowered++;
        state.mssBefore = 0;
        state.raiseNanos = nowNanos + RAISE_AFTER_NANOS;
        setMss(connection, mss);
    }

    private static void setMss(TcpConnection connection, int mss) {
        connection.sendMss = mss;
        connection.congestion.setMss(mss);
    }

    private static int mssFor(TcpConnection connection, int mtuBytes) {
        int headers = isIpv4(connection) ? IPV4_HEADERS : IPV6_HEADERS;
        return Math.max(1, mtuBytes - headers - connection.optionBytes());
    }

    /**
     * Returns the size to try when full segments seem to vanish: the next one below, or the present one. A connection that
     * never sent more than the safe size is not suspected: paths narrower than that report it or do not exist.
     */
    private static int safeMss(TcpConnection connection) {
        int options = connection.optionBytes();
        State state = connection.pathState;
        int full = state == null ? connection.sendMss : state.fullMss;
        int safe = (isIpv4(connection) ? SAFE_BYTES : IPV6_SAFE_BYTES) - options;
        if (connection.sendMss > safe) {
            return safe;
        }
        return full > safe && isIpv4(connection)
                ? Math.min(connection.sendMss, LEAST_BYTES - options)
                : connection.sendMss;
    }

    /** Returns how long lost segments may become when they are joined: no path is too narrow for that. */
    static int joinedMax(TcpConnection connection) {
        return Math.min(connection.payloadMax(), LEAST_BYTES - connection.optionBytes());
    }

    private static boolean isIpv4(TcpConnection connection) {
        return IpAddress.isIpv4(connection.remoteHigh, connection.remoteLow);
    }
}
