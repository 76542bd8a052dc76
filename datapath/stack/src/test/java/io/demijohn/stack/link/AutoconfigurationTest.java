package io.demijohn.stack.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.Frames;
import io.demijohn.stack.Frames6;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.TestHost;
import io.demijohn.stack.udp.UdpSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("proves:rfc4862")
final class AutoconfigurationTest {
    private static final int SOLICITATION = 135;
    private static final int ROUTER_SOLICITATION = 133;
    private static final int OVERRIDE = 0x2000_0000;
    private static final int ON_LINK = 0x80;
    private static final int AUTONOMOUS = 0x40;
    private static final int BOTH = ON_LINK | AUTONOMOUS;
    private static final byte[] ROUTER = Frames6.peerLinkLocal();
    private static final IpAddress LINK_LOCAL = IpAddress.ofBytes(Frames6.ourLinkLocal());
    private static final IpAddress MADE = Frames6.ip("fd88::ff:fe00:1");
    private static final IpAddress FAR = Frames6.ip("2001:db8::1");
    private static final IpAddress NEAR = Frames6.ip("fd88::99");

    private final TestHost host = new TestHost(Frames.OUR_MAC, List.of(), List.of(), true, 1500, true);

    @AfterEach
    void nothingIsLost() {
        host.sent();
        assertEquals(host.pool.count(), host.pool.freeCount());
        host.close();
    }

    // ---- duplicate address detection -------------------------------------------------------------------------------

    @Test
    void linkLocalAddress_checkedFirstAndUsedAfterwards() {
        host.sent();
        assertFalse(host.stack.isLocal(LINK_LOCAL));
        byte[] check = next(SOLICITATION);
        assertArrayEquals(Frames6.nobody(), Frames6.source(check));
        assertArrayEquals(Frames6.ourLinkLocal(), Frames6.asked(check));
        assertArrayEquals(Frames6.solicitedGroup(Frames6.ourLinkLocal()), Frames6.target(check));
        assertEquals(0x3333_FF00_0001L, Frames.station(check, 0));
        assertEquals(24, Frames6.payload(check).length);
        assertFalse(host.stack.isLocal(LINK_LOCAL));
        host.elapse(TestHost.SECOND);
        assertTrue(host.stack.isLocal(LINK_LOCAL));
    }

    @Test
    void tentativeAddress_takesNoPacketsAndAnswersNobody() {
        next(SOLICITATION);
        byte[] own = Frames6.ourLinkLocal();
        host.deliver(Frames6.solicitation(ROUTER, Frames6.solicitedGroup(own), own, Frames.PEER_MAC));
        host.deliver(Frames6.icmpFrame(ROUTER, own, 64, 128, 0, 1, new byte[4]));
        assertTrue(host.sent().isEmpty());
        assertEquals(1, host.counters().dropIpNotLocal);
    }

    @Test
    void anotherClaimsTheAddress_itIsNotUsed() {
        next(SOLICITATION);
        byte[] own = Frames6.ourLinkLocal();
        host.deliver(Frames6.advertisement(own, Frames6.allNodes(), OVERRIDE, own, Frames.PEER_MAC));
        settle();
        assertFalse(host.stack.isLocal(LINK_LOCAL));
        assertEquals(1, host.counters().addressDuplicates);
    }

    @Test
    void anotherChecksTheSameAddress_itIsNotUsed() {
        next(SOLICITATION);
        byte[] own = Frames6.ourLinkLocal();
        host.deliver(Frames6.solicitation(Frames6.nobody(), Frames6.solicitedGroup(own), own, 0));
        settle();
        assertFalse(host.stack.isLocal(LINK_LOCAL));
        assertEquals(1, host.counters().addressDuplicates);
    }

    @Test
    void configuredAddress_usedAtOnceAndGivenUpOnConflict() {
        try (TestHost given = configured()) {
            assertTrue(given.stack.isLocal(Frames6.ip("fd77::2")));
            assertTrue(given.sent().stream().anyMatch(frame -> Frames6.icmpType(frame) == SOLICITATION));
            byte[] own = Frames6.ours();
            given.deliver(Frames6.solicitation(Frames6.peer(), Frames6.solicitedGroup(own), own, Frames.PEER_MAC));
            byte[] answer = given.sent().get(0);
            assertEquals(0x4000_0000, Frames.i32(Frames6.payload(answer), 4), "no override: RFC 4429, 3.3");
            given.deliver(Frames6.advertisement(own, Frames6.allNodes(), OVERRIDE, own, Frames.PEER_MAC));
            assertFalse(given.stack.isLocal(Frames6.ip("fd77::2")));
            assertEquals(1, given.counters().addressDuplicates);
            assertEquals(IpAddress.ANY, given.stack.sourceFor(Frames6.ip("fd77::1")));
        }
    }

    @Test
    void configuredAddress_announcedWhenNobodyObjects() {
        try (TestHost given = configured()) {
            given.sent();
            given.elapse(TestHost.SECOND);
            byte[] told = given.sent().stream()
                    .filter(frame -> Frames6.icmpType(frame) == 136)
                    .findFirst()
                    .orElseThrow();
            assertArrayEquals(Frames6.ours(), Frames6.asked(told));
            assertArrayEquals(Frames6.allNodes(), Frames6.target(told));
        }
    }

    // ---- routers ---------------------------------------------------------------------------------------------------

    @Test
    void noRouterAnswers_askedThreeTimes() {
        List<byte[]> sent = new ArrayList<>();
        for (int tenth = 0; tenth < 300; tenth++) {
            host.elapse(TestHost.SECOND / 10);
            sent.addAll(host.sent());
        }
        long asked = sent.stream()
                .filter(frame -> Frames6.icmpType(frame) == ROUTER_SOLICITATION)
                .count();
        assertEquals(3, asked);
        byte[] last = sent.get(sent.size() - 1);
        assertArrayEquals(Frames6.ourLinkLocal(), Frames6.source(last));
        assertArrayEquals(Frames6.allRouters(), Frames6.target(last));
        assertEquals(255, Frames6.hopLimit(last));
    }

    @Test
    void advertisedPrefix_makesAnAddressAndARoute() {
        settle();
        assertFalse(host.stack.reaches(FAR));
        advertise(1800, Frames6.prefixOption("fd88::", 64, BOTH, 3600, 1800));
        assertFalse(host.stack.isLocal(MADE), "tentative");
        byte[] check = next(SOLICITATION);
        assertArrayEquals(MADE.toBytes(), Frames6.asked(check));
        host.elapse(TestHost.SECOND);
        assertTrue(host.stack.isLocal(MADE));
        assertTrue(host.stack.reaches(FAR));
        assertEquals(MADE, host.stack.sourceFor(FAR));
        UdpSocket socket = bind();
        say(socket, FAR);
        byte[] datagram = host.sent().get(0);
        assertEquals(Frames.PEER_MAC, Frames.station(datagram, 0), "through the router, whose station it told");
        say(socket, NEAR);
        assertArrayEquals(NEAR.toBytes(), Frames6.asked(host.sent().get(0)), "on the link");
        host.stack.udp().close(socket, host.nowNanos);
        giveUp();
    }

    @Test
    void preferredLifetimeOver_addressIsDeprecatedThenGone() {
        settle();
        advertise(1800, Frames6.prefixOption("fd88::", 64, BOTH, 100, 50));
        advertise(1800, Frames6.prefixOption("fd89::", 64, BOTH, 10_000, 10_000));
        settle();
        IpAddress other = Frames6.ip("fd89::ff:fe00:1");
        IpAddress neighbour = Frames6.ip("fd88::5");
        assertEquals(MADE, host.stack.sourceFor(neighbour));
        host.elapse(60 * TestHost.SECOND);
        assertTrue(host.stack.isLocal(MADE));
        assertEquals(other, host.stack.sourceFor(neighbour));
        host.elapse(60 * TestHost.SECOND);
        assertFalse(host.stack.isLocal(MADE));
    }

    @Test
    void shortLifetimeOffered_takesNoAddressAwayAtOnce() {
        settle();
        advertise(1800, Frames6.prefixOption("fd88::", 64, BOTH, 100_000, 100_000));
        settle();
        advertise(1800, Frames6.prefixOption("fd88::", 64, BOTH, 1, 1));
        host.elapse(7_000 * TestHost.SECOND);
        assertTrue(host.stack.isLocal(MADE), "two hours: RFC 4862, 5.5.3 (e)");
        host.elapse(300 * TestHost.SECOND);
        assertFalse(host.stack.isLocal(MADE));
    }

    @Test
    void routerLifetimeOverOrZero_routeIsGone() {
        settle();
        advertise(100, Frames6.prefixOption("fd88::", 64, BOTH, 10_000, 10_000));
        settle();
        assertTrue(host.stack.reaches(FAR));
        host.elapse(100 * TestHost.SECOND);
        assertFalse(host.stack.reaches(FAR));
        assertTrue(host.stack.reaches(NEAR));
        advertise(100);
        assertTrue(host.stack.reaches(FAR));
        advertise(0);
        assertFalse(host.stack.reaches(FAR));
    }

    @Test
    void advertisedMtuAndHopLimit_areUsed() {
        settle();
        advertise(1800, Frames6.prefixOption("fd88::", 64, BOTH, 3600, 3600), Frames6.mtuOption(1300));
        settle();
        UdpSocket socket = bind();
        assertEquals(14 + 1300, largest(socket));
        for (int impossible : new int[] {1279, 1501}) {
            advertise(1800, Frames6.mtuOption(impossible));
            assertEquals(14 + 1300, largest(socket));
        }
        say(socket, FAR);
        assertEquals(61, Frames6.hopLimit(host.sent().get(0)));
        host.stack.udp().close(socket, host.nowNanos);
    }

    @Test
    void impossiblePrefixes_makeNoAddress() {
        settle();
        advertise(
                1800,
                Frames6.prefixOption("fe80::", 64, BOTH, 3600, 3600),
                Frames6.prefixOption("ff05::", 64, BOTH, 3600, 3600),
                Frames6.prefixOption("fd88::", 48, BOTH, 3600, 3600),
                Frames6.prefixOption("fd89::", 64, BOTH, 100, 200),
                Frames6.prefixOption("fd8a::", 64, ON_LINK, 3600, 3600));
        settle();
        assertEquals(1, host.counters().addressesConfigured, "the link-local one");
    }

    @Test
    void manyPrefixesAndRouters_areBounded() {
        settle();
        for (int index = 0; index < 100; index++) {
            byte[] router = Frames6.address("fe80::" + Integer.toHexString(0x100 + index));
            byte[] prefix = Frames6.prefixOption("fd88:" + Integer.toHexString(index) + "::", 64, BOTH, 3600, 3600);
            host.deliver(Frames6.routerAdvertisement(router, 64, 1800, 0, 0, prefix));
            host.elapse(TestHost.SECOND);
            host.sent();
        }
        assertEquals(Ipv6Link.ADDRESSES_MAX, host.counters().addressesConfigured);
    }

    @Test
    void advertisementFlood_isLimited() {
        settle();
        for (int count = 0; count < 200; count++) {
            advertise(1800);
        }
        assertTrue(host.counters().routerAdvertisementsReceived < 50);
    }

    @Test
    void advertisementsFromBeyondOrMalformed_areDropped() {
        settle();
        byte[] good = Frames6.routerAdvertisement(ROUTER, 61, 1800, 0, 0);
        byte[] body = Frames6.payload(good);
        host.deliver(Frames6.frame(ROUTER, Frames6.allNodes(), 58, 64, body));
        host.deliver(Frames6.routerAdvertisement(Frames6.peer(), 61, 1800, 0, 0));
        host.deliver(Frames6.routerAdvertisement(ROUTER, 61, 1800, 0, 0, new byte[8]));
        host.deliver(Frames6.icmpFrame(ROUTER, Frames6.allNodes(), 255, 134, 0, 0, new byte[7]));
        assertEquals(4, host.counters().dropNeighbourMalformed);
        assertFalse(host.stack.reaches(FAR));
        host.deliver(good);
        assertEquals(1, host.counters().routerAdvertisementsReceived);
    }

    @Test
    void hostThatWasNotTold_ignoresRouters() {
        try (TestHost given = configured()) {
            given.deliver(Frames6.routerAdvertisement(ROUTER, 61, 1800, 0, 0));
            assertEquals(1, given.counters().routerAdvertisementsIgnored);
            assertFalse(given.stack.reaches(FAR));
        }
    }

    @Test
    @Tag("proves:rfc4861")
    void silentRouter_othersAreUsed() {
        settle();
        advertise(1800, Frames6.prefixOption("fd88::", 64, BOTH, 3600, 3600));
        byte[] second = Frames6.address("fe80::77");
        host.deliver(Frames6.routerAdvertisement(second, 61, 1800, 0, 0, Frames6.stationOption(1, 0x02_0000_0000_77L)));
        settle();
        UdpSocket socket = bind();
        say(socket, FAR);
        assertEquals(Frames.PEER_MAC, Frames.station(host.sent().get(0), 0));
        for (int second5 = 0; second5 < 9; second5++) { // delay, three probes, failed
            host.elapse(TestHost.SECOND);
        }
        host.sent();
        say(socket, FAR);
        assertEquals(0x02_0000_0000_77L, Frames.station(host.sent().get(0), 0));
        host.stack.udp().close(socket, host.nowNanos);
        giveUp();
    }

    @Test
    void configuredGateway_leadsEverywhere() {
        try (TestHost given = new TestHost(
                Frames.OUR_MAC,
                List.of(new LocalNetwork(Frames6.ip("fd77::2"), 64, false)),
                List.of(Frames6.ip("fd77::1")),
                false,
                1500,
                true)) {
            assertTrue(given.stack.reaches(FAR));
            assertFalse(given.stack.reaches(IpAddress.ofIpv4(0x0a000001)));
            assertEquals(Frames6.ip("fd77::2"), given.stack.sourceFor(FAR));
        }
    }

    private static TestHost configured() {
        LocalNetwork network = new LocalNetwork(Frames6.ip("fd77::2"), 64, false);
        return new TestHost(Frames.OUR_MAC, List.of(network), List.of(), false, 1500, true);
    }

    private void advertise(int lifetimeSeconds, byte[]... options) {
        byte[][] all = new byte[options.length + 1][];
        System.arraycopy(options, 0, all, 0, options.length);
        all[options.length] = Frames6.stationOption(1, Frames.PEER_MAC);
        host.deliver(Frames6.routerAdvertisement(ROUTER, 61, lifetimeSeconds, 0, 0, all));
    }

    /** Lets time pass until the stack sends a message of that type, and returns it. */
    private byte[] next(int type) {
        for (int step = 0; step < 100; step++) {
            for (byte[] frame : host.sent()) {
                if (Frames6.icmpType(frame) == type) {
                    return frame;
                }
            }
            host.elapse(TestHost.SECOND / 50);
        }
        throw new AssertionError("nothing of type " + type);
    }

    /** Lets checks end. */
    private void settle() {
        for (int step = 0; step < 30; step++) {
            host.elapse(TestHost.SECOND / 10);
        }
        host.sent();
    }

    /** Lets unanswered questions end. */
    private void giveUp() {
        for (int second = 0; second < 10; second++) {
            host.elapse(TestHost.SECOND);
        }
    }

    private UdpSocket bind() {
        return Objects.requireNonNull(host.stack.udp().bind(IpAddress.ANY, 4000, false, 1 << 16));
    }

    /** Returns the size of the largest frame of a datagram that needs several. */
    private int largest(UdpSocket socket) {
        ByteBuffer data = ByteBuffer.allocate(1252 + 8);
        host.stack.udp().send(socket, FAR.high(), FAR.low(), 53, data.limit(1252), host.nowNanos);
        int bytes = host.sent().get(0).length;
        host.stack.udp().send(socket, FAR.high(), FAR.low(), 53, data.clear(), host.nowNanos);
        assertEquals(2, host.sent().size());
        return bytes;
    }

    private void say(UdpSocket socket, IpAddress to) {
        host.stack.udp().send(socket, to.high(), to.low(), 53, ByteBuffer.wrap(new byte[] {1}), host.nowNanos);
    }
}
