package io.demijohn.stack.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.Frames;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.TestHost;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class UdpTest {
    private static final IpAddress US = IpAddress.ofIpv4(Frames.OUR_IP);
    private static final IpAddress PEER = IpAddress.ofIpv4(Frames.PEER_IP);

    private final TestHost host = new TestHost();
    private final Udp udp = host.stack.udp();

    @AfterEach
    void nothingIsLost() {
        host.sent();
        assertEquals(host.pool.count(), host.pool.freeCount());
        host.close();
    }

    @Test
    @Tag("proves:rfc768")
    void datagram_reachesTheSocketWithItsSender() {
        UdpSocket socket = bind(2000);
        host.deliver(Frames.ip(17, Frames.udp(1000, 2000, new byte[] {5, 6, 7}, true)));
        assertSame(socket, udp.nextTouched());
        assertNull(udp.nextTouched());
        assertEquals(UdpSocket.READABLE, socket.takeEvents());
        PacketBuffer datagram = Objects.requireNonNull(socket.poll());
        assertEquals(3, datagram.length());
        assertEquals(6, Mem.getU8(datagram.address() + 1));
        assertEquals(PEER, new IpAddress(UdpSocket.senderHigh(datagram), UdpSocket.senderLow(datagram)));
        assertEquals(1000, UdpSocket.senderPort(datagram));
        datagram.release();
        udp.close(socket, host.nowNanos);
    }

    @Test
    @Tag("proves:rfc768-checksum")
    void checksums_wrongIsDroppedAbsentIsTaken() {
        UdpSocket socket = bind(2000);
        byte[] wrong = Frames.udp(1000, 2000, new byte[] {5}, true);
        wrong[7] ^= 1;
        host.deliver(Frames.ip(17, wrong));
        assertEquals(1, host.counters().dropUdpChecksum);
        host.deliver(Frames.ip(17, Frames.udp(1000, 2000, new byte[] {5}, false)));
        assertEquals(1, socket.waiting());
        udp.close(socket, host.nowNanos);
    }

    @Test
    void lengthField_impossibleIsDroppedShorterCuts() {
        UdpSocket socket = bind(2000);
        for (int length : new int[] {0, 7, 13}) {
            byte[] bad = Frames.udp(1000, 2000, new byte[4], false);
            bad[5] = (byte) length;
            host.deliver(Frames.ip(17, bad));
        }
        assertEquals(3, host.counters().dropUdpMalformed);
        byte[] shorter = Frames.udp(1000, 2000, new byte[4], false);
        shorter[5] = 10;
        host.deliver(Frames.ip(17, shorter));
        PacketBuffer datagram = Objects.requireNonNull(socket.poll());
        assertEquals(2, datagram.length());
        datagram.release();
        udp.close(socket, host.nowNanos);
    }

    @Test
    @Tag("proves:rfc768")
    void sent_hasRightChecksumAndPorts() {
        host.introducePeer();
        UdpSocket socket = bind(2000);
        assertEquals(2, udp.send(socket, 0, PEER.low(), 53, ByteBuffer.wrap(new byte[] {1, 2}), host.nowNanos));
        byte[] frame = host.sent().get(0);
        assertEquals(2000, Frames.u16(frame, 34));
        assertEquals(53, Frames.u16(frame, 36));
        assertEquals(0, Frames.checksum(frame, 34, 10, Frames.pseudo(17, 10)));
        ByteBuffer tooBig = ByteBuffer.allocate(65_508);
        assertEquals(UdpStatus.TOO_BIG, udp.send(socket, 0, PEER.low(), 53, tooBig, host.nowNanos));
        assertEquals(1472, udp.send(socket, 0, PEER.low(), 53, ByteBuffer.allocate(1472), host.nowNanos));
        assertEquals(1514, host.sent().get(0).length);
        udp.close(socket, host.nowNanos);
        assertEquals(UdpStatus.CLOSED, udp.send(socket, 0, PEER.low(), 53, ByteBuffer.allocate(1), host.nowNanos));
    }

    @Test
    @Tag("proves:rfc768-unreachable")
    void unreachableReport_reachesTheConnectedSocketAlone() {
        host.introducePeer();
        UdpSocket socket = bind(2000);
        udp.send(socket, 0, PEER.low(), 53, ByteBuffer.allocate(4), host.nowNanos);
        byte[] sent = host.sent().get(0);
        byte[] quote = java.util.Arrays.copyOfRange(sent, 14, sent.length);
        host.deliver(Frames.ip(1, Frames.icmp(3, 3, 0, quote)));
        assertNull(udp.nextTouched());
        socket.connect(PEER, 53);
        host.deliver(Frames.ip(1, Frames.icmp(3, 3, 0, quote)));
        assertSame(socket, udp.nextTouched());
        assertEquals(UdpStatus.REFUSED, socket.takeError());
        assertEquals(0, socket.takeError());
        udp.close(socket, host.nowNanos);
    }

    @Test
    void connectedSocket_hearsItsPeerAlone() {
        UdpSocket socket = bind(2000);
        socket.connect(PEER, 53);
        host.deliver(Frames.ip(17, Frames.udp(54, 2000, new byte[1], true)));
        assertEquals(1, host.counters().dropUdpNoSocket);
        host.deliver(Frames.ip(17, Frames.udp(53, 2000, new byte[1], true)));
        assertEquals(1, socket.waiting());
        udp.close(socket, host.nowNanos);
        for (int second = 0; second < 4; second++) {
            host.elapse(TestHost.SECOND); // the port-unreachable waits for a neighbour that never answers
        }
    }

    @Test
    void queue_isBoundedInMemory() {
        UdpSocket socket = Objects.requireNonNull(udp.bind(US, 2000, false, 10 * host.pool.slotBytes()));
        for (int count = 0; count < 15; count++) {
            host.deliver(Frames.ip(17, Frames.udp(53, 2000, new byte[1], true)));
        }
        assertEquals(10, socket.waiting());
        assertEquals(5, host.counters().dropUdpQueueFull);
        udp.close(socket, host.nowNanos);
        assertEquals(UdpSocket.READABLE | UdpSocket.CLOSED, socket.takeEvents());
    }

    @Test
    void ports_conflictsAreRefusedAndEphemeralOnesDiffer() {
        UdpSocket first = bind(2000);
        assertNull(udp.bind(US, 2000, true, 1 << 16));
        assertEquals(UdpStatus.ADDRESS_IN_USE, udp.lastStatus());
        assertNull(udp.bind(PEER, 0, false, 1 << 16));
        assertEquals(UdpStatus.ADDRESS_NOT_AVAILABLE, udp.lastStatus());
        UdpSocket one = bind(0);
        UdpSocket two = bind(0);
        assertNotEquals(one.localPort(), two.localPort());
        assertTrue(one.localPort() >= 32768);
        udp.close(first, host.nowNanos);
        assertNotNull(udp.bind(US, 2000, false, 1 << 16));
    }

    private UdpSocket bind(int port) {
        return Objects.requireNonNull(udp.bind(IpAddress.ANY, port, false, 1 << 16));
    }
}
