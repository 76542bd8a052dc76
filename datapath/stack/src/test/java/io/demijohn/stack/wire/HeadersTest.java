package io.demijohn.stack.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.Mem;
import io.demijohn.device.Region;
import io.demijohn.stack.Frames;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HeadersTest {
    private final Region region = Region.allocate(256);
    private final long at = region.address() + 1; // no alignment to lean on

    @AfterEach
    void free() {
        region.close();
    }

    @Test
    void ethernet_writtenAndRead_isTheSame() {
        EthernetHeader.write(at, 0x0102_0304_0506L, 0xF2F3_F4F5_F6F7L, EthernetHeader.TYPE_IPV4);
        assertEquals(0x0102_0304_0506L, EthernetHeader.target(at));
        assertEquals(0xF2F3_F4F5_F6F7L, EthernetHeader.source(at));
        assertEquals(EthernetHeader.TYPE_IPV4, EthernetHeader.type(at));
        assertTrue(EthernetHeader.isGroup(0x0102_0304_0506L));
        assertFalse(EthernetHeader.isGroup(Frames.OUR_MAC));
    }

    @Test
    void arp_written_isTheBytesOfRfc826() {
        ArpHeader.write(at, ArpHeader.REQUEST, Frames.PEER_MAC, Frames.PEER_IP, 0, Frames.OUR_IP);
        byte[] frame = Frames.arp(1, Frames.PEER_MAC, Frames.PEER_IP, 0, Frames.OUR_IP);
        byte[] written = new byte[ArpHeader.BYTES];
        Mem.copyOut(at, written, 0, written.length);
        assertArrayEquals(java.util.Arrays.copyOfRange(frame, 14, 42), written);
        assertTrue(ArpHeader.isValid(at));
        assertEquals(Frames.PEER_MAC, ArpHeader.senderStation(at));
        assertEquals(Frames.PEER_IP, ArpHeader.senderAddress(at));
        assertEquals(0, ArpHeader.targetStation(at));
        assertEquals(Frames.OUR_IP, ArpHeader.targetAddress(at));
    }

    @Test
    void arp_otherHardwareOrOperation_isInvalid() {
        for (int field : new int[] {0, 2, 4, 6}) {
            ArpHeader.write(at, ArpHeader.REPLY, 1, 2, 3, 4);
            assertTrue(ArpHeader.isValid(at));
            Mem.putU16Be(at + field, 0x77);
            assertFalse(ArpHeader.isValid(at), "field at " + field);
        }
    }

    @Test
    void ipv4_writtenAndRead_isTheSameWithRightChecksum() {
        Ipv4Header.write(at, 1234, 0x2E, 64, 6, Frames.OUR_IP, Frames.PEER_IP);
        assertEquals(4, Ipv4Header.version(at));
        assertEquals(20, Ipv4Header.headerBytes(at));
        assertEquals(0x2E, Ipv4Header.trafficClass(at));
        assertEquals(1234, Ipv4Header.totalBytes(at));
        assertFalse(Ipv4Header.isFragment(at));
        assertEquals(64, Ipv4Header.timeToLive(at));
        assertEquals(6, Ipv4Header.protocol(at));
        assertEquals(Frames.OUR_IP, Ipv4Header.source(at));
        assertEquals(Frames.PEER_IP, Ipv4Header.target(at));
        byte[] written = new byte[20];
        Mem.copyOut(at, written, 0, 20);
        assertEquals(0, Frames.checksum(written, 0, 20, 0));
    }

    @Test
    void ipv4_options_sourceRouteIsFoundAndLengthsAreSafe() {
        Mem.fill(at, 40, 1); // NOPs
        assertFalse(Ipv4Header.hasSourceRoute(at, 24));
        Mem.putU8(at + 21, 131);
        assertTrue(Ipv4Header.hasSourceRoute(at, 24));
        Mem.putU8(at + 20, 0); // end of options
        assertFalse(Ipv4Header.hasSourceRoute(at, 24));
        Mem.putU8(at + 20, 7);
        Mem.putU8(at + 21, 0); // an option of length 0 must not stop the scan from ending
        assertFalse(Ipv4Header.hasSourceRoute(at, 24));
    }

    @Test
    void icmp_written_holdsItsChecksum() {
        byte[] expected = Frames.icmp(8, 0, 0x1234_0001, new byte[] {9, 8, 7});
        Mem.copyIn(new byte[] {9, 8, 7}, 0, at + IcmpHeader.BYTES, 3);
        IcmpHeader.write(at, 8, 0, 0x1234_0001, 11);
        byte[] written = new byte[11];
        Mem.copyOut(at, written, 0, 11);
        assertArrayEquals(expected, written);
        assertEquals(0x1234_0001, IcmpHeader.rest(at));
    }

    @Test
    void udp_writtenAndRead_isTheSame() {
        UdpHeader.write(at, 5353, 65535, 1000);
        assertEquals(5353, UdpHeader.sourcePort(at));
        assertEquals(65535, UdpHeader.targetPort(at));
        assertEquals(1000, UdpHeader.length(at));
        assertEquals(0, UdpHeader.checksum(at));
        UdpHeader.setChecksum(at, 0);
        assertEquals(0xffff, UdpHeader.checksum(at));
    }
}
