package io.demijohn.stack.group;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.Frames;
import io.demijohn.stack.Frames6;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.TestHost;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.udp.UdpStatus;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The listener's side of RFC 3810 from the outside: memberships, addresses and queries in, reports out. */
@Tag("proves:rfc3810")
final class MldTest extends MembershipContract {
    private static final byte[] GROUP = Frames6.address("ff15::1234");
    private static final byte[] SOURCE = Frames6.address("fd77::9");
    private static final byte[] ROUTERS_2 = Frames6.address("ff02::16");
    private static final byte[] ALERT = {58, 0, 5, 2, 0, 0, 1, 0};
    private static final int ICMP_AT = 14 + 40 + 8;
    private static final int REPORT = 143;

    private final IpAddress group = IpAddress.ofBytes(GROUP);
    private final IpAddress source = IpAddress.ofBytes(SOURCE);

    MldTest() {
        super(TestHost.dualStack());
    }

    // ---- what sockets join -----------------------------------------------------------------------------------------

    @Test
    void join_reported_twiceWithinASecondFromOurLinkLocalAddress() {
        assertEquals(0, groups.join(socket, group, host.nowNanos));
        byte[] first = only();
        assertEquals(0x3333_0000_0016L, Frames.station(first, 0));
        assertArrayEquals(ROUTERS_2, Frames6.target(first));
        assertArrayEquals(Frames6.ourLinkLocal(), Frames6.source(first));
        assertEquals(1, Frames6.hopLimit(first));
        assertEquals(Set.of(record(TO_EX, GROUP)), records(first));
        assertEquals(Set.of(record(TO_EX, GROUP)), records(elapseUntilSent(TestHost.SECOND)));
        host.elapse(20 * TestHost.SECOND);
        assertTrue(host.sent().isEmpty());
    }

    @Test
    void leave_reported_twice() {
        groups.join(socket, group, host.nowNanos);
        settle();
        assertEquals(0, groups.leave(socket, group, host.nowNanos));
        assertEquals(Set.of(record(TO_IN, GROUP)), records(only()));
        assertEquals(Set.of(record(TO_IN, GROUP)), records(elapseUntilSent(TestHost.SECOND)));
        assertEquals(UdpStatus.NOT_MEMBER, groups.leave(socket, group, host.nowNanos));
    }

    @Test
    void sources_comingAndGoing_areAllowedAndBlocked() {
        groups.joinSource(socket, group, source, host.nowNanos);
        assertEquals(Set.of(record(ALLOW, GROUP, SOURCE)), records(only()));
        settle();
        byte[] other = Frames6.address("fd77::a");
        groups.joinSource(socket, group, IpAddress.ofBytes(other), host.nowNanos);
        assertEquals(Set.of(record(ALLOW, GROUP, other)), records(only()));
        settle();
        groups.leaveSource(socket, group, source, host.nowNanos);
        assertEquals(Set.of(record(BLOCK, GROUP, SOURCE)), records(only()));
    }

    @Test
    void addressOfOneHost_joined_isRefused() {
        assertEquals(UdpStatus.NOT_MULTICAST, groups.join(socket, source, host.nowNanos));
        assertEquals(
                UdpStatus.NOT_MULTICAST,
                groups.joinSource(socket, group, IpAddress.ofIpv4(Frames.PEER_IP), host.nowNanos));
    }

    @Test
    void groupOfThisHostAlone_joined_isReportedToNobody() {
        groups.join(socket, Frames6.ip("ff01::1234"), host.nowNanos);
        settle();
        groups.join(socket, Frames6.ip("ff02::1"), host.nowNanos);
        host.elapse(TestHost.SECOND);
        assertTrue(host.sent().isEmpty());
    }

    // ---- own addresses ---------------------------------------------------------------------------------------------

    @Test
    void start_solicitedGroupsReported_beforeTheAddressesAreChecked() {
        LocalNetwork network = new LocalNetwork(Frames6.ip("fd77::2"), 64, false);
        try (TestHost fresh = new TestHost(Frames.OUR_MAC, List.of(network), List.of(), false, 1500, true)) {
            List<byte[]> sent = fresh.sent().stream().filter(Frames6::isIpv6).toList();
            assertEquals(3, sent.size());
            Set<String> reported = new TreeSet<>();
            for (byte[] report : sent.subList(0, 2)) {
                assertArrayEquals(Frames6.nobody(), Frames6.source(report), "none is sure yet: RFC 3810, 5.2.13");
                reported.addAll(records(report));
            }
            assertTrue(reported.containsAll(solicitedGroups(TO_EX)), reported::toString);
            assertEquals(135, Frames6.icmpType(sent.get(2)));
        }
    }

    @Test
    void addressesOfOneSolicitedGroup_oneGoes_groupStays() {
        TestHost made = new TestHost(Frames.OUR_MAC, List.of(), List.of(), true, 1500, true);
        byte[] router = Frames6.peerLinkLocal();
        elapseSeconds(made, 4);
        made.sent();
        int onLinkAndAutonomous = 0xC0;
        made.deliver(Frames6.routerAdvertisement(
                router, 64, 1800, 0, 0, Frames6.prefixOption("fd88::", 64, onLinkAndAutonomous, 30, 30)));
        elapseSeconds(made, 60);
        assertTrue(made.sent().stream().noneMatch(MldTest::isReport), "the group was there and is there");
        made.deliver(query2(10, Frames6.nobody()));
        made.elapse(TestHost.SECOND);
        List<byte[]> answers = made.sent();
        assertEquals(1, answers.size());
        byte[] solicited = Frames6.solicitedGroup(Frames6.ourLinkLocal());
        assertEquals(Set.of(record(IS_EX, solicited)), records(answers.get(0)));
        made.close();
    }

    // ---- queries ---------------------------------------------------------------------------------------------------

    @Test
    void generalQuery_answered_withAllGroupsInTime() {
        groups.join(socket, group, host.nowNanos);
        groups.block(socket, group, source, host.nowNanos);
        settle();
        host.deliver(query2(10_000, Frames6.nobody()));
        assertTrue(host.sent().isEmpty());
        Set<String> expected = solicitedGroups(IS_EX);
        expected.add(record(IS_EX, GROUP, SOURCE));
        assertEquals(expected, records(elapseUntilSent(10 * TestHost.SECOND)));
        host.elapse(20 * TestHost.SECOND);
        assertTrue(host.sent().isEmpty());
    }

    @Test
    void groupQuery_aboutOursAndOthers_answeredForOursAlone() {
        groups.joinSource(socket, group, source, host.nowNanos);
        settle();
        host.deliver(query2(1000, Frames6.address("ff02::77"), new byte[0][]));
        host.deliver(query2(1000, GROUP));
        assertEquals(Set.of(record(IS_IN, GROUP, SOURCE)), records(elapseUntilSent(TestHost.SECOND)));
        host.deliver(query2(1000, GROUP, SOURCE, Frames6.address("fd77::b")));
        assertEquals(Set.of(record(IS_IN, GROUP, SOURCE)), records(elapseUntilSent(TestHost.SECOND)));
        host.deliver(query2(1000, GROUP, Frames6.address("fd77::b")));
        host.elapse(20 * TestHost.SECOND);
        assertTrue(host.sent().isEmpty());
    }

    @Test
    void query_notSurelyFromThisLink_isIgnored() {
        groups.join(socket, group, host.nowNanos);
        settle();
        byte[] local = Frames6.peerLinkLocal();
        byte[] message = queryMessage(1000, Frames6.nobody());
        host.deliver(frame(local, 64, true, message));
        host.deliver(frame(Frames6.peer(), 1, true, message));
        host.deliver(frame(local, 1, false, message));
        host.elapse(2 * TestHost.SECOND);
        assertTrue(host.sent().isEmpty());
        assertEquals(3, host.counters().dropGroupMalformed);
        host.deliver(frame(local, 1, true, message));
        host.elapse(2 * TestHost.SECOND);
        assertEquals(1, host.sent().size());
    }

    @Test
    void version1Querier_getsVersion1_untilItWasSilentForLong() {
        byte[] old = Arrays.copyOf(queryMessage(1000, Frames6.nobody()), 24);
        host.deliver(frame(Frames6.peerLinkLocal(), 1, true, old));
        settle();
        groups.join(socket, group, host.nowNanos);
        byte[] report = only();
        assertEquals(131, report[ICMP_AT] & 0xff);
        assertArrayEquals(GROUP, Frames6.target(report));
        assertEquals(0x3333_0000_1234L, Frames.station(report, 0));
        assertArrayEquals(GROUP, Arrays.copyOfRange(report, ICMP_AT + 8, ICMP_AT + 24));
        assertSound(report);
        settle();
        groups.leave(socket, group, host.nowNanos);
        byte[] done = only();
        assertEquals(132, done[ICMP_AT] & 0xff);
        assertArrayEquals(Frames6.allRouters(), Frames6.target(done));
        assertSound(done);
        elapseSeconds(host, 261); // 2 x 125 s + 10 s
        host.sent();
        groups.join(socket, group, host.nowNanos);
        assertEquals(REPORT, only()[ICMP_AT] & 0xff);
    }

    // ---- datagrams -------------------------------------------------------------------------------------------------

    @Test
    void datagramsToAGroup_whileJoined_reachTheSocket() {
        byte[] peer = Frames6.peer();
        byte[] frame = Frames6.frame(peer, GROUP, 17, 1, Frames6.udp(peer, GROUP, 9, 2000, new byte[] {1, 2, 3}));
        host.deliver(frame);
        assertEquals(0, socket.waiting());
        assertEquals(1, host.counters().dropMulticast);
        groups.join(socket, group, host.nowNanos);
        host.deliver(frame);
        PacketBuffer datagram = Objects.requireNonNull(socket.poll());
        assertEquals(3, PacketChain.bytes(datagram));
        PacketChain.release(datagram);
        groups.block(socket, group, IpAddress.ofBytes(peer), host.nowNanos);
        host.deliver(frame);
        assertEquals(0, socket.waiting());
        assertTrue(host.sent().stream().allMatch(MldTest::isReport), "nobody is told of a group's closed port");
    }

    @Test
    void ownDatagramToAGroup_joined_comesBackAndLeavesWithHopLimit1() {
        groups.join(socket, group, host.nowNanos);
        settle();
        assertEquals(3, send());
        byte[] sent = only();
        assertEquals(1, Frames6.hopLimit(sent));
        assertEquals(0x3333_0000_1234L, Frames.station(sent, 0));
        assertArrayEquals(Frames6.ours(), Frames6.source(sent));
        host.elapse(1);
        PacketChain.release(Objects.requireNonNull(socket.poll()));
        socket.setGroupLoop(false);
        assertEquals(3, send());
        host.elapse(1);
        assertEquals(0, socket.waiting());
    }

    @Test
    void seededMutations_neverThrowAndLoseNothing() {
        long seed = Long.getLong("seed", 42);
        Random random = new Random(seed);
        groups.join(socket, group, host.nowNanos);
        groups.joinSource(socket, Frames6.ip("ff15::77"), source, host.nowNanos);
        byte[][] originals = {
            queryMessage(1000, Frames6.nobody()),
            queryMessage(1000, GROUP),
            queryMessage(1000, Frames6.address("ff15::77"), SOURCE, GROUP),
            Arrays.copyOf(queryMessage(1000, Frames6.nobody()), 24)
        };
        for (int round = 0; round < 20_000; round++) {
            byte[] message = originals[random.nextInt(originals.length)].clone();
            for (int flips = random.nextInt(3); flips > 0; flips--) {
                message[8 + random.nextInt(message.length - 8)] = (byte) random.nextInt(256);
            }
            int length = random.nextInt(4) == 0 ? 8 + random.nextInt(message.length - 7) : message.length;
            host.deliver(frame(Frames6.peerLinkLocal(), 1, true, Arrays.copyOf(message, length)));
            host.elapse(random.nextInt(500_000_000));
            host.sent();
        }
        assertTrue(host.counters().groupQueriesReceived > 1000, "-Dseed=" + seed);
        assertTrue(host.counters().groupReportsSent > 100);
    }

    // ---- helpers ---------------------------------------------------------------------------------------------------

    private int send() {
        ByteBuffer data = ByteBuffer.wrap(new byte[] {1, 2, 3});
        return host.stack.udp().send(socket, group.high(), group.low(), 2000, data, host.nowNanos);
    }

    private static boolean isReport(byte[] frame) {
        return Frames6.isIpv6(frame) && Frames6.nextHeader(frame) == 0 && (frame[ICMP_AT] & 0xff) == REPORT;
    }

    /** Looks at what stands around every message of MLD. */
    private static void assertSound(byte[] frame) {
        assertEquals(0, Frames6.nextHeader(frame));
        assertArrayEquals(ALERT, Arrays.copyOfRange(frame, 54, ICMP_AT));
        assertEquals(frame.length - 54, Frames.u16(frame, 18));
        byte[] message = Arrays.copyOfRange(frame, ICMP_AT, frame.length);
        assertEquals(0, Frames6.checksum(message, Frames6.source(frame), Frames6.target(frame), 58));
    }

    /** Returns the records of a report of version 2. */
    private static Set<String> records(byte[] frame) {
        assertSound(frame);
        assertEquals(REPORT, frame[ICMP_AT] & 0xff);
        Set<String> records = new TreeSet<>();
        int at = ICMP_AT + 8;
        for (int count = Frames.u16(frame, ICMP_AT + 6); count > 0; count--) {
            int end = at + 20 + 16 * Frames.u16(frame, at + 2);
            records.add(HexFormat.of().formatHex(frame, at, end));
            at = end;
        }
        assertEquals(frame.length, at);
        return records;
    }

    private static String record(int type, byte[] group, byte[]... sources) {
        ByteBuffer record = ByteBuffer.allocate(20 + 16 * sources.length);
        record.put((byte) type).put((byte) 0).putShort((short) sources.length).put(group);
        for (byte[] each : sources) {
            record.put(each);
        }
        return HexFormat.of().formatHex(record.array());
    }

    /** Returns the records of our two addresses' groups. */
    private static Set<String> solicitedGroups(int type) {
        List<byte[]> own = List.of(Frames6.ours(), Frames6.ourLinkLocal());
        Set<String> records = new TreeSet<>();
        own.forEach(address -> records.add(record(type, Frames6.solicitedGroup(address))));
        return records;
    }

    private static byte[] query2(int response, byte[] group, byte[]... sources) {
        return frame(Frames6.peerLinkLocal(), 1, true, queryMessage(response, group, sources));
    }

    private static byte[] queryMessage(int response, byte[] group, byte[]... sources) {
        ByteBuffer query = ByteBuffer.allocate(28 + 16 * sources.length);
        query.put((byte) 130)
                .put((byte) 0)
                .putShort((short) 0)
                .putShort((short) response)
                .putShort((short) 0);
        query.put(group).put((byte) 2).put((byte) 125).putShort((short) sources.length);
        for (byte[] each : sources) {
            query.put(each);
        }
        return query.array();
    }

    /** Returns a frame to all nodes with that message, its checksum made. */
    private static byte[] frame(byte[] from, int hopLimit, boolean routerAlert, byte[] message) {
        byte[] to = Frames6.allNodes();
        ByteBuffer payload = ByteBuffer.allocate(8 + message.length);
        payload.put(routerAlert ? ALERT : new byte[] {58, 0, 1, 4, 0, 0, 0, 0}).put(message);
        byte[] sound = message.clone();
        ByteBuffer.wrap(sound).putShort(2, (short) 0);
        payload.putShort(8 + 2, (short) Frames6.checksum(sound, from, to, 58));
        return Frames6.frame(from, to, 0, hopLimit, payload.array());
    }
}
