package io.demijohn.stack.group;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.Frames;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.TestHost;
import io.demijohn.stack.udp.UdpSocket;
import io.demijohn.stack.udp.UdpStatus;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The host side of RFC 3376 from the outside: memberships and queries in, reports out. */
@Tag("proves:rfc3376")
final class IgmpTest extends MembershipContract {
    private static final int GROUP = 0xEF010203;
    private static final int SOURCE = 0x0A4D0009;
    private static final int ALL_HOSTS = 0xE0000001;
    private static final long DECISECOND = TestHost.SECOND / 10;

    private final IpAddress group = IpAddress.ofIpv4(GROUP);
    private final IpAddress source = IpAddress.ofIpv4(SOURCE);

    IgmpTest() {
        super(new TestHost());
    }

    @Test
    void join_reported_twiceWithinASecondToTheRouters() {
        assertEquals(0, groups.join(socket, group, host.nowNanos));
        byte[] first = only();
        assertEquals(0x0100_5E00_0016L, Frames.station(first, 0));
        assertArrayEquals(record(TO_EX), records(first));
        assertEquals(1, first[22]); // TTL
        assertEquals(0x94040000, Frames.i32(first, 34)); // router alert
        assertEquals(0xE0000016, Frames.i32(first, 30));
        assertEquals(Frames.OUR_IP, Frames.i32(first, 26));
        assertArrayEquals(record(TO_EX), records(elapseUntilSent(TestHost.SECOND)));
        host.elapse(20 * TestHost.SECOND);
        assertTrue(host.sent().isEmpty());
    }

    @Test
    void leave_reported_twice() {
        groups.join(socket, group, host.nowNanos);
        settle();
        assertEquals(0, groups.leave(socket, group, host.nowNanos));
        assertArrayEquals(record(TO_IN), records(only()));
        assertArrayEquals(record(TO_IN), records(elapseUntilSent(TestHost.SECOND)));
        assertEquals(UdpStatus.NOT_MEMBER, groups.leave(socket, group, host.nowNanos));
    }

    @Test
    void sources_comingAndGoing_areAllowedAndBlocked() {
        groups.joinSource(socket, group, source, host.nowNanos);
        assertArrayEquals(record(ALLOW, SOURCE), records(only()));
        settle();
        groups.joinSource(socket, group, IpAddress.ofIpv4(SOURCE + 1), host.nowNanos);
        assertArrayEquals(record(ALLOW, SOURCE + 1), records(only()));
        settle();
        groups.leaveSource(socket, group, source, host.nowNanos);
        assertArrayEquals(record(BLOCK, SOURCE), records(only()));
        settle();
        groups.leaveSource(socket, group, IpAddress.ofIpv4(SOURCE + 1), host.nowNanos);
        assertArrayEquals(record(BLOCK, SOURCE + 1), records(only()));
        settle();
        assertEquals(0, deadlineSeconds());
    }

    @Test
    void twoSockets_oneForAllOneForASource_askForAllThenForTheSource() {
        UdpSocket other = Objects.requireNonNull(host.stack.udp().bind(IpAddress.ANY, 2000, true, 1 << 16));
        groups.join(socket, group, host.nowNanos);
        groups.block(socket, group, source, host.nowNanos);
        settle();
        groups.joinSource(other, group, source, host.nowNanos); // now nobody's block holds for all
        assertArrayEquals(record(ALLOW, SOURCE), records(only()));
        settle();
        groups.leave(socket, group, host.nowNanos);
        assertArrayEquals(record(TO_IN, SOURCE), records(only()));
        host.stack.udp().close(other, host.nowNanos);
        assertArrayEquals(record(TO_IN), records(only()));
    }

    @Test
    void generalQuery_answered_withinItsTimeWithTheState() {
        groups.join(socket, group, host.nowNanos);
        groups.block(socket, group, source, host.nowNanos);
        settle();
        query(query3(100, 0), ALL_HOSTS);
        assertTrue(host.sent().isEmpty());
        assertArrayEquals(record(IS_EX, SOURCE), records(elapseUntilSent(10 * TestHost.SECOND)));
        host.elapse(20 * TestHost.SECOND);
        assertTrue(host.sent().isEmpty());
    }

    @Test
    void groupQuery_aboutOursAndOthers_answeredForOursAlone() {
        groups.joinSource(socket, group, source, host.nowNanos);
        settle();
        query(query3(10, GROUP + 1), GROUP + 1);
        query(query3(10, GROUP), GROUP);
        assertArrayEquals(record(IS_IN, SOURCE), records(elapseUntilSent(TestHost.SECOND)));
        query(query3(10, GROUP, SOURCE, SOURCE + 7), GROUP);
        assertArrayEquals(record(IS_IN, SOURCE), records(elapseUntilSent(TestHost.SECOND)));
        query(query3(10, GROUP, SOURCE + 7), GROUP);
        host.elapse(20 * TestHost.SECOND);
        assertTrue(host.sent().isEmpty());
    }

    @Test
    void queryFlood_makesFewAnswers() {
        groups.join(socket, group, host.nowNanos);
        settle();
        int answers = 0;
        for (int count = 0; count < 1000; count++) {
            query(query3(0, 0), ALL_HOSTS);
            host.elapse(TestHost.SECOND / 1000);
            answers += host.sent().size();
        }
        assertTrue(answers <= 200, answers + " answers in a second");
        assertTrue(answers > 0);
    }

    @Test
    void version2Querier_getsVersion2_untilItWasSilentForLong() {
        query(query2(100, 0), ALL_HOSTS);
        groups.join(socket, group, host.nowNanos);
        byte[] report = only();
        assertEquals(0x16, report[38]);
        assertEquals(GROUP, Frames.i32(report, 30));
        assertEquals(0x0100_5E01_0203L, Frames.station(report, 0));
        assertEquals(0, Frames.checksum(report, 38, 8, 0));
        settle();
        query(query2(100, 0), ALL_HOSTS);
        assertEquals(0x16, elapseUntilSent(10 * TestHost.SECOND)[38]);
        groups.leave(socket, group, host.nowNanos);
        byte[] leave = only();
        assertEquals(0x17, leave[38]);
        assertEquals(0xE0000002, Frames.i32(leave, 30));
        host.elapse(230 * TestHost.SECOND);
        groups.join(socket, group, host.nowNanos);
        assertEquals(0x16, only()[38]);
        host.elapse(30 * TestHost.SECOND); // since the query more than 2 x 125 s + 10 s
        host.sent();
        groups.leave(socket, group, host.nowNanos);
        assertEquals(0x22, only()[38]);
    }

    @Test
    void version1Querier_getsVersion1AndNoLeave() {
        query(query2(0, 0), ALL_HOSTS);
        groups.join(socket, group, host.nowNanos);
        assertEquals(0x12, only()[38]);
        settle();
        groups.leave(socket, group, host.nowNanos);
        assertTrue(host.sent().isEmpty());
    }

    @Test
    void robustness_ofTheQuerier_isHowOftenChangesAreReported() {
        byte[] query = query3(10, GROUP + 1);
        query[8] = 4;
        checksum(query);
        query(query, ALL_HOSTS);
        groups.join(socket, group, host.nowNanos);
        int reports = host.sent().size();
        for (int second = 0; second < 20; second++) {
            host.elapse(TestHost.SECOND);
            reports += host.sent().size();
        }
        assertEquals(4, reports);
    }

    @Test
    void query_fromBeyondTheLinkOrMalformed_isDropped() {
        groups.join(socket, group, host.nowNanos);
        settle();
        byte[] query = query3(10, 0);
        host.deliver(frame(query, ALL_HOSTS, 2));
        query[2] ^= 1;
        host.deliver(frame(query, ALL_HOSTS, 1));
        byte[] sources = query3(10, GROUP);
        sources[11] = 9; // more sources than bytes
        checksum(sources);
        host.deliver(frame(sources, ALL_HOSTS, 1));
        assertEquals(3, host.counters().dropGroupMalformed);
        host.elapse(20 * TestHost.SECOND);
        assertTrue(host.sent().isEmpty());
    }

    @Test
    void groups_beyondTheBound_areRefused() {
        int joined = 0;
        for (int index = 0; index < Groups.GROUPS_MAX + 10; index++) {
            if (index % UdpSocket.GROUPS_MAX == 0) {
                host.stack.udp().bind(IpAddress.ANY, 3000 + index, true, 1 << 16);
            }
            UdpSocket each = index < UdpSocket.GROUPS_MAX
                    ? socket
                    : Objects.requireNonNull(host.stack.udp().bind(IpAddress.ANY, 0, true, 1 << 16));
            joined += groups.join(each, IpAddress.ofIpv4(GROUP + index), host.nowNanos) == 0 ? 1 : 0;
            host.sent();
        }
        assertEquals(Groups.GROUPS_MAX, joined);
        query(query3(10, 0), ALL_HOSTS);
        int records = 0;
        for (int step = 0; step < 20; step++) {
            host.elapse(DECISECOND);
            for (byte[] frame : host.sent()) {
                assertTrue(frame.length <= 1514);
                records += Frames.u16(frame, 44);
            }
        }
        assertTrue(records >= Groups.GROUPS_MAX, records + " records");
    }

    @Test
    void seededMutations_neverThrowAndLoseNothing() {
        long seed = Long.getLong("seed", 42);
        Random random = new Random(seed);
        for (int index = 0; index < 8; index++) {
            groups.join(socket, IpAddress.ofIpv4(GROUP + index), host.nowNanos);
        }
        groups.joinSource(socket, IpAddress.ofIpv4(GROUP + 9), source, host.nowNanos);
        byte[][] originals = {query3(10, 0), query3(10, GROUP), query3(10, GROUP + 9, SOURCE, 5), query2(10, 0)};
        for (int round = 0; round < 30_000; round++) {
            byte[] message = originals[random.nextInt(originals.length)].clone();
            for (int flips = random.nextInt(3); flips > 0; flips--) {
                message[random.nextInt(message.length)] = (byte) random.nextInt(256);
            }
            checksum(message);
            int length = random.nextInt(4) == 0 ? random.nextInt(message.length + 1) : message.length;
            host.deliver(frame(Arrays.copyOf(message, length), ALL_HOSTS, 1));
            host.elapse(random.nextInt(500_000_000));
            host.sent();
        }
        assertTrue(host.counters().groupQueriesReceived > 1000, "-Dseed=" + seed);
        assertTrue(host.counters().groupReportsSent > 100);
    }

    /** Lets time pass until nothing of the last change is to be reported any more. */
    private long deadlineSeconds() {
        long deadline = host.stack.nextDeadlineNanos();
        return deadline == Long.MAX_VALUE ? 0 : (deadline - host.nowNanos) / TestHost.SECOND;
    }

    /** Returns the only record of a report of version 3, after a look at all that stands around it. */
    private static byte[] records(byte[] frame) {
        assertEquals(0x46, frame[14]);
        assertEquals(2, frame[23]);
        assertEquals(0, Frames.checksum(frame, 14, 24, 0));
        assertEquals(0x22, frame[38]);
        assertEquals(0, Frames.checksum(frame, 38, frame.length - 38, 0));
        assertEquals(1, Frames.u16(frame, 44));
        return Arrays.copyOfRange(frame, 46, frame.length);
    }

    private static byte[] record(int type, int... sources) {
        ByteBuffer record = ByteBuffer.allocate(8 + 4 * sources.length);
        record.put((byte) type).put((byte) 0).putShort((short) sources.length).putInt(GROUP);
        for (int each : sources) {
            record.putInt(each);
        }
        return record.array();
    }

    private void query(byte[] message, int target) {
        host.deliver(frame(message, target, 1));
    }

    private static byte[] frame(byte[] message, int target, int timeToLive) {
        byte[] packet = Frames.packet(Frames.PEER_IP, target, 2, message);
        packet[8] = (byte) timeToLive;
        packet[10] = 0;
        packet[11] = 0;
        ByteBuffer.wrap(packet).putShort(10, (short) Frames.checksum(packet, 0, 20, 0));
        return Frames.ethernet(0x0100_5E00_0000L | (target & 0x7FFFFF), Frames.PEER_MAC, 0x800, packet);
    }

    private static byte[] query3(int response, int group, int... sources) {
        ByteBuffer query = ByteBuffer.allocate(12 + 4 * sources.length);
        query.put((byte) 0x11).put((byte) response).putShort((short) 0).putInt(group);
        query.put((byte) 2).put((byte) 125).putShort((short) sources.length);
        for (int each : sources) {
            query.putInt(each);
        }
        checksum(query.array());
        return query.array();
    }

    private static byte[] query2(int response, int group) {
        byte[] query = Arrays.copyOf(query3(response, group), 8);
        checksum(query);
        return query;
    }

    private static void checksum(byte[] message) {
        ByteBuffer.wrap(message).putShort(2, (short) 0);
        ByteBuffer.wrap(message).putShort(2, (short) Frames.checksum(message, 0, message.length, 0));
    }
}
