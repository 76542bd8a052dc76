package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.IpAddress;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a stranger must not guess: initial sequence numbers, ports, timestamps (RFC 6528, 6056, 7323). */
final class SecretsTest {
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long START_NANOS = 5 * SECOND_NANOS;
    /** RFC 9293, 3.4.1: one step in about 4 us. */
    private static final int STEPS_PER_SECOND = 244_140;

    private static final IpAddress PEER = IpAddress.ofIpv4(0x0a000009);

    @Test
    @Tag("proves:rfc6528")
    void sequence_sameFourTupleLater_goesOnWithTheClock() {
        try (TcpHost host = new TcpHost(1, TcpConfig.defaults(), 7, START_NANOS)) {
            long first = connectOnce(host, 4000, START_NANOS);
            long later = connectOnce(host, 4000, START_NANOS + SECOND_NANOS);
            int steps = (int) later - (int) first;
            assertTrue(Math.abs(steps - STEPS_PER_SECOND) <= 1, "steps " + steps);
        }
    }

    @Test
    @Tag("proves:rfc6528")
    void sequence_neighbouringFourTuples_tellNothing() {
        try (TcpHost host = new TcpHost(1, TcpConfig.defaults(), 7, START_NANOS)) {
            Set<Integer> distances = new HashSet<>();
            long before = connectOnce(host, 4000, START_NANOS);
            for (int port = 4001; port < 4065; port++) {
                long next = connectOnce(host, port, START_NANOS);
                distances.add((int) next - (int) before);
                before = next;
            }
            assertEquals(64, distances.size());
        }
    }

    /** Others' defect: a seed that is a constant makes every start the same. */
    @Test
    @Tag("proves:rfc6528")
    @Tag("proves:rfc6056")
    void seeds_thatDiffer_makeAllNumbersDiffer() {
        try (TcpHost one = new TcpHost(1, TcpConfig.defaults(), 7, START_NANOS);
                TcpHost other = new TcpHost(1, TcpConfig.defaults(), 8, START_NANOS)) {
            TcpConnection first = connect(one, 0, START_NANOS);
            TcpConnection second = connect(other, 0, START_NANOS);
            assertNotEquals(first.localPort(), second.localPort());
            assertNotEquals(connect(one, 4000, START_NANOS).sendInitial, connect(other, 4000, START_NANOS).sendInitial);
            assertNotEquals(first.timestampValue(START_NANOS), second.timestampValue(START_NANOS));
            drop(one);
            drop(other);
        }
    }

    private static TcpConnection connect(TcpHost host, int port, long nowNanos) {
        return Objects.requireNonNull(
                host.tcp.connect(host.address, port, false, PEER, 80, TcpOptions.DEFAULTS, nowNanos));
    }

    private static long connectOnce(TcpHost host, int port, long nowNanos) {
        TcpConnection connection = connect(host, port, nowNanos);
        host.tcp.abort(connection, nowNanos);
        TcpHost.dispose(connection);
        drop(host);
        return connection.sendInitial;
    }

    private static void drop(TcpHost host) {
        while (!host.sent.isEmpty()) {
            host.sent.remove().release();
        }
    }
}
