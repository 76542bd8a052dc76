package io.demijohn.stack.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.Frames;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.TestHost;
import io.demijohn.stack.udp.UdpSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class ArpTest {
    private final TestHost host = new TestHost();
    private final UdpSocket socket = Objects.requireNonNull(host.stack.udp().bind(IpAddress.ANY, 4000, false, 1 << 20));

    @AfterEach
    void nothingIsLost() {
        host.stack.udp().close(socket, host.nowNanos);
        host.sent();
        assertEquals(host.pool.count(), host.pool.freeCount());
        host.close();
    }

    @Test
    void requestForUs_answeredWithOurStation() {
        host.deliver(Frames.arp(1, Frames.PEER_MAC, Frames.PEER_IP, 0, Frames.OUR_IP));
        byte[] reply = only(host.sent());
        assertEquals(Frames.PEER_MAC, Frames.station(reply, 0));
        assertEquals(2, Frames.u16(reply, 20));
        assertEquals(Frames.OUR_MAC, Frames.station(reply, 22));
        assertEquals(Frames.OUR_IP, Frames.i32(reply, 28));
    }

    @Test
    void requestForAnother_notAnsweredAndNotLearnt() {
        host.deliver(Frames.arp(1, Frames.PEER_MAC, Frames.PEER_IP, 0, Frames.OUR_IP + 5));
        assertTrue(host.sent().isEmpty());
        assertEquals(1, host.counters().dropArpUnsolicited);
    }

    @Test
    void unknownNeighbour_packetWaitsForTheAnswer() {
        say(Frames.PEER_IP);
        byte[] request = only(host.sent());
        assertEquals(0xFFFF_FFFF_FFFFL, Frames.station(request, 0));
        assertEquals(Frames.PEER_IP, Frames.i32(request, 38));
        host.deliver(Frames.arp(2, Frames.PEER_MAC, Frames.PEER_IP, Frames.OUR_MAC, Frames.OUR_IP));
        byte[] datagram = only(host.sent());
        assertEquals(Frames.PEER_MAC, Frames.station(datagram, 0));
        assertEquals(0x800, Frames.u16(datagram, 12));
    }

    @Test
    void remoteNetwork_asksForTheGateway() {
        say(0x08080808);
        assertEquals(0x0A4D00FE, Frames.i32(only(host.sent()), 38));
        host.elapse(10 * TestHost.SECOND);
        host.elapse(10 * TestHost.SECOND);
        host.elapse(10 * TestHost.SECOND);
    }

    @Test
    void noAnswer_threeRequestsThenPacketsAreDropped() {
        say(Frames.PEER_IP);
        assertEquals(1, host.sent().size());
        for (int second = 0; second < 2; second++) {
            assertEquals(host.nowNanos + TestHost.SECOND, host.stack.nextDeadlineNanos());
            host.elapse(TestHost.SECOND);
            assertEquals(1, host.sent().size());
        }
        host.elapse(TestHost.SECOND);
        assertTrue(host.sent().isEmpty());
        assertEquals(1, host.counters().dropNeighbourFailed);
        assertEquals(Long.MAX_VALUE, host.stack.nextDeadlineNanos());
    }

    @Test
    @Tag("proves:rfc826")
    void manyPacketsForOnePendingNeighbour_oldestGo() {
        for (int index = 0; index < NeighbourTable.WAITING_MAX + 3; index++) {
            say(Frames.PEER_IP);
        }
        assertEquals(3, host.counters().dropNeighbourQueueFull);
        host.deliver(Frames.arp(2, Frames.PEER_MAC, Frames.PEER_IP, Frames.OUR_MAC, Frames.OUR_IP));
        assertEquals(1 + NeighbourTable.WAITING_MAX, host.sent().size());
    }

    @Test
    @Tag("proves:rfc826")
    void largestDatagramForAnUnknownNeighbour_allItsFragmentsWait() {
        ByteBuffer payload = ByteBuffer.allocate(65_507);
        long low = IpAddress.lowOfIpv4(Frames.PEER_IP);
        assertEquals(65_507, host.stack.udp().send(socket, 0, low, 9, payload, host.nowNanos));
        assertEquals(1, host.sent().size());
        host.deliver(Frames.arp(2, Frames.PEER_MAC, Frames.PEER_IP, Frames.OUR_MAC, Frames.OUR_IP));
        assertEquals(45, host.sent().size()); // 44 of 1,480 bytes and the rest
        assertEquals(0, host.counters().dropNeighbourQueueFull);
    }

    @Test
    @Tag("proves:rfc826")
    void manyPacketsForManyPendingNeighbours_aShareOfThePoolWaits() {
        int room = host.pool.count() / NeighbourTable.POOL_DIVISOR;
        for (int index = 0; index < 100; index++) {
            say(Frames.PEER_IP);
            say(Frames.PEER_IP + 4);
        }
        say(Frames.PEER_IP + 5); // others have it all
        assertEquals(201 - room, host.counters().dropNeighbourQueueFull);
        host.sent();
        assertEquals(room, host.pool.count() - host.pool.freeCount());
        for (int second = 0; second < 3; second++) {
            host.elapse(TestHost.SECOND);
        }
        assertEquals(room, host.counters().dropNeighbourFailed);
    }

    @Test
    @Tag("proves:rfc5227")
    void gratuitousChange_believedOnlyAfterAMoment() {
        host.introducePeer();
        host.deliver(Frames.arp(1, 0x02_0000_0000_99L, Frames.PEER_IP, 0, Frames.PEER_IP));
        assertEquals(1, host.counters().arpFlapsIgnored);
        say(Frames.PEER_IP);
        assertEquals(Frames.PEER_MAC, Frames.station(only(host.sent()), 0));
        host.elapse(2 * TestHost.SECOND);
        host.deliver(Frames.arp(1, 0x02_0000_0000_99L, Frames.PEER_IP, 0, Frames.PEER_IP));
        say(Frames.PEER_IP);
        assertEquals(0x02_0000_0000_99L, Frames.station(only(host.sent()), 0));
    }

    @Test
    @Tag("proves:rfc5227")
    void conflictingClaim_defendedOncePerSecondAndNeverBelieved() {
        host.elapse(5 * TestHost.SECOND);
        for (int times = 0; times < 5; times++) {
            host.deliver(Frames.arp(1, 0x02_0000_0000_99L, Frames.OUR_IP, 0, Frames.OUR_IP));
        }
        byte[] defence = only(host.sent());
        assertEquals(Frames.OUR_MAC, Frames.station(defence, 22));
        assertEquals(5, host.counters().arpConflicts);
    }

    @Test
    void entryPastItsLifetime_isAskedForAgain() {
        host.introducePeer();
        host.elapse(Arp.LIFETIME_NANOS / 2);
        say(Frames.PEER_IP);
        List<byte[]> refreshing = host.sent();
        assertEquals(2, refreshing.size()); // the datagram and a unicast request
        assertEquals(Frames.PEER_MAC, Frames.station(refreshing.get(1), 0));
        host.elapse(Arp.LIFETIME_NANOS);
        say(Frames.PEER_IP);
        assertEquals(0x806, Frames.u16(only(host.sent()), 12));
        for (int second = 0; second < 3; second++) {
            host.elapse(TestHost.SECOND);
        }
    }

    @Test
    void requestFlood_answersAreLimited() {
        for (int count = 0; count < 300; count++) {
            host.deliver(Frames.arp(1, Frames.PEER_MAC, Frames.PEER_IP, 0, Frames.OUR_IP));
        }
        assertTrue(host.counters().dropArpRateLimited >= 150);
        assertTrue(host.sent().size() <= 150);
    }

    @Test
    @Tag("proves:rfc826")
    void moreNeighboursThanTheBound_leastRecentlyUsedMakeRoom() {
        StackLess own = new StackLess();
        for (int index = 0; index < Arp.NEIGHBOURS_MAX + 50; index++) {
            int neighbour = 0x0A000100 + index;
            own.arp.send(own.packet(), neighbour, own.nowNanos);
            own.nowNanos += 10_000_000;
            own.answer(neighbour);
            own.drain();
        }
        assertEquals(Arp.NEIGHBOURS_MAX, own.arp.neighbourCount());
        assertEquals(50, own.counters.neighboursEvicted);
        assertEquals(own.host.pool.count(), own.host.pool.freeCount());
        own.host.close();
    }

    @Test
    @Tag("proves:rfc826")
    void morePendingThanTheBound_refusedAndCounted() {
        StackLess own = new StackLess();
        for (int index = 0; index < Arp.PENDING_MAX + 10; index++) {
            own.arp.send(own.packet(), 0x0A000100 + index, own.nowNanos);
        }
        assertEquals(10, own.counters.dropNeighbourTableFull);
        for (int second = 1; second <= 3; second++) {
            own.arp.advance(own.nowNanos += TestHost.SECOND);
        }
        for (PacketBuffer packet = own.arp.pollFailed(); packet != null; packet = own.arp.pollFailed()) {
            packet.release();
        }
        own.drain();
        assertEquals(0, own.arp.neighbourCount());
        assertEquals(own.host.pool.count(), own.host.pool.freeCount());
        own.host.close();
    }

    private void say(int target) {
        ByteBuffer payload = ByteBuffer.wrap(new byte[] {1});
        assertEquals(1, host.stack.udp().send(socket, 0, IpAddress.lowOfIpv4(target), 9, payload, host.nowNanos));
    }

    private static byte[] only(List<byte[]> frames) {
        assertEquals(1, frames.size());
        return frames.get(0);
    }

    /** ARP alone on a /8, with the pool of a host. */
    private static final class StackLess {
        final TestHost host = new TestHost();
        final io.demijohn.stack.StackCounters counters = new io.demijohn.stack.StackCounters();
        final EthernetOutput output = new EthernetOutput(Frames.OUR_MAC, 1024, counters);
        final Arp arp = new Arp(
                List.of(new LocalNetwork(IpAddress.ofIpv4(0x0A000001), 8, false)), host.pool, output, counters, 0);
        long nowNanos = 1;

        PacketBuffer packet() {
            PacketBuffer packet = Objects.requireNonNull(host.pool.acquire());
            packet.append(40);
            return packet;
        }

        void answer(int neighbour) {
            byte[] frame = Frames.arp(2, Frames.PEER_MAC, neighbour, Frames.OUR_MAC, 0x0A000001);
            PacketBuffer packet = Objects.requireNonNull(host.pool.acquire());
            io.demijohn.device.Mem.copyIn(frame, 14, packet.append(28), 28);
            arp.receive(packet, nowNanos);
        }

        void drain() {
            for (PacketBuffer frame = output.poll(); frame != null; frame = output.poll()) {
                frame.release();
            }
        }
    }
}
