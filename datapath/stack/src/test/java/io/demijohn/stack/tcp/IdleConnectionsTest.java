package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.PacketBuffer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What 100,000 connections cost that talked once and are silent: heap for each, and no buffer at all. Writes the figure to target. */
class IdleConnectionsTest {
    private static final Path FIGURES = Path.of("target", "idle-connections.txt");
    private static final int CONNECTIONS = 100_000;
    private static final int HEAP_BYTES_MAX = 1024;
    private static final byte[] REQUEST = new byte[100];
    private static final byte[] RESPONSE = new byte[3000];

    private static final long DELAYED_ACK_NANOS = 50_000_000L;

    private final TcpConfig config =
            TcpConfig.defaults().with(TcpTunable.EPHEMERAL_FIRST, 1024).with(TcpTunable.EPHEMERAL_LAST, 65_535);

    private long now;

    @Test
    void hundredThousandConnections_idleAfterOneExchange_atMostOneKibibyteEachAndNoBuffer() throws IOException {
        try (TcpHost client = new TcpHost(1, config, 1, 0);
                TcpHost server = new TcpHost(2, config, 2, 0)) {
            TcpListener[] listeners = {server.listen(80, 16), server.listen(81, 16)};
            TcpConnection[] near = new TcpConnection[CONNECTIONS];
            TcpConnection[] far = new TcpConnection[CONNECTIONS];
            exchange(client, server, connect(client, server, 82, server.listen(82, 16)));
            long before = usedBytes();
            for (int index = 0; index < CONNECTIONS; index++) {
                TcpConnection[] ends = connect(client, server, 80 + index % 2, listeners[index % 2]);
                exchange(client, server, ends);
                near[index] = ends[0];
                far[index] = ends[1];
            }
            long each = (usedBytes() - before) / (2L * CONNECTIONS);
            Files.writeString(FIGURES, "heap bytes per idle connection: " + each + System.lineSeparator());
            assertTrue(each > 200, "measures nothing: " + each);
            assertTrue(each <= HEAP_BYTES_MAX, each + " bytes per connection");
            assertEquals(CONNECTIONS + 1, client.tcp.connectionCount());
            assertEquals(client.sendMemory.count(), client.sendMemory.freeCount());
            assertEquals(server.sendMemory.count(), server.sendMemory.freeCount());
            assertEquals(client.pool.count(), client.pool.freeCount());
            assertEquals(server.pool.count(), server.pool.freeCount());
            assertNotNull(near[0]);
            assertEquals(near[CONNECTIONS - 1].localPort(), far[CONNECTIONS - 1].remotePort());
        }
    }

    private TcpConnection[] connect(TcpHost client, TcpHost server, int port, TcpListener listener) {
        TcpConnection near = client.connect(server, port, TcpOptions.DEFAULTS, now);
        carry(client, server);
        return new TcpConnection[] {near, Objects.requireNonNull(listener.accept())};
    }

    private void exchange(TcpHost client, TcpHost server, TcpConnection[] ends) {
        client.write(ends[0], REQUEST, now);
        carry(client, server);
        assertEquals(REQUEST.length, server.read(ends[1], now).length);
        server.write(ends[1], RESPONSE, now);
        carry(client, server);
        assertEquals(RESPONSE.length, client.read(ends[0], now).length);
        carry(client, server);
        now += DELAYED_ACK_NANOS;
        client.tcp.advance(now);
        server.tcp.advance(now);
        carry(client, server);
    }

    private void carry(TcpHost client, TcpHost server) {
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
        drain(client.tcp);
        drain(server.tcp);
    }

    private static void drain(Tcp tcp) {
        TcpConnection connection = tcp.nextTouched();
        while (connection != null) {
            connection.takeEvents();
            connection = tcp.nextTouched();
        }
        while (tcp.nextTouchedListener() != null) {}
    }

    private static long usedBytes() {
        for (int times = 0; times < 3; times++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
