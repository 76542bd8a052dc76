package io.demijohn.stack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpListener;
import io.demijohn.stack.tcp.TcpOptions;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A host whose device cuts segments connects to an address of its own: no device is there to cut what goes so. */
@Tag("proves:offload-coalescing")
final class SegmentsToOurselvesTest {
    private static final long MILLI = TestHost.SECOND / 1000;
    private static final int PORT = 80;

    @ParameterizedTest
    @ValueSource(strings = {"10.77.0.2", "fd77::2"})
    void packetsOfManySegments_goWhole_streamEqual(String address) {
        try (TestHost host = TestHost.dualStackSegmenting()) {
            IpAddress own = Frames6.ip(address);
            assertEquals(PORT, host.stack.tcp().reservePort(IpAddress.ANY, PORT, false));
            TcpListener listener =
                    Objects.requireNonNull(host.stack.tcp().listen(IpAddress.ANY, PORT, 8, TcpOptions.DEFAULTS));
            TcpConnection near = Objects.requireNonNull(
                    host.stack.tcp().connect(own, 0, false, own, PORT, TcpOptions.DEFAULTS, host.nowNanos));
            run(host, 10);
            TcpConnection far = Objects.requireNonNull(listener.accept());
            byte[] stream = new byte[300_000];
            new Random(3).nextBytes(stream);
            byte[] arrived = new byte[stream.length];
            int written = 0;
            int read = 0;
            for (int round = 0; round < 1000 && read < stream.length; round++) {
                written += near.sendQueue().write(stream, written, stream.length - written);
                host.stack.tcp().send(near, host.nowNanos);
                run(host, 1);
                read += far.receiveQueue().read(arrived, read, stream.length - read);
                host.stack.tcp().consumed(far, host.nowNanos);
            }
            assertArrayEquals(stream, arrived);
            assertTrue(host.stack.tcp().counters().packetsSentTogether > 10);
            assertEquals(
                    host.stack.tcp().counters().packetsSentTogether,
                    host.stack.tcp().counters().packetsReceivedTogether);
            assertEquals(0, host.sent().size(), "nothing crosses the device");
            end(host, near);
            end(host, far);
            host.stack.tcp().close(listener, host.nowNanos);
            run(host, 10);
            assertEquals(host.pool.count(), host.pool.freeCount());
        }
    }

    private static void run(TestHost host, int millis) {
        for (int step = 0; step < millis; step++) {
            host.elapse(MILLI);
        }
    }

    private static void end(TestHost host, TcpConnection connection) {
        host.stack.tcp().abort(connection, host.nowNanos);
        connection.sendQueue().releaseAll();
        connection.receiveQueue().releaseAll();
    }
}
