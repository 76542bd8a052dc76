package io.demijohn.pdpix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.NetDeviceProvider;
import io.demijohn.device.RegionPool;
import io.demijohn.engine.Engine;
import io.demijohn.engine.EngineOptions;
import io.demijohn.engine.Status;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.tcp.TcpConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queues, tokens and completions over the loop device, both ends in one thread. */
@Timeout(60)
class PdpixTest {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long MEMORY_BYTES = 16L << 20;

    private Engine engine;
    private Pdpix pdpix;
    private InetSocketAddress address;
    private int client;
    private int server;

    @BeforeEach
    void connect() throws Exception {
        NetDeviceProvider loop =
                ServiceLoader.load(NetDeviceProvider.class).findFirst().orElseThrow();
        LocalNetwork network = new LocalNetwork(IpAddress.ofIpv4(0x7f000001), 8, true);
        engine = Engine.open(
                loop.open("loop:", 0),
                new EngineOptions(List.of(network), null, false, TcpConfig.defaults(), 50_000, MEMORY_BYTES, 1),
                new RegionPool(MEMORY_BYTES));
        pdpix = new Pdpix(engine);
        int listener = pdpix.socket();
        address = pdpix.bind(listener, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        pdpix.listen(listener, 8);
        client = pdpix.socket();
        long accepting = pdpix.accept(listener);
        long connecting = pdpix.connect(client, address);
        assertEquals(0, completed(connecting).result());
        server = completed(accepting).result();
    }

    @AfterEach
    void close() {
        pdpix.close();
        engine.close();
    }

    @Test
    void push_scattered_popsAsOneStream() {
        long pushed = pdpix.push(client, bytes(1, 2), bytes(3), bytes(4, 5));
        assertEquals(5, completed(pushed).result());
        ByteBuffer got = ByteBuffer.allocate(8);
        assertEquals(5, completed(pdpix.pop(server, got)).result());
        assertEquals(bytes(1, 2, 3, 4, 5), got.flip());
    }

    @Test
    void waitAny_oneReady_completesThatOneAndKeepsTheOther() {
        long silent = pdpix.pop(client, ByteBuffer.allocate(1));
        ByteBuffer got = ByteBuffer.allocate(1);
        long answered = pdpix.pop(server, got);
        completed(pdpix.push(client, bytes(9)));
        Completion first = pdpix.waitAny(new long[] {silent, answered}, PATIENCE_NANOS);
        assertEquals(new Completion(answered, server, 1), first);
        assertNull(pdpix.waitFor(silent, TimeUnit.MILLISECONDS.toNanos(2)));
        assertTrue(pdpix.cancel(silent));
        assertThrows(IllegalArgumentException.class, () -> pdpix.waitFor(silent, 0));
    }

    @Test
    void push_beyondTheBuffers_completesWhenThePeerPopped() {
        int size = 4 << 20;
        long pushed = pdpix.push(client, ByteBuffer.allocate(size));
        ByteBuffer got = ByteBuffer.allocate(size);
        boolean done = false;
        while (got.hasRemaining() || !done) {
            long popped = got.hasRemaining() ? pdpix.pop(server, got) : pushed;
            long[] both = done ? new long[] {popped} : new long[] {popped, pushed};
            Completion completion = Objects.requireNonNull(pdpix.waitAny(both, PATIENCE_NANOS));
            done |= completion.token() == pushed;
            if (completion.token() != popped) {
                pdpix.cancel(popped);
            }
        }
        assertEquals(size, got.position());
    }

    @Test
    void close_ofOneEnd_endsThePopOfTheOther() {
        long popped = pdpix.pop(server, ByteBuffer.allocate(1));
        long own = pdpix.pop(client, ByteBuffer.allocate(1));
        pdpix.close(client);
        assertEquals(0, completed(popped).result());
        assertEquals(Status.CLOSED, completed(own).result());
    }

    @Test
    void connect_toAPortWithoutListener_completesWithRefused() throws Exception {
        int other = pdpix.socket();
        long connecting = pdpix.connect(other, new InetSocketAddress(InetAddress.getLoopbackAddress(), 9));
        assertEquals(Status.REFUSED, completed(connecting).result());
        assertThrows(IllegalArgumentException.class, () -> pdpix.listen(other, 1));
        assertThrows(IllegalArgumentException.class, () -> pdpix.accept(99));
    }

    private Completion completed(long token) {
        return Objects.requireNonNull(pdpix.waitFor(token, PATIENCE_NANOS), "no completion in time");
    }

    private static ByteBuffer bytes(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }
}
