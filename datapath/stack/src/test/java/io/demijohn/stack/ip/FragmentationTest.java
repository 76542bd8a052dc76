package io.demijohn.stack.ip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.Frames;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.TestHost;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.udp.UdpSocket;
import io.demijohn.stack.udp.UdpStatus;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 791, 2.3 and RFC 6864 from the outside: what is larger than the MTU leaves in fragments. */
final class FragmentationTest {
    private static final long PEER_LOW = IpAddress.lowOfIpv4(Frames.PEER_IP);
    private static final int DATAGRAM_MAX = 65_507;

    private final TestHost host = new TestHost();
    private final UdpSocket socket = Objects.requireNonNull(host.stack.udp().bind(IpAddress.ANY, 2000, false, 1 << 20));

    @AfterEach
    void nothingIsLost() {
        host.stack.udp().close(socket, host.nowNanos);
        host.sent();
        assertEquals(host.pool.count(), host.pool.freeCount());
        host.close();
    }

    @Test
    void datagrams_ofEverySize_leaveInFragmentsThatJoin() {
        host.introducePeer();
        for (int size : new int[] {0, 1472, 1473, 1480, 2952, 2953, 8192, 65_506, DATAGRAM_MAX}) {
            byte[] data = new byte[size];
            new Random(size).nextBytes(data);
            assertEquals(size, send(ByteBuffer.wrap(data)));
            byte[] udp = join(host.sent(), size > 1472);
            assertArrayEquals(data, Arrays.copyOfRange(udp, 8, udp.length), "size " + size);
            assertEquals(0, Frames.checksum(udp, 0, udp.length, Frames.pseudo(17, udp.length)));
        }
    }

    @Test
    void packet_whoseChecksumIsTheDevices_isCutWithItMade() {
        byte[] data = new byte[1000];
        new Random(1).nextBytes(data);
        int pseudo = Frames.pseudo(6, data.length);
        ByteBuffer.wrap(data).putShort(16, (short) ~Frames.checksum(new byte[0], 0, 0, pseudo)); // the sum itself
        PacketBuffer packet = Objects.requireNonNull(host.pool.acquire());
        Mem.copyIn(data, 0, packet.append(data.length), data.length);
        packet.wantChecksum(0, 16);
        PacketBuffer cut = Objects.requireNonNull(FragmentCutter.cut(packet, 400, new PoolOutput(host.pool)));
        byte[] joined = new byte[data.length];
        int offset = 0;
        for (PacketBuffer piece = cut; piece != null; piece = piece.more) {
            assertFalse(piece.wantsChecksum());
            Mem.copyOut(piece.address(), joined, offset, piece.length());
            offset += piece.length();
        }
        assertEquals(data.length, offset);
        assertEquals(0, Frames.checksum(joined, 0, joined.length, pseudo));
        PacketChain.release(cut);
    }

    @Test
    void identifiers_ofTwoDatagrams_differ() {
        host.introducePeer();
        List<Integer> identifiers = new ArrayList<>();
        for (int count = 0; count < 100; count++) {
            send(ByteBuffer.allocate(2000));
            identifiers.add(Frames.u16(host.sent().get(0), 18));
        }
        assertEquals(100, identifiers.stream().distinct().count());
    }

    @Test
    void identifiers_ofOtherSeeds_startElsewhere() {
        assertNotEquals(new FragmentIdentifiers(1).next(0, PEER_LOW), new FragmentIdentifiers(2).next(0, PEER_LOW));
    }

    @Test
    void buffers_tooFewForTheDatagram_refuseItWhole() {
        host.introducePeer();
        List<PacketBuffer> held = new ArrayList<>();
        while (host.pool.freeCount() > 40) {
            held.add(Objects.requireNonNull(host.pool.acquire()));
        }
        ByteBuffer data = ByteBuffer.allocate(DATAGRAM_MAX);
        assertEquals(UdpStatus.NO_MEMORY, send(data));
        assertEquals(DATAGRAM_MAX, data.remaining());
        assertTrue(host.sent().isEmpty());
        held.forEach(PacketBuffer::release);
    }

    @Test
    void datagram_fromUsToUs_arrivesWhole() {
        byte[] data = new byte[DATAGRAM_MAX];
        new Random(1).nextBytes(data);
        long own = IpAddress.lowOfIpv4(Frames.OUR_IP);
        assertEquals(data.length, host.stack.udp().send(socket, 0, own, 2000, ByteBuffer.wrap(data), host.nowNanos));
        host.elapse(1);
        PacketBuffer datagram = Objects.requireNonNull(socket.poll());
        ByteBuffer copy = ByteBuffer.allocate(DATAGRAM_MAX);
        assertEquals(DATAGRAM_MAX, PacketChain.copyOut(datagram, copy));
        assertArrayEquals(data, copy.array());
        PacketChain.release(datagram);
    }

    @Test
    void echoRequest_inFragments_isAnsweredWithTheSameData() {
        host.introducePeer();
        byte[] data = new byte[4001];
        new Random(3).nextBytes(data);
        byte[] request = Frames.icmp(8, 0, 0x00070003, data);
        for (int step : new int[] {1480, 520}) { // pieces that can leave as they are, and others
            for (int offset = 0; offset < request.length; offset += step) {
                int end = Math.min(offset + step, request.length);
                byte[] piece = Arrays.copyOfRange(request, offset, end);
                host.deliver(Frames.fragment(Frames.PEER_IP, step, offset, end < request.length, 1, piece));
            }
            assertArrayEquals(Frames.icmp(0, 0, 0x00070003, data), join(host.sent(), true));
        }
    }

    private int send(ByteBuffer data) {
        return host.stack.udp().send(socket, 0, PEER_LOW, 53, data, host.nowNanos);
    }

    /** Joins the frames' data, after a look at each header. */
    private static byte[] join(List<byte[]> frames, boolean fragmented) {
        ByteBuffer joined = ByteBuffer.allocate(66_000);
        for (int index = 0; index < frames.size(); index++) {
            byte[] frame = frames.get(index);
            assertTrue(frame.length <= 1514);
            assertEquals(frame.length - 14, Frames.u16(frame, 16));
            assertEquals(0, Frames.checksum(frame, 14, 20, 0));
            int more = index + 1 < frames.size() ? 0x2000 : 0;
            assertEquals(fragmented ? joined.position() / 8 | more : 0x4000, Frames.u16(frame, 20));
            assertEquals(Frames.u16(frames.get(0), 18), Frames.u16(frame, 18));
            joined.put(frame, 34, frame.length - 34);
        }
        return Arrays.copyOf(joined.array(), joined.position());
    }

    /** Gives buffers and sends nothing. */
    private record PoolOutput(BufferPool pool) implements IpOutput {
        @Override
        public @Nullable PacketBuffer allocate() {
            return pool.acquire();
        }

        @Override
        public void send(
                PacketBuffer segment,
                long sourceHigh,
                long sourceLow,
                long destinationHigh,
                long destinationLow,
                int protocol,
                int service,
                long nowNanos) {
            throw new AssertionError("nothing is sent here");
        }

        @Override
        public int mtuBytes(long destinationHigh, long destinationLow) {
            throw new AssertionError("nothing is sent here");
        }
    }
}
