package io.demijohn.stack.ip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.Frames;
import io.demijohn.stack.TestHost;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class InternetLayerTest {
    private final TestHost host = new TestHost();

    @AfterEach
    void nothingIsLost() {
        host.sent();
        assertEquals(host.pool.count(), host.pool.freeCount());
        host.close();
    }

    @Test
    @Tag("proves:rfc792-echo")
    void echoRequest_answeredWithTheSameData() {
        host.introducePeer();
        byte[] data = "how are you".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        host.deliver(Frames.ip(1, Frames.icmp(8, 0, 0x00070003, data)));
        byte[] reply = only(host.sent());
        assertEquals(Frames.PEER_MAC, Frames.station(reply, 0));
        assertArrayEquals(Frames.icmp(0, 0, 0x00070003, data), Arrays.copyOfRange(reply, 34, reply.length));
        assertEquals(0, Frames.checksum(reply, 14, 20, 0));
        assertEquals(64, reply[22]);
        assertEquals(0x4000, Frames.u16(reply, 20));
    }

    @Test
    void ethernetPadding_isCutByTheTotalLength() {
        host.introducePeer();
        byte[] frame = Frames.ip(1, Frames.icmp(8, 0, 1, new byte[0]));
        host.deliver(Arrays.copyOf(frame, 60));
        assertEquals(42, only(host.sent()).length);
    }

    @Test
    void everyTruncation_isRejectedOrCountedAndNothingThrows() {
        byte[] frame = Frames.ip(1, Frames.icmp(8, 0, 1, new byte[] {1, 2, 3, 4}));
        host.introducePeer();
        for (int length = 0; length < frame.length; length++) {
            host.deliver(Arrays.copyOf(frame, length));
            assertTrue(host.sent().isEmpty(), "length " + length);
        }
        assertEquals(14, host.counters().dropFrameTooShort);
        assertEquals(frame.length - 14, host.counters().dropIpTruncated);
    }

    @Test
    void brokenHeaders_eachHasItsReason() {
        byte[] good = Frames.ip(17, Frames.udp(1, 2, new byte[8], false));
        byte[] checksum = good.clone();
        checksum[24] ^= 1;
        host.deliver(checksum);
        assertEquals(1, host.counters().dropIpChecksum);
        byte[] version = good.clone();
        version[14] = 0x65;
        host.deliver(version);
        byte[] words = good.clone();
        words[14] = 0x44;
        host.deliver(words);
        byte[] total = good.clone();
        total[16] = 0;
        total[17] = 19;
        host.deliver(total);
        assertEquals(3, host.counters().dropIpMalformed);
        byte[] protocol = Frames.ip(99, new byte[8]);
        host.deliver(protocol);
        assertEquals(1, host.counters().dropIpProtocol);
    }

    @Test
    void foreignAndMartianAddresses_areDropped() {
        byte[] payload = Frames.udp(1, 2, new byte[8], false);
        int[] sources = {0, 0x7F000001, 0xE0000001, -1, Frames.OUR_IP, 0x0A4D00FF};
        for (int source : sources) {
            byte[] packet = Frames.packet(source, Frames.OUR_IP, 17, payload);
            host.deliver(Frames.ethernet(Frames.OUR_MAC, Frames.PEER_MAC, 0x800, packet));
        }
        assertEquals(sources.length, host.counters().dropIpMartian);
        byte[] packet = Frames.packet(Frames.PEER_IP, Frames.OUR_IP + 1, 17, payload);
        host.deliver(Frames.ethernet(Frames.OUR_MAC, Frames.PEER_MAC, 0x800, packet));
        assertEquals(1, host.counters().dropIpNotLocal);
        host.deliver(Frames.ethernet(Frames.OUR_MAC + 1, Frames.PEER_MAC, 0x800, packet));
        assertEquals(1, host.counters().dropForeignMac);
        host.deliver(Frames.ethernet(0x3333_0000_0001L, Frames.PEER_MAC, 0x86DD, packet));
        assertEquals(1, host.counters().dropMulticast);
        assertTrue(host.sent().isEmpty());
    }

    @Test
    @Tag("proves:rfc792-unreachable")
    void closedUdpPort_answeredWithPortUnreachableQuotingThePacket() {
        host.introducePeer();
        byte[] frame = Frames.ip(17, Frames.udp(1000, 2000, new byte[] {5, 6}, true));
        host.deliver(frame);
        byte[] report = only(host.sent());
        assertEquals(3, report[34]);
        assertEquals(3, report[35]);
        assertEquals(0, Frames.checksum(report, 34, report.length - 34, 0));
        assertArrayEquals(Arrays.copyOfRange(frame, 14, frame.length), Arrays.copyOfRange(report, 42, report.length));
    }

    @Test
    @Tag("proves:rfc1122-limit")
    void unreachableFlood_answersAreLimited() {
        host.introducePeer();
        for (int count = 0; count < 400; count++) {
            host.deliver(Frames.ip(17, Frames.udp(1000, 2000, new byte[] {5, 6}, true)));
            host.sent();
        }
        assertTrue(host.counters().dropIcmpRateLimited > 300);
    }

    @Test
    void packetFromUsToUs_staysInside() {
        host.elapse(1);
        var socket = java.util.Objects.requireNonNull(
                host.stack.udp().bind(io.demijohn.stack.IpAddress.ANY, 700, false, 1 << 16));
        long own = io.demijohn.stack.IpAddress.lowOfIpv4(Frames.OUR_IP);
        host.stack.udp().send(socket, 0, own, 700, java.nio.ByteBuffer.wrap(new byte[] {4}), host.nowNanos);
        assertTrue(host.sent().isEmpty());
        assertEquals(host.nowNanos, host.stack.nextDeadlineNanos());
        host.elapse(0);
        assertEquals(1, socket.waiting());
        assertEquals(Long.MAX_VALUE, host.stack.nextDeadlineNanos());
        host.stack.udp().close(socket, host.nowNanos);
    }

    @Test
    @Tag("proves:rfc792-unreachable")
    void redirectsAndSourceQuench_changeNothing() {
        host.introducePeer();
        byte[] quote = Frames.packet(Frames.OUR_IP, 0x08080808, 17, new byte[8]);
        host.deliver(Frames.ip(1, Frames.icmp(5, 1, Frames.PEER_IP, quote))); // use the peer as gateway
        host.deliver(Frames.ip(1, Frames.icmp(4, 0, 0, quote)));
        assertEquals(2, host.counters().dropIcmpType);
        var socket = java.util.Objects.requireNonNull(
                host.stack.udp().bind(io.demijohn.stack.IpAddress.ANY, 700, false, 1 << 16));
        long far = io.demijohn.stack.IpAddress.lowOfIpv4(0x08080808);
        host.stack.udp().send(socket, 0, far, 53, java.nio.ByteBuffer.allocate(4), host.nowNanos);
        assertEquals(0x0A4D00FE, Frames.i32(only(host.sent()), 38)); // asks for the configured gateway
        host.stack.udp().close(socket, host.nowNanos);
        for (int second = 0; second < 4; second++) {
            host.elapse(TestHost.SECOND);
        }
    }

    @Test
    void seededMutations_neverThrowAndLoseNothing() {
        long seed = Long.getLong("seed", 42);
        Random random = new Random(seed);
        host.introducePeer();
        byte[][] originals = {
            Frames.ip(1, Frames.icmp(8, 0, 1, new byte[20])),
            Frames.ip(1, Frames.icmp(3, 3, 0, Frames.packet(Frames.OUR_IP, Frames.PEER_IP, 17, new byte[16]))),
            Frames.ip(17, Frames.udp(1, 2, new byte[30], true)),
            Frames.ip(6, new byte[40]),
            Frames.arp(1, Frames.PEER_MAC, Frames.PEER_IP, 0, Frames.OUR_IP)
        };
        for (int round = 0; round < 50_000; round++) {
            byte[] frame = originals[random.nextInt(originals.length)].clone();
            for (int flips = random.nextInt(4) + 1; flips > 0; flips--) {
                frame[12 + random.nextInt(frame.length - 12)] = (byte) random.nextInt(256);
            }
            if (random.nextBoolean() && Frames.u16(frame, 12) == 0x800) {
                fixHeader(frame);
            }
            host.deliver(Arrays.copyOf(frame, random.nextInt(4) == 0 ? random.nextInt(frame.length) : frame.length));
            host.elapse(random.nextInt(10_000_000));
            host.sent();
        }
        for (int second = 0; second < 35; second++) {
            host.elapse(TestHost.SECOND);
            host.sent();
        }
        assertEquals(host.pool.count(), host.pool.freeCount(), "-Dseed=" + seed);
    }

    private static void fixHeader(byte[] frame) {
        int bytes = Math.min((frame[14] & 15) * 4, frame.length - 14);
        frame[24] = 0;
        frame[25] = 0;
        int checksum = Frames.checksum(frame, 14, bytes, 0);
        frame[24] = (byte) (checksum >>> 8);
        frame[25] = (byte) checksum;
    }

    private static byte[] only(List<byte[]> frames) {
        assertEquals(1, frames.size());
        return frames.get(0);
    }
}
