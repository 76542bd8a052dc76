package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.BufferPool;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whole connections between two TCPs: everything that was written is read, and nothing is left behind. */
class ExchangeTest {
    private static final long SECOND = TcpPair.SECOND;

    @Test
    void connect_listenerThere_bothEndsEstablished() {
        try (TcpPair pair = new TcpPair()) {
            TcpConnection near = pair.connect();
            pair.run(SECOND);
            TcpConnection far = Objects.requireNonNull(pair.listener.accept());
            assertEquals(TcpState.ESTABLISHED, near.state());
            assertEquals(TcpState.ESTABLISHED, far.state());
            assertEquals(Ev.CONNECTED, near.takeEvents());
            assertEquals(Ev.CONNECTED, far.takeEvents());
        }
    }

    @Test
    void trafficClass_setBeforeAndWhileConnected_isOnEverySegmentWithoutEcnBits() {
        try (TcpPair pair = new TcpPair()) {
            TcpConnection near = pair.establish(new TcpOptions(true, false, 0, 0, 0x13))[0];
            assertEquals(0x10, pair.client.lastTrafficClass);
            near.setTrafficClass(0xb8);
            near.sendQueue().write(new byte[] {1}, 0, 1);
            pair.client.tcp.send(near, pair.now);
            assertEquals(0xb8, pair.client.lastTrafficClass);
        }
    }

    @Test
    void bothWays_cleanWire_streamsEqualAndNoBufferLost() {
        exchange(1, 3_000_000, (fromClient, header, length) -> 0);
    }

    @Test
    void bothWays_faultyWire_streamsEqualAndNoBufferLost() {
        for (long seed = 1; seed <= 30; seed++) {
            Random random = new Random(seed);
            try {
                exchange(seed, 300_000, (fromClient, header, length) -> {
                    int roll = random.nextInt(1000);
                    if (roll < 20) {
                        return -1;
                    }
                    return roll < 60 ? random.nextInt(20) * TcpPair.MILLI : 0;
                });
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static void exchange(long seed, int bytes, TcpPair.Fate fate) {
        byte[] upward = new byte[bytes];
        byte[] downward = new byte[bytes];
        new Random(seed).nextBytes(upward);
        new Random(~seed).nextBytes(downward);
        try (TcpPair pair = new TcpPair(TcpConfig.defaults(), seed)) {
            pair.recording = false;
            pair.fate = fate;
            Pump near = new Pump(pair, pair.client, upward, downward.length);
            Pump far = new Pump(pair, pair.server, downward, upward.length);
            near.connection = pair.connect();
            while (!(near.isDone() && far.isDone())) {
                assertTrue(pair.step(Long.MAX_VALUE - 1), "nothing is due any more");
                assertTrue(pair.now < 3600 * SECOND, "an hour was not enough");
                if (far.connection == null) {
                    far.connection = pair.listener.accept();
                }
                near.turn();
                far.turn();
            }
            pair.run(pair.now + 200 * SECOND);
            assertArrayEquals(upward, far.received());
            assertArrayEquals(downward, near.received());
            near.dispose();
            far.dispose();
            assertNothingLeft(pair.client);
            assertNothingLeft(pair.server);
        }
    }

    private static void assertNothingLeft(TcpHost host) {
        BufferPool pool = host.pool;
        assertEquals(0, host.tcp.connectionCount(), "connections");
        assertEquals(pool.count(), pool.freeCount(), "packet buffers");
        assertEquals(host.sendMemory.count(), host.sendMemory.freeCount(), "send chunks");
        assertEquals(Long.MAX_VALUE, host.tcp.nextDeadlineNanos(), "timers");
    }
}
