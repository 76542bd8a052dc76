package io.demijohn.stack.ip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.Frames;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.TestHost;
import io.demijohn.stack.udp.UdpSocket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What routers say of paths: believed, bounded, forgotten (RFC 1191). */
@Tag("proves:rfc1191")
final class PathMtuStoreTest {
    private static final long PEER_LOW = IpAddress.lowOfIpv4(Frames.PEER_IP);
    private static final long MINUTE = 60 * TestHost.SECOND;

    private final TestHost host = new TestHost();
    private final UdpSocket socket = Objects.requireNonNull(host.stack.udp().bind(IpAddress.ANY, 2000, false, 1 << 20));
    private final PathMtuStore store = new PathMtuStore(1500, new StackCounters());

    @AfterEach
    void nothingIsLost() {
        host.stack.udp().close(socket, host.nowNanos);
        host.sent();
        assertEquals(host.pool.count(), host.pool.freeCount());
        host.close();
    }

    @Test
    void report_aboutADatagram_makesTheNextLeaveInFragments() {
        byte[] quote = sent(1400);
        report(quote, 1000, 28);
        assertEquals(2, frames(1400));
        introduceAfter(9 * MINUTE);
        assertEquals(2, frames(1400));
        introduceAfter(MINUTE);
        assertEquals(1, frames(1400));
        assertEquals(1, host.counters().icmpFragmentationNeeded);
    }

    @Test
    void report_withoutTheNextHop_takesThePlateauBelow() {
        report(sent(1400), 0, 28);
        assertEquals(1, host.counters().pathMtuLowered);
        assertEquals(1, frames(1006 - 28));
        assertEquals(2, frames(1006 - 27));
    }

    @Test
    void report_belowTheFloor_lowersToTheFloor() {
        report(sent(1400), 68, 28);
        assertEquals(1, frames(PathMtuStore.IPV4_FLOOR_BYTES - 28));
        assertEquals(2, frames(PathMtuStore.IPV4_FLOOR_BYTES - 27));
    }

    @Test
    void reports_thatCannotBeTrue_areIgnored() {
        byte[] quote = sent(400);
        report(quote, 600, 28); // the datagram was smaller
        report(quote, 1600, 28); // larger than the link
        byte[] foreign = quote.clone();
        foreign[21] ^= 1; // from another port
        report(foreign, 300, 28);
        byte[] echo = Frames.packet(Frames.OUR_IP, Frames.PEER_IP, 1, new byte[1000]);
        report(echo, 600, 28); // nothing says that we sent it
        byte[] notOurs = Frames.packet(Frames.OUR_IP + 1, Frames.PEER_IP, 17, new byte[1000]);
        report(notOurs, 600, 28);
        report(quote, 300, 27); // truncated
        assertEquals(0, host.counters().pathMtuLowered);
        assertEquals(1, frames(1472));
    }

    @Test
    void report_ofAHigherValue_doesNotRaiseThePath() {
        byte[] quote = sent(1400);
        report(quote, 1000, 28);
        report(quote, 1200, 28);
        assertEquals(1, host.counters().pathMtuLowered);
        assertEquals(2, frames(1100));
    }

    @Test
    void manyPaths_areBoundedAndExpireOneByOne() {
        Random random = new Random(1);
        for (int index = 0; index < 10_000; index++) {
            store.lower(0, random.nextLong(), 1000, index);
        }
        assertTrue(store.count() <= 512, "count " + store.count());
        store.lower(0, PEER_LOW, 600, 10_000);
        assertEquals(600, store.mtuBytes(0, PEER_LOW));
        store.advance(PathMtuStore.LIFETIME_NANOS + 9_999);
        assertEquals(1, store.count());
        assertEquals(PathMtuStore.LIFETIME_NANOS + 10_000, store.nextDeadlineNanos());
        store.advance(PathMtuStore.LIFETIME_NANOS + 10_000);
        assertEquals(1500, store.mtuBytes(0, PEER_LOW));
        assertEquals(Long.MAX_VALUE, store.nextDeadlineNanos());
    }

    @Test
    @Tag("proves:rfc8201")
    void ipv6_hasAFloorOfItsOwnAndNoPlateaus() {
        long high = 0x2001_0DB8_0000_0000L;
        assertEquals(1280, store.proposal(high, 1, 1000, 1500));
        assertEquals(1400, store.proposal(high, 1, 1400, 1500));
        assertEquals(0, store.proposal(high, 1, 1400, 1400));
    }

    /** Sends a datagram of that size and returns its packet. */
    private byte[] sent(int bytes) {
        host.introducePeer();
        send(bytes);
        byte[] frame = host.sent().get(0);
        return Arrays.copyOfRange(frame, 14, frame.length);
    }

    private int frames(int bytes) {
        send(bytes);
        return host.sent().size();
    }

    private void introduceAfter(long nanos) {
        host.elapse(nanos);
        host.introducePeer();
    }

    private void send(int bytes) {
        host.stack.udp().send(socket, 0, PEER_LOW, 53, ByteBuffer.allocate(bytes), host.nowNanos);
    }

    /** Delivers fragmentation-needed that quotes so many bytes of the packet. */
    private void report(byte[] packet, int mtu, int quoted) {
        host.deliver(Frames.ip(1, Frames.icmp(3, 4, mtu, Arrays.copyOf(packet, quoted))));
    }
}
