package io.demijohn.stack.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.Frames;
import io.demijohn.stack.Frames6;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.TestHost;
import io.demijohn.stack.udp.UdpSocket;
import io.demijohn.stack.udp.UdpStatus;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("proves:rfc4861")
final class NeighbourDiscoveryTest {
    private static final int SOLICITATION = 135;
    private static final int ADVERTISEMENT = 136;
    private static final int SOLICITED = 0x4000_0000;
    private static final int OVERRIDE = 0x2000_0000;
    private static final long OTHER_MAC = 0x02_0000_0000_99L;
    private static final byte[] OURS = Frames6.ours();
    private static final byte[] PEER = Frames6.peer();
    private static final IpAddress THEM = Frames6.ip("fd77::1");

    private final TestHost host = TestHost.dualStack();
    private final UdpSocket socket = Objects.requireNonNull(host.stack.udp().bind(IpAddress.ANY, 4000, false, 1 << 20));

    @AfterEach
    void nothingIsLost() {
        host.stack.udp().close(socket, host.nowNanos);
        for (int times = 0; times < 6; times++) {
            host.elapse(10 * TestHost.SECOND);
        }
        host.sent();
        assertEquals(host.pool.count(), host.pool.freeCount());
        host.close();
    }

    @Test
    void solicitationForUs_answeredWithOurStation() {
        host.deliver(Frames6.solicitation(PEER, Frames6.solicitedGroup(OURS), OURS, Frames.PEER_MAC));
        byte[] answer = only(host.sent());
        assertEquals(Frames.PEER_MAC, Frames.station(answer, 0));
        assertEquals(255, Frames6.hopLimit(answer));
        assertArrayEquals(PEER, Frames6.target(answer));
        assertArrayEquals(
                Frames6.payload(Frames6.advertisement(OURS, PEER, SOLICITED | OVERRIDE, OURS, Frames.OUR_MAC)),
                Frames6.payload(answer));
    }

    @Test
    void solicitationForAnother_notAnsweredAndNotLearnt() {
        byte[] other = Frames6.address("fd77::1:0:2"); // shares our solicited-node group
        host.deliver(Frames6.solicitation(PEER, Frames6.solicitedGroup(other), other, Frames.PEER_MAC));
        assertTrue(host.sent().isEmpty());
        assertEquals(1, host.counters().dropNeighbourUnsolicited);
        say(THEM);
        assertEquals(SOLICITATION, Frames6.icmpType(only(host.sent())));
    }

    @Test
    void anonymousSolicitation_answeredToAllNodes() {
        host.deliver(Frames6.solicitation(Frames6.nobody(), Frames6.solicitedGroup(OURS), OURS, 0));
        byte[] answer = only(host.sent());
        assertEquals(0x3333_0000_0001L, Frames.station(answer, 0));
        assertArrayEquals(Frames6.allNodes(), Frames6.target(answer));
        assertEquals(OVERRIDE, Frames.i32(Frames6.payload(answer), 4));
    }

    @Test
    void unknownNeighbour_packetWaitsForTheAnswer() {
        say(THEM);
        byte[] question = only(host.sent());
        assertEquals(0x3333_FF00_0001L, Frames.station(question, 0));
        assertArrayEquals(Frames6.solicitedGroup(PEER), Frames6.target(question));
        assertArrayEquals(OURS, Frames6.source(question));
        assertArrayEquals(
                Frames6.payload(Frames6.solicitation(OURS, Frames6.solicitedGroup(PEER), PEER, Frames.OUR_MAC)),
                Frames6.payload(question));
        host.deliver(Frames6.advertisement(PEER, OURS, SOLICITED | OVERRIDE, PEER, Frames.PEER_MAC));
        byte[] datagram = only(host.sent());
        assertEquals(Frames.PEER_MAC, Frames.station(datagram, 0));
        assertEquals(17, Frames6.nextHeader(datagram));
    }

    @Test
    void noAnswer_askedThreeTimesThenTheSenderIsTold() {
        socket.connect(THEM, 53);
        say(THEM);
        for (int times = 1; times <= 2; times++) {
            host.sent();
            host.elapse(TestHost.SECOND);
            assertEquals(SOLICITATION, Frames6.icmpType(only(host.sent())), "repetition " + times);
        }
        host.elapse(TestHost.SECOND);
        assertTrue(host.sent().isEmpty());
        assertEquals(UdpStatus.UNREACHABLE, socket.takeError());
        assertEquals(1, host.counters().neighboursFailed);
        assertEquals(1, host.counters().dropNeighbourFailed);
    }

    @Test
    void manyPacketsForOnePendingNeighbour_oldestGo() {
        for (int index = 0; index < NeighbourTable.WAITING_MAX + 3; index++) {
            say(THEM);
        }
        assertEquals(3, host.counters().dropNeighbourQueueFull);
        host.deliver(Frames6.advertisement(PEER, OURS, SOLICITED, PEER, Frames.PEER_MAC));
        assertEquals(1 + NeighbourTable.WAITING_MAX, host.sent().size());
    }

    @Test
    void moreNeighboursThanTheBounds_pendingRefusedAndOldestEvicted() {
        for (int index = 0; index < NeighbourDiscovery.PENDING_MAX + 10; index++) {
            say(Frames6.ip("fd77::1:" + Integer.toHexString(index + 1)));
            host.sent();
        }
        assertEquals(10, host.counters().dropNeighbourTableFull);
        for (int times = 0; times < 4; times++) {
            host.elapse(TestHost.SECOND);
            host.sent();
        }
        for (int index = 0; index < NeighbourDiscovery.NEIGHBOURS_MAX + 20; index++) {
            byte[] asker = Frames6.address("fd77::2:" + Integer.toHexString(index + 1));
            host.deliver(Frames6.solicitation(asker, OURS, OURS, Frames.PEER_MAC));
            host.elapse(3_000_000);
            host.sent();
        }
        assertEquals(20, host.counters().neighboursEvicted);
    }

    // ---- unreachability detection (RFC 4861, 7.3) -------------------------------------------------------------------

    @Test
    void confirmedNeighbour_usedWithoutQuestionsForHalfAMinute() {
        confirm();
        for (int second = 0; second < 29; second++) {
            host.elapse(TestHost.SECOND);
            say(THEM);
            assertEquals(17, Frames6.nextHeader(only(host.sent())), "second " + second);
        }
    }

    @Test
    void staleNeighbour_usedThenProbedUnicastAndConfirmed() {
        confirm();
        host.elapse(31 * TestHost.SECOND);
        say(THEM);
        assertEquals(17, Frames6.nextHeader(only(host.sent())));
        host.elapse(5 * TestHost.SECOND);
        byte[] probe = only(host.sent());
        assertEquals(SOLICITATION, Frames6.icmpType(probe));
        assertEquals(Frames.PEER_MAC, Frames.station(probe, 0));
        assertArrayEquals(PEER, Frames6.target(probe));
        host.deliver(Frames6.advertisement(PEER, OURS, SOLICITED, PEER, Frames.PEER_MAC));
        host.elapse(20 * TestHost.SECOND);
        assertTrue(host.sent().isEmpty());
    }

    @Test
    void probesWithoutAnswer_neighbourIsForgottenAndAskedForAgain() {
        confirm();
        host.elapse(31 * TestHost.SECOND);
        say(THEM);
        host.elapse(5 * TestHost.SECOND);
        host.elapse(TestHost.SECOND);
        host.elapse(TestHost.SECOND);
        assertEquals(1 + 3, host.sent().size());
        host.elapse(TestHost.SECOND);
        assertEquals(1, host.counters().neighboursFailed);
        say(THEM);
        assertEquals(0x3333_FF00_0001L, Frames.station(only(host.sent()), 0));
    }

    @Test
    void staleNeighbourOfASolicitation_isUsedAtOnce() {
        host.introducePeer6();
        say(THEM);
        assertEquals(17, Frames6.nextHeader(only(host.sent())));
    }

    // ---- what an advertisement may change (RFC 4861, 7.2.5)
    // ----------------------------------------------------------

    @Test
    void advertisementWithoutOverride_changesNoStationButLeavesDoubt() {
        confirm();
        host.deliver(Frames6.advertisement(PEER, OURS, SOLICITED, PEER, OTHER_MAC));
        say(THEM);
        assertEquals(Frames.PEER_MAC, Frames.station(only(host.sent()), 0));
        host.elapse(5 * TestHost.SECOND);
        assertEquals(SOLICITATION, Frames6.icmpType(only(host.sent())));
    }

    @Test
    void advertisementWithOverride_changesTheStation() {
        confirm();
        host.deliver(Frames6.advertisement(PEER, Frames6.allNodes(), OVERRIDE, PEER, OTHER_MAC));
        say(THEM);
        assertEquals(OTHER_MAC, Frames.station(only(host.sent()), 0));
        host.elapse(5 * TestHost.SECOND);
        assertEquals(SOLICITATION, Frames6.icmpType(only(host.sent())), "unsolicited, so it is probed");
    }

    @Test
    void advertisementOfAStranger_isNotLearnt() {
        host.deliver(Frames6.advertisement(PEER, OURS, SOLICITED | OVERRIDE, PEER, Frames.PEER_MAC));
        assertEquals(1, host.counters().dropNeighbourUnsolicited);
        say(THEM);
        assertEquals(SOLICITATION, Frames6.icmpType(only(host.sent())));
    }

    // ---- what is refused (RFC 4861, 7.1)
    // -------------------------------------------------------------------------------

    @Test
    void messagesFromBeyondTheLink_areDropped() {
        byte[] body = Frames6.icmp(PEER, OURS, SOLICITATION, 0, 0, Arrays.copyOf(OURS, 16));
        host.deliver(Frames6.frame(PEER, OURS, 58, 254, body));
        assertTrue(host.sent().isEmpty());
        assertEquals(1, host.counters().dropNeighbourMalformed);
    }

    @Test
    void malformedMessages_areDropped() {
        byte[] group = Frames6.allNodes();
        byte[][] bad = {
            Frames6.icmpFrame(PEER, OURS, 255, SOLICITATION, 1, 0, OURS),
            Frames6.icmpFrame(PEER, OURS, 255, SOLICITATION, 0, 0, Arrays.copyOf(OURS, 15)),
            Frames6.icmpFrame(PEER, OURS, 255, SOLICITATION, 0, 0, group),
            Frames6.icmpFrame(PEER, OURS, 255, SOLICITATION, 0, 0, Arrays.copyOf(OURS, 24)), // an option of no length
            Frames6.solicitation(Frames6.nobody(), OURS, OURS, 0),
            Frames6.solicitation(Frames6.nobody(), Frames6.solicitedGroup(OURS), OURS, Frames.PEER_MAC),
            Frames6.advertisement(PEER, group, SOLICITED, PEER, Frames.PEER_MAC),
            Frames6.icmpFrame(PEER, OURS, 255, ADVERTISEMENT, 0, SOLICITED, new byte[8]),
        };
        for (byte[] frame : bad) {
            host.deliver(frame);
            assertTrue(host.sent().isEmpty());
        }
        assertEquals(bad.length, host.counters().dropNeighbourMalformed);
    }

    @Test
    void redirect_changesNothing() {
        confirm();
        byte[] body = ByteBuffer.allocate(32)
                .put(Frames6.address("fe80::9"))
                .put(PEER)
                .array();
        host.deliver(Frames6.icmpFrame(Frames6.peerLinkLocal(), OURS, 255, 137, 0, 0, body));
        assertEquals(1, host.counters().redirectsIgnored);
        say(THEM);
        assertEquals(Frames.PEER_MAC, Frames.station(only(host.sent()), 0));
    }

    @Test
    void claimOfOurAddress_isCountedAndNotBelieved() {
        host.deliver(Frames6.advertisement(OURS, Frames6.allNodes(), OVERRIDE, OURS, OTHER_MAC));
        assertEquals(1, host.counters().addressConflicts);
        host.deliver(Frames6.solicitation(PEER, OURS, OURS, Frames.PEER_MAC));
        assertEquals(ADVERTISEMENT, Frames6.icmpType(only(host.sent())));
    }

    @Test
    void solicitationFlood_answersAreLimited() {
        for (int count = 0; count < 500; count++) {
            host.deliver(Frames6.solicitation(PEER, OURS, OURS, Frames.PEER_MAC));
            host.sent();
        }
        assertTrue(host.counters().dropNeighbourRateLimited > 300);
    }

    /** Makes the peer a neighbour that answered just now. */
    private void confirm() {
        say(THEM);
        host.deliver(Frames6.advertisement(PEER, OURS, SOLICITED | OVERRIDE, PEER, Frames.PEER_MAC));
        host.sent();
    }

    private void say(IpAddress to) {
        host.stack.udp().send(socket, to.high(), to.low(), 53, ByteBuffer.wrap(new byte[] {1}), host.nowNanos);
    }

    private static byte[] only(List<byte[]> frames) {
        assertEquals(1, frames.size());
        return frames.get(0);
    }
}
