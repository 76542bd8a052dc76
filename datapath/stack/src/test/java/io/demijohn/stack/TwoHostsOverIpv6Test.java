package io.demijohn.stack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpListener;
import io.demijohn.stack.tcp.TcpOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two whole stacks on one wire. */
final class TwoHostsOverIpv6Test {
    private static final long MILLI = TestHost.SECOND / 1000;
    private static final int MTU_BYTES = 1280;

    private final List<TestHost> hosts = new ArrayList<>();

    @AfterEach
    void nothingIsLost() {
        run(10_000);
        for (TestHost host : hosts) {
            host.sent();
            assertEquals(host.pool.count(), host.pool.freeCount());
            host.close();
        }
    }

    @Test
    @Tag("proves:rfc8200")
    void streamOverTheLeastMtu_arrivesWhole() {
        TestHost client = host(Frames.OUR_MAC, "fd77::2");
        TestHost server = host(Frames.PEER_MAC, "fd77::1");
        TcpListener listener = listen(server);
        TcpConnection near = connect(client, "fd77::2", "fd77::1");
        run(100);
        TcpConnection far = Objects.requireNonNull(listener.accept());
        assertEquals(Frames6.ip("fd77::2"), far.remoteAddress());
        byte[] stream = new byte[20_000];
        for (int index = 0; index < stream.length; index++) {
            stream[index] = (byte) (index * 31);
        }
        near.sendQueue().write(ByteBuffer.wrap(stream));
        client.stack.tcp().send(near, client.nowNanos);
        run(200);
        byte[] arrived = new byte[stream.length];
        assertEquals(stream.length, far.receiveQueue().read(arrived, 0, arrived.length));
        assertArrayEquals(stream, arrived);
        assertEquals(0, client.counters().dropTooBig);
        end(client, near);
        end(server, far);
        server.stack.tcp().close(listener, server.nowNanos);
    }

    @Test
    @Tag("proves:rfc3493")
    void wildcardListener_acceptsBothFamilies() {
        TestHost client = host(Frames.OUR_MAC, "fd77::2", "10.77.0.2");
        TestHost server = host(Frames.PEER_MAC, "fd77::1", "10.77.0.1");
        TcpListener listener = listen(server);
        List<TcpConnection> near =
                List.of(connect(client, "fd77::2", "fd77::1"), connect(client, "10.77.0.2", "10.77.0.1"));
        run(100);
        Set<IpAddress> seen = new HashSet<>();
        for (int count = 0; count < 2; count++) {
            TcpConnection far = Objects.requireNonNull(listener.accept());
            seen.add(far.remoteAddress());
            end(server, far);
        }
        assertEquals(Set.of(Frames6.ip("fd77::2"), IpAddress.ofIpv4(0x0A4D0002)), seen);
        near.forEach(connection -> end(client, connection));
        server.stack.tcp().close(listener, server.nowNanos);
    }

    @Test
    @Tag("proves:rfc4862")
    void sameAddressTwice_isUsedByNoneThatStartTogether() {
        TestHost one = host(Frames.OUR_MAC, "fd77::2");
        TestHost other = host(Frames.PEER_MAC, "fd77::2");
        run(3000);
        assertFalse(one.stack.isLocal(Frames6.ip("fd77::2")));
        assertFalse(other.stack.isLocal(Frames6.ip("fd77::2")));
    }

    @Test
    @Tag("proves:rfc4862")
    void sameAddressLater_isLeftToTheFirst() {
        TestHost first = host(Frames.OUR_MAC, "fd77::2");
        run(3000);
        TestHost second = host(Frames.PEER_MAC, "fd77::2");
        run(3000);
        assertTrue(first.stack.isLocal(Frames6.ip("fd77::2")));
        assertFalse(second.stack.isLocal(Frames6.ip("fd77::2")));
        assertEquals(1, second.counters().addressDuplicates);
    }

    private TestHost host(long station, String... addresses) {
        List<LocalNetwork> networks = new ArrayList<>();
        for (String address : addresses) {
            networks.add(new LocalNetwork(Frames6.ip(address), address.indexOf(':') < 0 ? 24 : 64, false));
        }
        long startNanos = hosts.isEmpty() ? TestHost.SECOND : hosts.get(0).nowNanos;
        TestHost host = new TestHost(station, networks, List.of(), false, MTU_BYTES, true, startNanos);
        hosts.add(host);
        return host;
    }

    private static TcpListener listen(TestHost server) {
        assertEquals(80, server.stack.tcp().reservePort(IpAddress.ANY, 80, false));
        return Objects.requireNonNull(server.stack.tcp().listen(IpAddress.ANY, 80, 8, TcpOptions.DEFAULTS));
    }

    private static TcpConnection connect(TestHost client, String from, String to) {
        return Objects.requireNonNull(client.stack
                .tcp()
                .connect(Frames6.ip(from), 0, false, Frames6.ip(to), 80, TcpOptions.DEFAULTS, client.nowNanos));
    }

    private static void end(TestHost host, TcpConnection connection) {
        host.stack.tcp().abort(connection, host.nowNanos);
        connection.sendQueue().releaseAll();
        connection.receiveQueue().releaseAll();
    }

    /** Carries frames between the hosts for so long, in steps of a millisecond. */
    private void run(int millis) {
        for (int step = 0; step < millis; step++) {
            for (TestHost host : hosts) {
                host.elapse(MILLI);
            }
            for (TestHost from : hosts) {
                for (byte[] frame : from.sent()) {
                    hosts.stream().filter(to -> to != from).forEach(to -> to.deliver(frame));
                }
            }
        }
    }
}
