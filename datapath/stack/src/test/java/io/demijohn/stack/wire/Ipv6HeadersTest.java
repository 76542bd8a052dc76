package io.demijohn.stack.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.Mem;
import io.demijohn.device.Region;
import io.demijohn.stack.Frames;
import io.demijohn.stack.Frames6;
import io.demijohn.stack.IpAddress;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class Ipv6HeadersTest {
    private final Region region = Region.allocate(512);
    private final long at = region.address() + 1; // no alignment to lean on

    @AfterEach
    void free() {
        region.close();
    }

    @Test
    @Tag("proves:rfc8200")
    void header_writtenAndRead_isTheBytesOfRfc8200() {
        IpAddress from = Frames6.ip("fd77::1");
        IpAddress to = Frames6.ip("2001:db8::abcd:ef01");
        Ipv6Header.write(at, 3, 0xB9, 17, 63, from.high(), from.low(), to.high(), to.low());
        byte[] expected = Frames6.packet(from.toBytes(), to.toBytes(), 17, 63, new byte[3]);
        expected[0] = 0x6B;
        expected[1] = (byte) 0x90;
        byte[] written = new byte[Ipv6Header.BYTES];
        Mem.copyOut(at, written, 0, written.length);
        assertArrayEquals(Arrays.copyOf(expected, 40), written);
        assertEquals(6, Ipv6Header.version(at));
        assertEquals(0xB9, Ipv6Header.trafficClass(at));
        assertEquals(0, Ipv6Header.flowLabel(at));
        assertEquals(3, Ipv6Header.payloadBytes(at));
        assertEquals(17, Ipv6Header.nextHeader(at));
        assertEquals(63, Ipv6Header.hopLimit(at));
        assertEquals(from, new IpAddress(Ipv6Header.sourceHigh(at), Ipv6Header.sourceLow(at)));
        assertEquals(to, new IpAddress(Ipv6Header.targetHigh(at), Ipv6Header.targetLow(at)));
    }

    @Test
    void fragmentHeader_writtenAndRead_isTheSame() {
        FragmentHeader.write(at, 17, 1232, true, 0xCAFE_BABE);
        assertEquals(17, FragmentHeader.nextHeader(at));
        assertEquals(1232, FragmentHeader.offsetBytes(at));
        assertTrue(FragmentHeader.moreFollow(at));
        assertEquals(0xCAFE_BABE, FragmentHeader.identification(at));
        FragmentHeader.write(at, 6, 0, false, 1);
        assertFalse(FragmentHeader.moreFollow(at));
        assertEquals(0, FragmentHeader.offsetBytes(at));
    }

    @Test
    @Tag("proves:rfc4443")
    void icmp_written_holdsTheChecksumOfThePseudoHeader() {
        IpAddress from = Frames6.ip("fe80::1");
        IpAddress to = Frames6.ip("ff02::1");
        Mem.putIntBe(at + 8, 0x0102_0304);
        Mem.putU8(at + 12, 5);
        Icmpv6Header.write(at, 128, 0, 0x0007_0003, 13, from.high(), from.low(), to.high(), to.low());
        byte[] written = new byte[13];
        Mem.copyOut(at, written, 0, written.length);
        byte[] expected = Frames6.icmp(from.toBytes(), to.toBytes(), 128, 0, 0x0007_0003, new byte[] {1, 2, 3, 4, 5});
        assertArrayEquals(expected, written);
    }

    @Test
    void transportChecksum_ofIpv6_equalsTheSumByHand() {
        Random random = new Random(6);
        for (int round = 0; round < 200; round++) {
            byte[] from = new byte[16];
            byte[] to = new byte[16];
            byte[] data = new byte[random.nextInt(200)];
            random.nextBytes(from);
            random.nextBytes(to);
            random.nextBytes(data);
            IpAddress source = IpAddress.ofBytes(from);
            IpAddress target = IpAddress.ofBytes(to);
            Mem.copyIn(data, 0, at, data.length);
            assertEquals(
                    Frames6.checksum(data, from, to, 17),
                    Checksum.transport(source.high(), source.low(), target.high(), target.low(), 17, at, data.length));
        }
    }

    @Test
    void groups_ofAddresses_areThoseOfTheRfcs() {
        IpAddress address = Frames6.ip("4037::01:800:200e:8c6c"); // the example of RFC 4291, 2.7.1
        assertEquals(
                Frames6.ip("ff02::1:ff0e:8c6c"),
                new IpAddress(Ipv6Kind.LINK_GROUP_HIGH, Ipv6Kind.solicitedGroupLow(address.low())));
        assertEquals(0x3333_FF0E_8C6CL, Ipv6Kind.groupStation(Ipv6Kind.solicitedGroupLow(address.low())));
        assertEquals(0x3656_78FF_FE9A_BCDEL, Ipv6Kind.interfaceId(0x3456_789A_BCDEL)); // of RFC 2464, 4
    }

    @Test
    void kinds_ofAddresses_areTold() {
        assertTrue(Ipv6Kind.isMulticast(Frames6.ip("ff05::2").high()));
        assertFalse(Ipv6Kind.isMulticast(Frames6.ip("fe80::2").high()));
        assertTrue(Ipv6Kind.isLinkLocal(Frames6.ip("febf::2").high()));
        assertFalse(Ipv6Kind.isLinkLocal(Frames6.ip("fec0::2").high()));
        assertTrue(Ipv6Kind.isLoopback(0, 1));
        assertTrue(Ipv6Kind.isUnspecified(0, 0));
        assertTrue(Ipv6Kind.isIpv4Mapped(0, IpAddress.lowOfIpv4(Frames.OUR_IP)));
    }

    @Test
    @Tag("proves:rfc4861")
    void options_ofEveryTruncation_areRejected() {
        byte[] options = new byte[8 + 32 + 8];
        System.arraycopy(Frames6.stationOption(1, Frames.PEER_MAC), 0, options, 0, 8);
        System.arraycopy(Frames6.prefixOption("fd77::", 64, 0xC0, 100, 50), 0, options, 8, 32);
        System.arraycopy(Frames6.mtuOption(1400), 0, options, 40, 8);
        Mem.copyIn(options, 0, at, options.length);
        assertTrue(NeighbourMessage.optionsSound(at, options.length));
        assertEquals(Frames.PEER_MAC, NeighbourMessage.station(at, options.length, 1));
        assertEquals(NeighbourMessage.NONE, NeighbourMessage.station(at, options.length, 2));
        assertEquals(64, NeighbourMessage.prefixLength(at + 8));
        assertTrue(NeighbourMessage.prefixOnLink(at + 8));
        assertTrue(NeighbourMessage.prefixAutonomous(at + 8));
        assertEquals(100, NeighbourMessage.validSeconds(at + 8));
        assertEquals(50, NeighbourMessage.preferredSeconds(at + 8));
        assertEquals(Frames6.ip("fd77::").high(), NeighbourMessage.prefixHigh(at + 8));
        assertEquals(1400, NeighbourMessage.mtuBytes(at + 40));
        for (int length = 1; length < options.length; length++) {
            boolean wholeOptions = length == 8 || length == 40;
            assertEquals(wholeOptions, NeighbourMessage.optionsSound(at, length), "length " + length);
        }
        Mem.putU8(at + 41, 0);
        assertFalse(NeighbourMessage.optionsSound(at, options.length), "an option of no length");
    }

    @Test
    void options_mutated_neverLeadOutside() {
        Random random = new Random(7);
        byte[] noise = new byte[64];
        for (int round = 0; round < 20_000; round++) {
            random.nextBytes(noise);
            noise[1] &= 3;
            int length = random.nextInt(noise.length);
            Mem.copyIn(noise, 0, at, noise.length);
            if (NeighbourMessage.optionsSound(at, length)) {
                int covered = 0;
                while (covered < length) {
                    covered += NeighbourMessage.optionBytes(at + covered);
                }
                assertEquals(length, covered);
                NeighbourMessage.station(at, length, random.nextInt(256));
            }
        }
    }
}
