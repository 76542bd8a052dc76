package io.demijohn.stack.ip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.Frames;
import io.demijohn.stack.Frames6;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.TestHost;
import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpOptions;
import io.demijohn.stack.tcp.TcpStatus;
import io.demijohn.stack.udp.UdpSocket;
import io.demijohn.stack.udp.UdpStatus;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class Ipv6LayerTest {
    private static final byte[] OURS = Frames6.ours();
    private static final byte[] PEER = Frames6.peer();
    private static final IpAddress US = Frames6.ip("fd77::2");
    private static final IpAddress THEM = Frames6.ip("fd77::1");

    private final TestHost host = TestHost.dualStack();

    @AfterEach
    void nothingIsLost() {
        host.sent();
        assertEquals(host.pool.count(), host.pool.freeCount());
        host.close();
    }

    @Test
    @Tag("proves:rfc4443")
    void echoRequest_answeredWithTheSameData() {
        host.introducePeer6();
        byte[] data = "how are you".getBytes(StandardCharsets.US_ASCII);
        host.deliver(Frames6.icmpFrame(PEER, OURS, 64, 128, 0, 0x0007_0003, data));
        byte[] reply = only(host.sent());
        assertEquals(Frames.PEER_MAC, Frames.station(reply, 0));
        assertArrayEquals(OURS, Frames6.source(reply));
        assertArrayEquals(PEER, Frames6.target(reply));
        assertEquals(64, Frames6.hopLimit(reply));
        assertArrayEquals(Frames6.icmp(OURS, PEER, 129, 0, 0x0007_0003, data), Frames6.payload(reply));
    }

    @Test
    @Tag("proves:rfc4443")
    void echoRequestToAllNodes_answeredFromAnAddressOfOurs() {
        host.introducePeer6();
        host.deliver(Frames6.icmpFrame(PEER, Frames6.allNodes(), 64, 128, 0, 1, new byte[4]));
        byte[] reply = only(host.sent());
        assertArrayEquals(OURS, Frames6.source(reply));
        assertEquals(129, Frames6.icmpType(reply));
    }

    @Test
    @Tag("proves:rfc8200")
    void everyTruncation_isRejectedAndNothingThrows() {
        byte[] frame = Frames6.icmpFrame(PEER, OURS, 64, 128, 0, 1, new byte[] {1, 2, 3, 4});
        host.introducePeer6();
        for (int length = 14; length < frame.length; length++) {
            host.deliver(Arrays.copyOf(frame, length));
            assertTrue(host.sent().isEmpty(), "length " + length);
        }
        assertEquals(frame.length - 14, host.counters().dropIpTruncated);
    }

    @Test
    @Tag("proves:rfc8200")
    void ethernetPadding_isCutByThePayloadLength() {
        host.introducePeer6();
        byte[] frame = Frames6.icmpFrame(PEER, OURS, 64, 128, 0, 1, new byte[0]);
        host.deliver(Arrays.copyOf(frame, frame.length + 9));
        assertEquals(62, only(host.sent()).length);
    }

    @Test
    @Tag("proves:rfc8200")
    void foreignAndMartianAddresses_areDropped() {
        String[] sources = {"ff02::1", "::1", "::ffff:10.77.0.1", "::", "fd77::2"};
        for (String source : sources) {
            byte[] from = source.startsWith("::ffff") ? mapped() : Frames6.address(source);
            host.deliver(Frames6.frame(from, OURS, 17, 64, Frames6.udp(from, OURS, 1, 2, new byte[4])));
        }
        assertEquals(sources.length, host.counters().dropIpMartian);
        byte[] other = Frames6.address("fd77::3");
        host.deliver(Frames6.frame(PEER, other, 17, 64, Frames6.udp(PEER, other, 1, 2, new byte[4])));
        assertEquals(1, host.counters().dropIpNotLocal);
        host.deliver(Frames6.frame(PEER, Frames6.address("ff02::7"), 17, 64, new byte[8]));
        assertEquals(1, host.counters().dropMulticast);
        assertTrue(host.sent().isEmpty());
    }

    @Test
    @Tag("proves:rfc4443")
    void closedUdpPort_answeredWithPortUnreachableQuotingThePacket() {
        host.introducePeer6();
        byte[] frame = Frames6.frame(PEER, OURS, 17, 64, Frames6.udp(PEER, OURS, 1000, 2000, new byte[] {5, 6}));
        host.deliver(frame);
        byte[] report = only(host.sent());
        byte[] quoted = Arrays.copyOfRange(frame, 14, frame.length);
        assertArrayEquals(Frames6.icmp(OURS, PEER, 1, 4, 0, quoted), Frames6.payload(report));
    }

    @Test
    @Tag("proves:rfc4443")
    void reportAboutALargePacket_fitsTheLeastMtu() {
        host.introducePeer6();
        host.deliver(Frames6.frame(PEER, OURS, 17, 64, Frames6.udp(PEER, OURS, 1000, 2000, new byte[1400])));
        assertEquals(14 + 1280, only(host.sent()).length);
    }

    @Test
    @Tag("proves:rfc4443")
    void unknownNextHeader_answeredWithAParameterProblem() {
        host.introducePeer6();
        byte[] frame = Frames6.frame(PEER, OURS, 200, 64, new byte[8]);
        host.deliver(frame);
        byte[] quoted = Arrays.copyOfRange(frame, 14, frame.length);
        assertArrayEquals(Frames6.icmp(OURS, PEER, 4, 1, 6, quoted), Frames6.payload(only(host.sent())));
        assertEquals(1, host.counters().icmpProblemsSent);
    }

    @Test
    @Tag("proves:rfc8200")
    void routingHeaderOfTypeZero_isRefused() {
        host.introducePeer6();
        byte[] routing = new byte[24 + 8];
        routing[0] = 17;
        routing[1] = 2;
        routing[3] = 1;
        host.deliver(Frames6.frame(PEER, OURS, 43, 64, routing));
        byte[] report = Frames6.payload(only(host.sent()));
        assertEquals(4, report[0]);
        assertEquals(0, report[1]);
        assertEquals(42, Frames.i32(report, 4));
    }

    @Test
    @Tag("proves:rfc4443")
    void errorsAboutErrorsGroupsAndNobody_areNotSent() {
        host.introducePeer6();
        byte[] error = Frames6.icmp(PEER, OURS, 1, 4, 0, new byte[60]);
        host.deliver(Frames6.frame(PEER, OURS, 58, 64, error));
        host.deliver(Frames6.frame(PEER, Frames6.allNodes(), 200, 64, new byte[8]));
        host.deliver(Frames6.frame(Frames6.nobody(), OURS, 200, 64, new byte[8]));
        assertTrue(host.sent().isEmpty());
    }

    @Test
    @Tag("proves:rfc4443")
    void errorFlood_answersAreLimited() {
        host.introducePeer6();
        for (int count = 0; count < 400; count++) {
            host.deliver(Frames6.frame(PEER, OURS, 200, 64, new byte[8]));
            host.sent();
        }
        assertTrue(host.counters().dropIcmpRateLimited > 300);
    }

    @Test
    @Tag("proves:rfc4443")
    void icmpWithAWrongChecksum_isDropped() {
        byte[] frame = Frames6.icmpFrame(PEER, OURS, 64, 128, 0, 1, new byte[4]);
        frame[frame.length - 1] ^= 1;
        host.deliver(frame);
        assertEquals(1, host.counters().dropIcmpChecksum);
    }

    @Test
    @Tag("proves:rfc8200")
    void udpWithoutAChecksum_isRefused() {
        UdpSocket socket = bind(2000);
        byte[] datagram = Frames6.udp(PEER, OURS, 1000, 2000, new byte[] {5});
        host.deliver(Frames6.frame(PEER, OURS, 17, 64, datagram));
        assertEquals(1, socket.waiting());
        datagram[6] = 0;
        datagram[7] = 0;
        host.deliver(Frames6.frame(PEER, OURS, 17, 64, datagram));
        assertEquals(1, socket.waiting());
        assertEquals(1, host.counters().dropUdpChecksum);
        host.stack.udp().close(socket, host.nowNanos);
    }

    @Test
    @Tag("proves:rfc3493")
    void wildcardSocket_hearsBothFamilies() {
        host.introducePeer();
        UdpSocket socket = bind(2000);
        host.deliver(Frames6.frame(PEER, OURS, 17, 64, Frames6.udp(PEER, OURS, 1000, 2000, new byte[] {6})));
        host.deliver(Frames.ip(17, Frames.udp(1000, 2000, new byte[] {4}, true)));
        assertEquals(THEM, senderOf(socket));
        assertEquals(IpAddress.ofIpv4(Frames.PEER_IP), senderOf(socket));
        host.stack.udp().close(socket, host.nowNanos);
    }

    @Test
    void datagramOut_carriesTheRightChecksumAndFitsTheMtu() {
        host.introducePeer6();
        UdpSocket socket = bind(2000);
        assertEquals(1452, send(socket, THEM, new byte[1452]));
        byte[] frame = only(host.sent());
        assertEquals(14 + 1500, frame.length);
        assertEquals(0, Frames6.checksum(Frames6.payload(frame), OURS, PEER, 17));
        host.stack.udp().close(socket, host.nowNanos);
    }

    @Test
    @Tag("proves:rfc8200")
    void datagramBeyondTheMtu_leavesInFragmentsThatMakeItWhole() {
        host.introducePeer6();
        UdpSocket socket = bind(2000);
        byte[] data = new byte[3000];
        new Random(10).nextBytes(data);
        assertEquals(3000, send(socket, THEM, data));
        List<byte[]> frames = host.sent();
        assertEquals(3, frames.size());
        ByteBuffer whole = ByteBuffer.allocate(3008);
        for (byte[] frame : frames) {
            byte[] payload = Frames6.payload(frame);
            assertEquals(44, Frames6.nextHeader(frame));
            assertEquals(17, payload[0]);
            assertTrue(frame.length <= 14 + 1500);
            assertEquals(whole.position(), Frames.u16(payload, 2) & 0xfff8);
            assertEquals(frame == frames.get(2) ? 0 : 1, payload[3] & 1);
            assertEquals(Frames.i32(Frames6.payload(frames.get(0)), 4), Frames.i32(payload, 4));
            whole.put(payload, 8, payload.length - 8);
        }
        assertEquals(0, Frames6.checksum(whole.array(), OURS, PEER, 17));
        assertArrayEquals(data, Arrays.copyOfRange(whole.array(), 8, 3008));
        host.stack.udp().close(socket, host.nowNanos);
    }

    @Test
    @Tag("proves:rfc8200")
    void fragmentsInAnyOrder_makeTheDatagram() {
        host.introducePeer6();
        UdpSocket socket = bind(2000);
        byte[] datagram = Frames6.udp(PEER, OURS, 1000, 2000, new byte[] {9, 8, 7, 6, 5, 4, 3, 2, 1});
        host.deliver(fragment(datagram, 8, datagram.length, 17));
        assertEquals(0, socket.waiting());
        host.deliver(fragment(datagram, 0, 8, 17));
        PacketBuffer got = Objects.requireNonNull(socket.poll());
        assertEquals(9, Mem.getU8(got.address()));
        got.release();
        host.stack.udp().close(socket, host.nowNanos);
    }

    @Test
    @Tag("proves:rfc8200")
    void fragmentedExtensionHeaders_areWalkedWhenWhole() {
        host.introducePeer6();
        byte[] inner = Frames6.udp(PEER, OURS, 1000, 2001, new byte[8]);
        byte[] options = ByteBuffer.allocate(8 + inner.length)
                .put(new byte[] {17, 0, 1, 4, 0, 0, 0, 0})
                .put(inner)
                .array();
        host.deliver(fragment(options, 0, 16, 60));
        host.deliver(fragment(options, 16, options.length, 60));
        byte[] report = Frames6.payload(only(host.sent()));
        assertEquals(1, report[0]);
        assertEquals(4, report[1]);
        assertEquals(60, report[8 + 6], "the quoted packet is the whole one");
    }

    @Test
    @Tag("proves:rfc4443")
    void fragmentsThatNeverComplete_answeredWithTimeExceeded() {
        host.introducePeer6();
        host.deliver(fragment(new byte[32], 0, 16, 17));
        host.elapse(60 * TestHost.SECOND);
        byte[] report = Frames6.payload(only(host.sent()));
        assertEquals(3, report[0]);
        assertEquals(1, report[1]);
    }

    @Test
    @Tag("proves:rfc4861")
    void neighbourDiscoveryInFragments_isIgnored() {
        byte[] frame = Frames6.solicitation(PEER, OURS, OURS, Frames.PEER_MAC);
        byte[] message = Frames6.payload(frame);
        host.deliver(fragment(message, 0, 16, 58));
        host.deliver(fragment(message, 16, message.length, 58));
        assertTrue(host.sent().isEmpty());
    }

    /** Returns a frame with a part of a datagram, hop limit 255. */
    private static byte[] fragment(byte[] datagram, int from, int to, int next) {
        ByteBuffer part = ByteBuffer.allocate(8 + to - from);
        part.put((byte) next).put((byte) 0);
        part.putShort((short) (from | (to < datagram.length ? 1 : 0))).putInt(77);
        part.put(datagram, from, to - from);
        return Frames6.frame(PEER, OURS, 44, 255, part.array());
    }

    @Test
    @Tag("proves:rfc4443")
    void portUnreachable_reachesTheConnectedSocket() {
        host.introducePeer6();
        UdpSocket socket = bind(2000);
        socket.connect(THEM, 700);
        send(socket, THEM, new byte[4]);
        byte[] sent = only(host.sent());
        byte[] quote = Arrays.copyOfRange(sent, 14, sent.length);
        host.deliver(Frames6.icmpFrame(PEER, OURS, 64, 1, 4, 0, quote));
        assertEquals(UdpStatus.REFUSED, socket.takeError());
        quote[40 + 1] ^= 1; // another port than ours
        host.deliver(Frames6.icmpFrame(PEER, OURS, 64, 1, 4, 0, quote));
        assertEquals(0, socket.takeError());
        host.stack.udp().close(socket, host.nowNanos);
    }

    @Test
    @Tag("proves:rfc4443")
    void reportAboutASyn_endsTheConnectOnlyIfItsSequenceFits() {
        host.introducePeer6();
        TcpConnection connection = Objects.requireNonNull(
                host.stack.tcp().connect(US, 0, false, THEM, 80, TcpOptions.DEFAULTS, host.nowNanos));
        byte[] syn = only(host.sent());
        byte[] quote = Arrays.copyOfRange(syn, 14, syn.length);
        byte[] forged = quote.clone();
        forged[40 + 7] ^= 1;
        host.deliver(Frames6.icmpFrame(PEER, OURS, 64, 1, 0, 0, forged));
        assertEquals(0, connection.error());
        host.deliver(Frames6.icmpFrame(PEER, OURS, 64, 1, 0, 0, quote));
        assertEquals(TcpStatus.UNREACHABLE, connection.error());
        host.stack.tcp().nextTouched();
    }

    @Test
    @Tag("proves:rfc6691-mss")
    void synWithoutMss_segmentsOf1220AreSent() {
        host.introducePeer6();
        TcpConnection connection = Objects.requireNonNull(
                host.stack.tcp().connect(US, 0, false, THEM, 80, TcpOptions.DEFAULTS, host.nowNanos));
        byte[] syn = Frames6.payload(only(host.sent()));
        assertEquals(0x0204, Frames.u16(syn, 20));
        assertEquals(1440, Frames.u16(syn, 22));
        host.deliver(Frames6.frame(
                PEER, OURS, 6, 64, Frames6.tcp(PEER, OURS, 80, Frames.u16(syn, 0), 1, Frames.i32(syn, 4) + 1, 0x12)));
        host.sent();
        connection.sendQueue().write(ByteBuffer.wrap(new byte[4000]));
        host.stack.tcp().send(connection, host.nowNanos);
        assertEquals(14 + 40 + 20 + 1220, host.sent().get(0).length);
        host.stack.tcp().abort(connection, host.nowNanos);
        connection.sendQueue().releaseAll();
    }

    @Test
    @Tag("proves:rfc8200")
    void packetFromUsToUs_staysInside() {
        UdpSocket socket = bind(700);
        send(socket, US, new byte[] {4});
        assertTrue(host.sent().isEmpty());
        assertEquals(host.nowNanos, host.stack.nextDeadlineNanos());
        host.elapse(0);
        assertEquals(US, senderOf(socket));
        host.stack.udp().close(socket, host.nowNanos);
    }

    @Test
    @Tag("proves:rfc8200")
    void hostWithoutIpv6_takesNone() {
        try (TestHost old = new TestHost()) {
            old.deliver(Frames6.icmpFrame(PEER, OURS, 64, 128, 0, 1, new byte[4]));
            assertEquals(1, old.counters().dropIpv6);
            assertTrue(old.sent().isEmpty());
        }
    }

    @Test
    @Tag("proves:rfc8200")
    void mutatedFrames_neverThrowAndLoseNothing() {
        host.introducePeer6();
        UdpSocket socket = bind(2000);
        byte[][] good = {
            Frames6.icmpFrame(PEER, OURS, 255, 128, 0, 1, new byte[40]),
            Frames6.frame(PEER, OURS, 17, 64, Frames6.udp(PEER, OURS, 1000, 2000, new byte[40])),
            Frames6.solicitation(PEER, OURS, OURS, Frames.PEER_MAC),
            Frames6.advertisement(PEER, OURS, 0x6000_0000, PEER, Frames.PEER_MAC),
            Frames6.frame(PEER, OURS, 60, 64, new byte[] {17, 0, 1, 4, 0, 0, 0, 0, 3, 4, 7, 8, 0, 8, 0, 0}),
            Frames6.icmpFrame(PEER, OURS, 64, 2, 0, 1300, Frames6.packet(OURS, PEER, 6, 64, new byte[20])),
        };
        Random random = new Random(9);
        for (int round = 0; round < 30_000; round++) {
            byte[] frame = good[random.nextInt(good.length)].clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                frame[14 + random.nextInt(frame.length - 14)] ^= (byte) (1 << random.nextInt(8));
            }
            byte[] cut = random.nextInt(4) == 0 ? Arrays.copyOf(frame, 14 + random.nextInt(frame.length - 14)) : frame;
            host.deliver(cut);
            host.elapse(1_000_000);
            host.sent();
        }
        for (int times = 0; times < 5; times++) {
            host.elapse(20 * TestHost.SECOND); // whoever was asked for does not answer
        }
        host.stack.udp().close(socket, host.nowNanos);
        assertTrue(host.counters().icmpEchoReplies > 0);
    }

    private UdpSocket bind(int port) {
        return Objects.requireNonNull(host.stack.udp().bind(IpAddress.ANY, port, false, 1 << 16));
    }

    private int send(UdpSocket socket, IpAddress to, byte[] data) {
        return host.stack.udp().send(socket, to.high(), to.low(), 700, ByteBuffer.wrap(data), host.nowNanos);
    }

    private static IpAddress senderOf(UdpSocket socket) {
        PacketBuffer datagram = Objects.requireNonNull(socket.poll());
        assertTrue(Mem.getU8(datagram.address()) > 0);
        IpAddress sender = new IpAddress(UdpSocket.senderHigh(datagram), UdpSocket.senderLow(datagram));
        datagram.release();
        return sender;
    }

    /** Returns ::ffff:10.77.0.1, which the JDK would turn into four bytes. */
    private static byte[] mapped() {
        byte[] address = new byte[16];
        address[10] = -1;
        address[11] = -1;
        address[12] = 10;
        address[13] = 77;
        address[15] = 1;
        return address;
    }

    private static byte[] only(List<byte[]> frames) {
        assertEquals(1, frames.size());
        return frames.get(0);
    }
}
