package io.demijohn.stack.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.Frames;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.TestHost;
import io.demijohn.stack.link.PacketChain;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Datagrams to multicast and broadcast addresses: who hears them, and what is sent. */
final class UdpGroupsTest {
    private static final int GROUP = 0xEF010203;
    private static final long GROUP_STATION = 0x0100_5E01_0203L;
    private static final int SUBNET_BROADCAST = 0x0A4D00FF;
    private static final int PORT = 2000;

    private final TestHost host = new TestHost();
    private final Udp udp = host.stack.udp();
    private final UdpGroups groups = udp.groups();
    private final UdpSocket one = bind(IpAddress.ANY);
    private final UdpSocket two = bind(IpAddress.ANY);
    private final IpAddress group = IpAddress.ofIpv4(GROUP);
    private final IpAddress peer = IpAddress.ofIpv4(Frames.PEER_IP);

    @AfterEach
    void nothingIsLost() {
        udp.close(one, host.nowNanos);
        udp.close(two, host.nowNanos);
        host.sent();
        assertEquals(host.pool.count(), host.pool.freeCount());
        host.close();
    }

    @Test
    @Tag("proves:rfc3376")
    void groupDatagram_reachesEveryMemberAndNobodyElse() {
        deliver(GROUP, GROUP_STATION, 10);
        assertEquals(1, host.counters().dropMulticast);
        groups.join(one, group, host.nowNanos);
        deliver(GROUP, GROUP_STATION, 10);
        assertEquals(1, take(one));
        assertEquals(0, take(two));
        groups.join(two, group, host.nowNanos);
        deliver(GROUP, GROUP_STATION, 4000);
        assertEquals(1, take(one));
        assertEquals(1, take(two));
        groups.leave(one, group, host.nowNanos);
        deliver(GROUP, GROUP_STATION, 10);
        assertEquals(0, take(one));
        assertEquals(1, take(two));
    }

    @Test
    @Tag("proves:rfc3376")
    void sources_blockedAndChosen_decidePerSocket() {
        groups.join(one, group, host.nowNanos);
        groups.joinSource(two, group, IpAddress.ofIpv4(0x0A4D0009), host.nowNanos);
        deliver(GROUP, GROUP_STATION, 10);
        assertEquals(1, take(one));
        assertEquals(0, take(two));
        groups.block(one, group, peer, host.nowNanos);
        groups.joinSource(two, group, peer, host.nowNanos);
        deliver(GROUP, GROUP_STATION, 10);
        assertEquals(0, take(one));
        assertEquals(1, take(two));
        groups.unblock(one, group, peer, host.nowNanos);
        groups.leaveSource(two, group, peer, host.nowNanos);
        deliver(GROUP, GROUP_STATION, 10);
        assertEquals(1, take(one));
        assertEquals(0, take(two));
    }

    @Test
    void memberships_thatContradict_areRefused() {
        assertEquals(UdpStatus.NOT_MULTICAST, groups.join(one, peer, host.nowNanos));
        assertEquals(0, groups.join(one, group, host.nowNanos));
        assertEquals(UdpStatus.MEMBERSHIP_CONFLICT, groups.join(one, group, host.nowNanos));
        assertEquals(UdpStatus.MEMBERSHIP_CONFLICT, groups.joinSource(one, group, peer, host.nowNanos));
        assertEquals(UdpStatus.NOT_MEMBER, groups.leaveSource(one, group, peer, host.nowNanos));
        assertEquals(UdpStatus.NOT_MEMBER, groups.unblock(one, group, peer, host.nowNanos));
        assertEquals(UdpStatus.NOT_MEMBER, groups.block(two, group, peer, host.nowNanos));
    }

    @Test
    void socketBoundToTheGroup_hearsNothingElse() {
        UdpSocket bound = bind(group);
        groups.join(bound, group, host.nowNanos);
        groups.join(bound, IpAddress.ofIpv4(GROUP + 1), host.nowNanos);
        deliver(GROUP + 1, GROUP_STATION + 1, 10);
        deliver(Frames.OUR_IP, Frames.OUR_MAC, 10);
        assertEquals(0, take(bound));
        deliver(GROUP, GROUP_STATION, 10);
        assertEquals(1, take(bound));
        udp.close(bound, host.nowNanos);
        take(one);
        take(two);
    }

    @Test
    @Tag("proves:rfc3376")
    void ownDatagram_comesBackToMembersUnlessLoopIsOff() {
        groups.join(two, group, host.nowNanos);
        host.sent();
        send(one, GROUP, 4);
        byte[] frame = host.sent().get(0);
        assertEquals(GROUP_STATION, Frames.station(frame, 0));
        assertEquals(1, frame[22]); // RFC 1112, 6.1: TTL 1 unless asked for more
        host.elapse(0);
        assertEquals(1, take(two));
        one.setGroupLoop(false);
        one.setGroupHopLimit(7);
        send(one, GROUP, 4000);
        List<byte[]> frames = host.sent();
        assertEquals(3, frames.size());
        assertEquals(7, frames.get(2)[22]);
        host.elapse(0);
        assertEquals(0, take(two));
    }

    @Test
    void hopLimitZero_staysOnThisHost() {
        groups.join(two, group, host.nowNanos);
        host.sent();
        one.setGroupHopLimit(0);
        send(one, GROUP, 4);
        assertTrue(host.sent().isEmpty());
        host.elapse(0);
        assertEquals(1, take(two));
    }

    @Test
    void options_ofASocket_areInItsPackets() {
        host.introducePeer();
        one.setHopLimit(9);
        one.setTrafficClass(0x28);
        send(one, Frames.PEER_IP, 4);
        byte[] frame = host.sent().get(0);
        assertEquals(9, frame[22]);
        assertEquals(0x28, frame[15]);
    }

    @Test
    void broadcast_needsLeaveAndReachesAllSockets() {
        assertEquals(UdpStatus.NOT_PERMITTED, send(one, SUBNET_BROADCAST, 4));
        one.setBroadcast(true);
        for (int target : new int[] {SUBNET_BROADCAST, -1}) {
            assertEquals(4, send(one, target, 4));
            byte[] frame = host.sent().get(0);
            assertEquals(0xFFFF_FFFF_FFFFL, Frames.station(frame, 0));
            assertEquals(Frames.OUR_IP, Frames.i32(frame, 26));
            host.elapse(0);
            assertEquals(1, take(one));
            assertEquals(1, take(two));
            deliver(target, 0xFFFF_FFFF_FFFFL, 10);
            assertEquals(1, take(one));
            assertEquals(1, take(two));
        }
    }

    @Test
    @Tag("proves:rfc1122-limit")
    void datagramToManyWithoutASocket_isNeverReported() {
        host.introducePeer();
        groups.join(one, group, host.nowNanos);
        host.sent();
        byte[] udpToNobody = Frames.udp(1000, PORT + 1, new byte[4], false);
        for (int target : new int[] {GROUP, SUBNET_BROADCAST, -1}) {
            byte[] packet = Frames.packet(Frames.PEER_IP, target, 17, udpToNobody);
            long station = target == GROUP ? GROUP_STATION : 0xFFFF_FFFF_FFFFL;
            host.deliver(Frames.ethernet(station, Frames.PEER_MAC, 0x800, packet));
        }
        assertEquals(3, host.counters().dropUdpNoSocket);
        byte[] echo = Frames.packet(Frames.PEER_IP, SUBNET_BROADCAST, 1, Frames.icmp(8, 0, 1, new byte[4]));
        host.deliver(Frames.ethernet(0xFFFF_FFFF_FFFFL, Frames.PEER_MAC, 0x800, echo));
        assertEquals(1, host.counters().dropIcmpGroup);
        assertTrue(host.sent().isEmpty());
    }

    @Test
    void unicastPacket_inAGroupFrame_isDropped() {
        deliver(Frames.OUR_IP, 0xFFFF_FFFF_FFFFL, 10);
        deliver(Frames.OUR_IP, GROUP_STATION, 10);
        assertEquals(2, host.counters().dropMulticast);
        assertEquals(0, take(one) + take(two));
    }

    @Test
    void closedSocket_leavesItsGroups() {
        groups.join(one, group, host.nowNanos);
        host.sent();
        udp.close(one, host.nowNanos);
        assertEquals(1, host.sent().size());
        deliver(GROUP, GROUP_STATION, 10);
        assertEquals(1, host.counters().dropMulticast);
    }

    private UdpSocket bind(IpAddress local) {
        return Objects.requireNonNull(udp.bind(local, PORT, true, 1 << 16));
    }

    private int send(UdpSocket socket, int target, int bytes) {
        return udp.send(socket, 0, IpAddress.lowOfIpv4(target), PORT, ByteBuffer.allocate(bytes), host.nowNanos);
    }

    /** Delivers a datagram of the peer's, in fragments if it must. */
    private void deliver(int target, long station, int bytes) {
        byte[] datagram = Frames.udp(1000, PORT, new byte[bytes], false);
        for (int offset = 0; offset < datagram.length; offset += 1480) {
            int end = Math.min(offset + 1480, datagram.length);
            byte[] packet =
                    Frames.packet(Frames.PEER_IP, target, 17, java.util.Arrays.copyOfRange(datagram, offset, end));
            ByteBuffer header = ByteBuffer.wrap(packet);
            header.putShort(6, (short) (offset / 8 | (end < datagram.length ? 0x2000 : 0)));
            header.putShort(10, (short) 0).putShort(10, (short) Frames.checksum(packet, 0, 20, 0));
            host.deliver(Frames.ethernet(station, Frames.PEER_MAC, 0x800, packet));
        }
    }

    /** Releases what waits and returns how many datagrams that were. */
    private static int take(UdpSocket socket) {
        int count = 0;
        for (PacketBuffer datagram = socket.poll(); datagram != null; datagram = socket.poll()) {
            PacketChain.release(datagram);
            count++;
        }
        return count;
    }
}
