package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** TIME_WAIT and the ports: who may have a four-tuple again, and that nobody else pays for it. */
class TimeWaitTest {
    private static final long SECOND = TcpPair.SECOND;
    private static final int PORT = TcpPair.PORT;
    private static final int MANY = 60_000;

    private final TcpConfig config =
            TcpConfig.defaults().with(TcpTunable.EPHEMERAL_FIRST, 1024).with(TcpTunable.EPHEMERAL_LAST, 65_535);

    /** The defect of others: TIME_WAIT, or a connection, that holds a port for other peers. */
    @Test
    @Tag("proves:rfc6056-tuple")
    void connect_sixtyThousandToOnePeerThenToASecond_allWork() {
        try (TcpHost client = new TcpHost(1, config, 1, 0);
                TcpHost first = new TcpHost(2, config, 2, 0);
                TcpHost second = new TcpHost(3, config, 3, 0)) {
            for (TcpHost server : new TcpHost[] {first, second}) {
                TcpListener listener = server.listen(PORT, 16);
                for (int count = 0; count < MANY; count++) {
                    TcpConnection near = client.connect(server, PORT, TcpOptions.DEFAULTS, 0);
                    carry(client, server, 0);
                    assertEquals(TcpState.ESTABLISHED, near.state());
                    assertNotNull(listener.accept());
                }
            }
            assertEquals(2 * MANY, client.tcp.connectionCount());
        }
    }

    @Test
    @Tag("proves:rfc6056")
    void reserve_amongAHundredThousandConnections_looksAtNoneOfThem() {
        TcpConfig few = config.with(TcpTunable.EPHEMERAL_FIRST, 40_000).with(TcpTunable.EPHEMERAL_LAST, 49_999);
        try (TcpHost host = new TcpHost(1, few, 1, 0)) {
            for (int count = 0; count < 100_000; count++) {
                IpAddress peer = IpAddress.ofIpv4(0x0a01_0000 + count);
                assertNotNull(host.tcp.connect(
                        host.address, 1024 + count % 30_000, false, peer, PORT, TcpOptions.DEFAULTS, 0));
                drop(host);
            }
            assertEquals(TcpStatus.ADDRESS_IN_USE, host.tcp.reservePort(IpAddress.ANY, 1024, false));
            assertEquals(1024, host.tcp.reservePort(IpAddress.ANY, 1024, true));
            Assertions.assertTimeout(Duration.ofSeconds(20), () -> {
                for (int count = 0; count < 10_000; count++) {
                    int port = host.tcp.reservePort(IpAddress.ANY, 0, false);
                    assertTrue(port >= 40_000 && port < 50_000);
                }
            });
            assertEquals(TcpStatus.ADDRESS_IN_USE, host.tcp.reservePort(IpAddress.ANY, 0, false));
        }
    }

    @Test
    @Tag("proves:rfc6191")
    void connect_everyPortInTimeWait_timestampsLetOneGoAfterASecond() {
        TcpConfig one = config.with(TcpTunable.EPHEMERAL_FIRST, 5000).with(TcpTunable.EPHEMERAL_LAST, 5000);
        try (TcpPair pair = new TcpPair(one, 1)) {
            TcpConnection old = closeFirst(pair);
            long oldNext = old.sendMax;
            assertNull(again(pair), "too soon");
            assertEquals(TcpStatus.NO_PORTS, pair.client.tcp.lastStatus());
            pair.run(pair.now + SECOND);
            TcpConnection later = Objects.requireNonNull(again(pair));
            assertEquals(5000, later.localPort());
            assertTrue((int) later.sendInitial - (int) oldNext > 0, "its numbers begin beyond the old ones");
            pair.run(pair.now + SECOND);
            assertEquals(TcpState.ESTABLISHED, later.state());
            assertEquals(1, pair.client.tcp.counters().timeWaitReused);
        }
    }

    @Test
    @Tag("proves:rfc6191")
    void connect_timeWaitWithoutTimestamps_notReused() {
        TcpConfig bare = config.with(TcpTunable.EPHEMERAL_FIRST, 5000)
                .with(TcpTunable.EPHEMERAL_LAST, 5000)
                .with(TcpTunable.TIMESTAMPS, 0);
        try (TcpPair pair = new TcpPair(bare, 1)) {
            closeFirst(pair);
            pair.run(pair.now + 30 * SECOND);
            assertNull(again(pair));
            assertEquals(TcpStatus.NO_PORTS, pair.client.tcp.lastStatus());
            pair.run(pair.now + 31 * SECOND);
            assertNotNull(again(pair), "its time is over");
        }
    }

    @Test
    @Tag("proves:rfc9293-time-wait")
    void timeWait_newerSynWhileTheListenerIsFull_staysAndTheNextOneSucceeds() {
        TcpConfig one = config.with(TcpTunable.EPHEMERAL_FIRST, 5000).with(TcpTunable.EPHEMERAL_LAST, 5000);
        try (TcpPair pair = new TcpPair(one, 1)) {
            TcpConnection near = pair.connect();
            pair.run(SECOND);
            TcpConnection far = Objects.requireNonNull(pair.listener.accept());
            pair.server.tcp.close(far, pair.now); // the server closes first
            pair.run(pair.now + SECOND);
            pair.client.tcp.close(near, pair.now);
            pair.run(pair.now + SECOND);
            assertEquals(TcpState.TIME_WAIT, far.state());
            pair.listener.halfOpen += 16;
            TcpConnection later = Objects.requireNonNull(again(pair));
            pair.run(pair.now + SECOND / 2);
            assertEquals(TcpState.SYN_SENT, later.state());
            assertEquals(0, pair.server.tcp.counters().timeWaitReused);
            pair.listener.halfOpen -= 16;
            pair.run(pair.now + 2 * SECOND);
            assertEquals(TcpState.ESTABLISHED, later.state());
            assertEquals(1, pair.server.tcp.counters().timeWaitReused);
        }
    }

    /** Lets the client connect and close first, so that it is in TIME_WAIT. */
    private static TcpConnection closeFirst(TcpPair pair) {
        TcpConnection near = pair.connect();
        pair.run(pair.now + SECOND);
        TcpConnection far = Objects.requireNonNull(pair.listener.accept());
        pair.client.tcp.close(near, pair.now);
        pair.run(pair.now + SECOND);
        pair.server.tcp.close(far, pair.now);
        pair.run(pair.now + SECOND / 10);
        assertEquals(TcpState.TIME_WAIT, near.state());
        return near;
    }

    private static @Nullable TcpConnection again(TcpPair pair) {
        return pair.client.tcp.connect(
                pair.client.address, 0, false, pair.server.address, PORT, TcpOptions.DEFAULTS, pair.now);
    }

    private static void drop(TcpHost host) {
        for (PacketBuffer packet = host.sent.poll(); packet != null; packet = host.sent.poll()) {
            packet.release();
        }
    }

    private static void carry(TcpHost client, TcpHost server, long now) {
        while (!client.sent.isEmpty() || !server.sent.isEmpty()) {
            PacketBuffer up = client.sent.poll();
            if (up != null) {
                server.receive(up, client, now);
            }
            PacketBuffer down = server.sent.poll();
            if (down != null) {
                client.receive(down, server, now);
            }
        }
        while (client.tcp.nextTouched() != null) {}
        while (server.tcp.nextTouched() != null) {}
        while (server.tcp.nextTouchedListener() != null) {}
    }
}
