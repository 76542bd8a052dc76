package io.demijohn.stack.ip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.Frames;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.TestHost;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.tcp.TcpOptions;
import io.demijohn.stack.udp.UdpSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** RFC 791, 815 and 5722 from the outside: fragments in, datagrams, reports and free buffers out. */
final class FragmentReassemblyTest {
    private static final int PORT = 2000;
    private static final int UDP = 17;
    private static final int LIFETIME_SECONDS = 30;
    private static final int POOL_SHARE = 4;

    private final TestHost host = new TestHost();
    private final UdpSocket socket = Objects.requireNonNull(host.stack.udp().bind(IpAddress.ANY, PORT, false, 1 << 20));

    @AfterEach
    void nothingIsLost() {
        host.stack.udp().close(socket, host.nowNanos);
        host.elapse((LIFETIME_SECONDS + 1) * TestHost.SECOND);
        for (int second = 0; second < 5; second++) {
            host.elapse(TestHost.SECOND); // reports that wait for a neighbour
        }
        host.sent();
        assertEquals(host.pool.count(), host.pool.freeCount());
        host.close();
    }

    @Test
    @Tag("proves:rfc815")
    void fragments_inEveryOrder_giveTheOneDatagram() {
        byte[] data = bytes(3000);
        List<byte[]> frames = cut(1, Frames.udp(1000, PORT, data, true), 0, 800, 1600, 2400);
        for (List<byte[]> order : permutations(frames)) {
            order.forEach(host::deliver);
            assertArrayEquals(data, received());
        }
        assertEquals(24, host.counters().datagramsReassembled);
    }

    @Test
    @Tag("proves:rfc815")
    void datagram_ofTheLargestSize_isReceivedWhole() {
        byte[] data = bytes(65_507);
        cut(1, Frames.udp(1000, PORT, data, true), 1480).forEach(host::deliver);
        assertArrayEquals(data, received());
    }

    @Test
    void wrongChecksum_ofAReassembledDatagram_dropsAllPieces() {
        byte[] udp = Frames.udp(1000, PORT, bytes(5000), true);
        udp[4001] ^= 1;
        cut(1, udp, 1480).forEach(host::deliver);
        assertNull(received());
        assertEquals(1, host.counters().dropUdpChecksum);
    }

    @Test
    @Tag("proves:rfc5722")
    void overlap_ofOtherBytes_dropsTheDatagramAndWhatStillComes() {
        List<byte[]> frames = cut(1, Frames.udp(1000, PORT, bytes(3000), true), 0, 800, 1600, 2400);
        host.deliver(frames.get(0));
        host.deliver(frames.get(1));
        host.deliver(Frames.fragment(Frames.PEER_IP, 1, 1200, true, UDP, new byte[800]));
        assertEquals(host.pool.count(), host.pool.freeCount());
        frames.forEach(host::deliver);
        assertNull(received());
        assertEquals(5, host.counters().dropFragmentOverlap);
        host.elapse(LIFETIME_SECONDS * TestHost.SECOND);
        frames.forEach(host::deliver);
        assertEquals(3000, Objects.requireNonNull(received()).length);
    }

    @Test
    @Tag("proves:rfc5722")
    void teardrop_secondFragmentInsideTheFirst_isDropped() {
        host.deliver(Frames.fragment(Frames.PEER_IP, 1, 0, true, UDP, bytes(40)));
        host.deliver(Frames.fragment(Frames.PEER_IP, 1, 24, false, UDP, new byte[4]));
        assertEquals(1, host.counters().dropFragmentOverlap);
        assertEquals(host.pool.count(), host.pool.freeCount());
    }

    @Test
    @Tag("proves:rfc5722")
    void end_contradicted_dropsTheDatagram() {
        host.deliver(Frames.fragment(Frames.PEER_IP, 1, 800, false, UDP, new byte[100]));
        host.deliver(Frames.fragment(Frames.PEER_IP, 1, 1600, true, UDP, new byte[80]));
        assertEquals(1, host.counters().dropFragmentOverlap);
        host.deliver(Frames.fragment(Frames.PEER_IP, 2, 1600, true, UDP, new byte[80]));
        host.deliver(Frames.fragment(Frames.PEER_IP, 2, 800, false, UDP, new byte[100]));
        assertEquals(2, host.counters().dropFragmentOverlap);
        assertEquals(host.pool.count(), host.pool.freeCount());
    }

    @Test
    void duplicates_ofTheSameBytes_areIgnored() {
        byte[] data = bytes(3000);
        List<byte[]> frames = cut(1, Frames.udp(1000, PORT, data, true), 0, 800, 1600, 2400);
        for (byte[] frame : frames.subList(0, 3)) {
            host.deliver(frame);
            host.deliver(frame);
        }
        host.deliver(frames.get(0));
        host.deliver(frames.get(3));
        assertArrayEquals(data, received());
        assertEquals(4, host.counters().fragmentDuplicates);
    }

    @Test
    @Tag("proves:rfc815-bound")
    void pingOfDeath_beyondTheLargestDatagram_isDropped() {
        host.deliver(Frames.fragment(Frames.PEER_IP, 1, 65_528, false, 1, new byte[100]));
        host.deliver(Frames.fragment(Frames.PEER_IP, 1, 65_512, false, 1, new byte[4]));
        host.deliver(Frames.fragment(Frames.PEER_IP, 1, 64_800, true, 1, new byte[800]));
        assertEquals(3, host.counters().dropFragmentMalformed);
        assertEquals(host.pool.count(), host.pool.freeCount());
    }

    @Test
    void emptyOrTornFragment_isDropped() {
        host.deliver(Frames.fragment(Frames.PEER_IP, 1, 8, true, UDP, new byte[0]));
        host.deliver(Frames.fragment(Frames.PEER_IP, 1, 0, true, UDP, new byte[12]));
        assertEquals(2, host.counters().dropFragmentMalformed);
    }

    @Test
    void tinyFragments_manyOfThem_shareBuffers() {
        byte[] data = bytes(8000);
        List<byte[]> frames = cut(1, Frames.udp(1000, PORT, data, true), 8);
        int fewest = host.pool.count();
        for (byte[] frame : frames) {
            host.deliver(frame);
            fewest = Math.min(fewest, host.pool.freeCount());
        }
        assertTrue(host.pool.count() - fewest < 8, "held " + (host.pool.count() - fewest));
        assertArrayEquals(data, received());
    }

    @Test
    @Tag("proves:rfc815-bound")
    void tinyFragments_withHoles_areBounded() {
        for (int offset = 0; offset < 60_000; offset += 16) {
            host.deliver(Frames.fragment(Frames.PEER_IP, 1, offset, true, UDP, new byte[8]));
            assertTrue(host.pool.count() - host.pool.freeCount() <= host.pool.count() / POOL_SHARE);
        }
        assertTrue(host.counters().fragmentDatagramsEvicted > 0);
    }

    @Test
    @Tag("proves:rfc815-bound")
    void oneSender_withEndlessFragments_leavesRoomForOthers() {
        byte[] data = bytes(8000);
        List<byte[]> good = cut(7, Frames.udp(1000, PORT, data, false), 1480);
        for (int round = 0; round < good.size(); round++) {
            for (int flood = 0; flood < 500; flood++) {
                int identifier = round * 500 + flood;
                host.deliver(Frames.fragment(Frames.PEER_IP + 5, identifier, 0, true, UDP, new byte[1480]));
            }
            host.deliver(good.get(round));
            assertTrue(host.pool.count() - host.pool.freeCount() <= host.pool.count() / POOL_SHARE);
        }
        assertArrayEquals(data, received());
    }

    @Test
    @Tag("proves:rfc815-bound")
    void manySenders_withOneFragmentEach_areBounded() {
        for (int sender = 0; sender < 5000; sender++) {
            host.deliver(Frames.fragment(0x0A000000 + sender, 1, 0, true, UDP, new byte[1480]));
        }
        assertTrue(host.pool.count() - host.pool.freeCount() <= host.pool.count() / POOL_SHARE);
        byte[] data = bytes(5000);
        cut(1, Frames.udp(1000, PORT, data, true), 1480).forEach(host::deliver);
        assertArrayEquals(data, received());
    }

    @Test
    @Tag("proves:rfc815-bound")
    void timeOver_withTheFirstFragment_isReportedQuotingIt() {
        host.introducePeer();
        byte[] first = Frames.fragment(Frames.PEER_IP, 1, 0, true, UDP, Frames.udp(1000, PORT, bytes(72), false));
        host.deliver(first);
        host.deliver(Frames.fragment(Frames.PEER_IP, 1, 80, true, UDP, bytes(80)));
        host.elapse(LIFETIME_SECONDS * TestHost.SECOND - 1);
        assertTrue(host.sent().isEmpty());
        host.introducePeer();
        host.elapse(1);
        byte[] report = host.sent().get(0);
        assertEquals(11, report[34]);
        assertEquals(1, report[35]);
        assertEquals(0, Frames.checksum(report, 34, report.length - 34, 0));
        assertArrayEquals(Arrays.copyOfRange(first, 14, first.length), Arrays.copyOfRange(report, 42, report.length));
        assertEquals(1, host.counters().fragmentDatagramsExpired);
    }

    @Test
    @Tag("proves:rfc1122-limit")
    void timeOver_ofAnIcmpError_isSilent() {
        host.introducePeer();
        byte[] quote = Frames.packet(Frames.OUR_IP, Frames.PEER_IP, UDP, new byte[44]);
        byte[] error = Frames.icmp(3, 3, 0, quote);
        host.deliver(Frames.fragment(Frames.PEER_IP, 1, 0, true, 1, error));
        host.elapse(LIFETIME_SECONDS * TestHost.SECOND);
        assertTrue(host.sent().isEmpty());
        host.introducePeer();
        host.deliver(Frames.fragment(Frames.PEER_IP, 2, 0, true, 1, Frames.icmp(8, 0, 1, new byte[64])));
        host.elapse(LIFETIME_SECONDS * TestHost.SECOND);
        assertEquals(1, host.counters().icmpTimeExceededSent);
        host.sent();
    }

    @Test
    void timeOver_withoutTheFirstFragment_isSilent() {
        host.introducePeer();
        host.deliver(Frames.fragment(Frames.PEER_IP, 1, 80, true, UDP, bytes(80)));
        host.elapse(LIFETIME_SECONDS * TestHost.SECOND);
        assertTrue(host.sent().isEmpty());
        assertEquals(host.pool.count(), host.pool.freeCount());
    }

    @Test
    void closedPort_ofAReassembledDatagram_isReportedOnce() {
        host.introducePeer();
        cut(1, Frames.udp(1000, PORT + 1, bytes(4000), true), 1480).forEach(host::deliver);
        List<byte[]> sent = host.sent();
        assertEquals(1, sent.size());
        assertEquals(3, sent.get(0)[34]);
        assertEquals(4028, Frames.u16(sent.get(0), 42 + 2)); // the quoted header is that of the whole datagram
        assertEquals(0, Frames.checksum(sent.get(0), 42, 20, 0));
    }

    @Test
    @Tag("proves:rfc815")
    void tcpSegment_inFragments_isAnswered() {
        host.introducePeer();
        IpAddress us = IpAddress.ofIpv4(Frames.OUR_IP);
        host.stack.tcp().reservePort(us, 80, false);
        Objects.requireNonNull(host.stack.tcp().listen(us, 80, 4, TcpOptions.DEFAULTS));
        byte[] syn = ByteBuffer.allocate(20)
                .putShort((short) 1000)
                .putShort((short) 80)
                .putInt(77)
                .putInt(0)
                .putShort((short) 0x5002)
                .putShort((short) 1000)
                .array();
        ByteBuffer.wrap(syn).putShort(16, (short) Frames.checksum(syn, 0, 20, Frames.pseudo(6, 20)));
        host.deliver(Frames.fragment(Frames.PEER_IP, 1, 8, false, 6, Arrays.copyOfRange(syn, 8, 20)));
        host.deliver(Frames.fragment(Frames.PEER_IP, 1, 0, true, 6, Arrays.copyOfRange(syn, 0, 8)));
        byte[] answer = host.sent().get(0);
        assertEquals(0x12, answer[47]);
        assertEquals(78, Frames.i32(answer, 42));
    }

    @Test
    void ecnMarks_ofFragments_areJoined() {
        byte[] udp = Frames.udp(1000, PORT, bytes(72), true);
        for (int second : new int[] {0, 2}) {
            List<byte[]> frames = cut(9, udp, 40);
            mark(frames.get(0), 3);
            mark(frames.get(1), second);
            frames.forEach(host::deliver);
            host.elapse(LIFETIME_SECONDS * TestHost.SECOND);
        }
        assertEquals(1, host.counters().dropFragmentEcn);
        assertEquals(1, host.counters().datagramsReassembled);
    }

    @Test
    @Tag("proves:rfc815")
    void seededCuts_inSeededOrders_giveTheOneDatagram() {
        long seed = Long.getLong("seed", 42);
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            byte[] data = bytes(random.nextInt(20_000) + 100);
            byte[] udp = Frames.udp(1000, PORT, data, random.nextBoolean());
            List<Integer> offsets = new ArrayList<>(List.of(0));
            for (int at = 0; at < udp.length; at += 8 * (random.nextInt(180) + 1)) {
                offsets.add(at);
            }
            int[] starts = offsets.stream().mapToInt(i -> i).distinct().toArray();
            List<byte[]> frames = new ArrayList<>(cut(round, udp, starts));
            frames.addAll(frames.subList(0, frames.size() / 3)); // some come twice
            Collections.shuffle(frames, random);
            frames.forEach(host::deliver);
            assertArrayEquals(data, received(), "-Dseed=" + seed + " round " + round);
            host.elapse(40 * TestHost.SECOND); // what duplicates began anew
            host.sent();
        }
    }

    @Test
    void seededMutations_neverThrowAndLoseNothing() {
        long seed = Long.getLong("seed", 42);
        Random random = new Random(seed);
        for (int round = 0; round < 30_000; round++) {
            int offset = 8 * (random.nextInt(10) == 0 ? random.nextInt(8192) : random.nextInt(20));
            byte[] data = new byte[random.nextInt(4) == 0 ? random.nextInt(1480) : 8 * random.nextInt(12)];
            int source = Frames.PEER_IP + random.nextInt(4) * 5;
            int protocol = new int[] {1, 6, 17, 99}[random.nextInt(4)];
            boolean more = random.nextBoolean();
            byte[] frame = Frames.fragment(source, random.nextInt(30), offset, more, protocol, data);
            host.deliver(frame);
            host.elapse(random.nextInt(20_000_000));
            host.sent();
            assertTrue(host.pool.count() - host.pool.freeCount() <= host.pool.count() / 2, "-Dseed=" + seed);
        }
        assertTrue(host.counters().datagramsReassembled > 0);
    }

    @Test
    void lateFragments_afterCompletion_beginAnewAndExpire() {
        List<byte[]> frames = cut(1, Frames.udp(1000, PORT, bytes(3000), true), 1480);
        frames.forEach(host::deliver);
        host.deliver(frames.get(0));
        host.elapse(LIFETIME_SECONDS * TestHost.SECOND);
        assertEquals(1, host.counters().fragmentDatagramsExpired);
        assertFalse(received() == null);
    }

    private byte @org.jspecify.annotations.Nullable [] received() {
        PacketBuffer datagram = socket.poll();
        if (datagram == null) {
            return null;
        }
        ByteBuffer data = ByteBuffer.allocate(PacketChain.bytes(datagram));
        PacketChain.copyOut(datagram, data);
        PacketChain.release(datagram);
        return data.array();
    }

    /** Cuts a transport packet of the peer's: at these offsets, or each so many bytes if only one is given. */
    private static List<byte[]> cut(int identifier, byte[] packet, int... offsets) {
        List<byte[]> frames = new ArrayList<>();
        for (int index = 0; ; index++) {
            boolean regular = offsets.length == 1 && offsets[0] > 0;
            int from = regular ? index * offsets[0] : offsets[index];
            int to = regular ? from + offsets[0] : index + 1 < offsets.length ? offsets[index + 1] : packet.length;
            boolean more = to < packet.length;
            byte[] data = Arrays.copyOfRange(packet, from, Math.min(to, packet.length));
            frames.add(Frames.fragment(Frames.PEER_IP, identifier, from, more, UDP, data));
            if (!more) {
                return frames;
            }
        }
    }

    private static void mark(byte[] frame, int trafficClass) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        bytes.put(15, (byte) trafficClass).putShort(24, (short) 0);
        bytes.putShort(24, (short) Frames.checksum(frame, 14, 20, 0));
    }

    private static List<List<byte[]>> permutations(List<byte[]> items) {
        if (items.isEmpty()) {
            return List.of(List.of());
        }
        List<List<byte[]>> all = new ArrayList<>();
        for (int index = 0; index < items.size(); index++) {
            List<byte[]> rest = new ArrayList<>(items);
            byte[] first = rest.remove(index);
            for (List<byte[]> tail : permutations(rest)) {
                List<byte[]> one = new ArrayList<>(List.of(first));
                one.addAll(tail);
                all.add(one);
            }
        }
        return all;
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }
}
