package io.demijohn.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.tcp.TcpConfig;
import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpState;
import io.demijohn.stack.wire.TcpHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What strangers and idlers may cost: memory for each idle connection, and for a flood of SYNs. */
final class BoundedStateTest {
    private static final int CONNECTIONS = 100_000;
    private static final int PORTS_OF_ONE_HOST = 50_000;
    private static final int FIRST_PORT = 10_000;
    private static final int PEER = 0x0A010000;
    private static final int IDLE_BYTES_MAX = 1024;
    private static final int SYNS = 1_000_000;
    private static final int SYNS_BETWEEN = 10_000;
    private static final int ESTABLISHED = 100;
    private static final int FLOOD_STATE_MAX_BYTES = 32 << 20;
    /** A flood of 50,000 a second: cookies are sent for twice as many. */
    private static final long BETWEEN_SYNS_NANOS = 20_000L;

    private static final byte[] HUNDRED = new byte[100];

    @Test
    void hundredThousandConnections_idleAfterAnExchange_costLittleAndHoldNoBuffer() throws IOException {
        try (RawPeers peers = new RawPeers(TcpConfig.defaults(), 16)) {
            TcpConnection[] connections = new TcpConnection[CONNECTIONS];
            exchange(peers, connect(peers, PEER - 1, FIRST_PORT), PEER - 1, FIRST_PORT); // classes are loaded
            long before = usedBytes();
            for (int index = 0; index < CONNECTIONS; index++) {
                int address = PEER + index / PORTS_OF_ONE_HOST;
                int port = FIRST_PORT + index % PORTS_OF_ONE_HOST;
                connections[index] = connect(peers, address, port);
                exchange(peers, connections[index], address, port);
            }
            peers.advanceTo(peers.nowNanos + 10_000_000_000L);
            long each = (usedBytes() - before) / CONNECTIONS;
            figure("idle connection after an exchange: " + each + " bytes of heap, of " + CONNECTIONS);
            assertEquals(peers.pool.count(), peers.pool.freeCount(), "packet buffers");
            assertEquals(peers.sendMemory.count(), peers.sendMemory.freeCount(), "send chunks");
            assertEquals(CONNECTIONS + 1, peers.stack.tcp().connectionCount());
            assertTrue(each <= IDLE_BYTES_MAX, each + " bytes for an idle connection");
            assertEquals(TcpState.ESTABLISHED, connections[CONNECTIONS - 1].state());
        }
    }

    @Test
    @Tag("proves:rfc4987-half-open")
    @Tag("proves:rfc4987-cookies")
    void millionSyns_fromAnywhere_othersGoOnAndHonestClientsConnect() throws IOException {
        try (RawPeers peers = new RawPeers(TcpConfig.defaults(), 128)) {
            List<TcpConnection> established = new ArrayList<>();
            for (int index = 0; index < ESTABLISHED; index++) {
                established.add(connect(peers, PEER, FIRST_PORT + index));
            }
            SplittableRandom random = new SplittableRandom(1);
            long before = usedBytes();
            int read = 0;
            int honest = 0;
            for (int syn = 1; syn <= SYNS; syn++) {
                int address = 0x0B000000 + random.nextInt(0x10000000);
                peers.send(address, 1 + random.nextInt(65_535), random.nextInt(), 0, TcpHeader.SYN, 0);
                peers.advanceTo(peers.nowNanos + BETWEEN_SYNS_NANOS);
                if (syn % SYNS_BETWEEN == 0) {
                    int index = honest % ESTABLISHED;
                    TcpConnection own = established.get(index);
                    peers.send(PEER, FIRST_PORT + index, 1, sentNext(own), TcpHeader.ACK, 100);
                    read += own.receiveQueue().read(HUNDRED, 0, HUNDRED.length);
                    connect(peers, PEER + 1, FIRST_PORT + honest);
                    honest++;
                }
            }
            long grown = usedBytes() - before;
            figure("after " + SYNS + " SYNs: " + grown / 1024 + " KiB more heap, "
                    + peers.stack.tcp().connectionCount() + " connections, " + honest + " honest clients connected");
            assertEquals(100 * honest, read);
            assertTrue(peers.stack.tcp().connectionCount() <= ESTABLISHED + honest + 4096);
            assertTrue(grown < FLOOD_STATE_MAX_BYTES, grown + " bytes");
            assertEquals(peers.pool.count(), peers.pool.freeCount(), "packet buffers");
            assertTrue(established.stream().allMatch(own -> own.state() == TcpState.ESTABLISHED));
        }
    }

    private static TcpConnection connect(RawPeers peers, int address, int port) {
        TcpConnection connection = peers.connect(address, port);
        if (connection == null) {
            throw new AssertionError(
                    "no connection from port " + port + ": " + peers.stack.tcp().counters());
        }
        connection.attachment = peers.sentSequence;
        return connection;
    }

    /** A hundred bytes each way, acknowledged both ways. */
    private static void exchange(RawPeers peers, TcpConnection connection, int address, int port) {
        int next = sentNext(connection);
        peers.send(address, port, 1, next, TcpHeader.ACK, HUNDRED.length);
        assertEquals(HUNDRED.length, connection.receiveQueue().read(HUNDRED, 0, HUNDRED.length));
        assertEquals(HUNDRED.length, connection.sendQueue().write(HUNDRED, 0, HUNDRED.length));
        peers.stack.tcp().send(connection, peers.nowNanos);
        peers.drain();
        peers.send(address, port, 1 + HUNDRED.length, next + HUNDRED.length, TcpHeader.ACK, 0);
        connection.attachment = null;
    }

    /** Returns what the peer acknowledges before any data: the number after our SYN. */
    private static int sentNext(TcpConnection connection) {
        return connection.attachment instanceof Integer initial ? initial + 1 : 0;
    }

    private static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 4; round++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    private static void figure(String line) throws IOException {
        Path file = Path.of("target", "figures.txt");
        Files.createDirectories(Path.of("target"));
        Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
