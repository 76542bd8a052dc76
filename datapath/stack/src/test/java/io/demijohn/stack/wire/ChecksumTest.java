package io.demijohn.stack.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.device.Mem;
import io.demijohn.device.Region;
import io.demijohn.stack.Frames;
import io.demijohn.stack.IpAddress;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class ChecksumTest {
    @Test
    @Tag("proves:rfc9293-checksum")
    void randomBytes_everyLengthAndAlignment_agreesWithTheDefinition() {
        Random random = new Random(1);
        try (Region region = Region.allocate(4096)) {
            for (int length = 0; length < 200; length++) {
                byte[] bytes = new byte[length];
                random.nextBytes(bytes);
                long at = region.address() + random.nextInt(16);
                Mem.copyIn(bytes, 0, at, length);
                assertEquals(Frames.checksum(bytes, 0, length, 0), Checksum.of(at, length), "length " + length);
            }
        }
    }

    @Test
    void allOnes_largestPacket_doesNotOverflow() {
        byte[] bytes = new byte[65_535];
        Arrays.fill(bytes, (byte) 0xff);
        try (Region region = Region.allocate(bytes.length)) {
            Mem.copyIn(bytes, 0, region.address(), bytes.length);
            assertEquals(
                    Frames.checksum(bytes, 0, bytes.length, 0xffff),
                    ~Checksum.fold(Checksum.partial(region.address(), bytes.length, 0xffff)) & 0xffff);
        }
    }

    @Test
    void evenPieces_summedInTurn_equalTheWhole() {
        byte[] bytes = new byte[101];
        new Random(2).nextBytes(bytes);
        try (Region region = Region.allocate(bytes.length)) {
            Mem.copyIn(bytes, 0, region.address(), bytes.length);
            int sum = Checksum.partial(region.address(), 38, 0);
            sum = Checksum.partial(region.address() + 38, bytes.length - 38, sum);
            assertEquals(Checksum.of(region.address(), bytes.length), ~Checksum.fold(sum) & 0xffff);
        }
    }

    @Test
    void transport_overSegmentThatHoldsItsChecksum_isZero() {
        byte[] datagram = Frames.udp(1000, 2000, new byte[] {1, 2, 3}, true);
        try (Region region = Region.allocate(64)) {
            Mem.copyIn(datagram, 0, region.address(), datagram.length);
            long us = IpAddress.lowOfIpv4(Frames.OUR_IP);
            long peer = IpAddress.lowOfIpv4(Frames.PEER_IP);
            assertEquals(0, Checksum.transport(0, peer, 0, us, 17, region.address(), datagram.length));
        }
    }

    @Test
    void transport_ipv6Example_agreesWithTheDefinition() {
        byte[] payload = {0x12, 0x34, 0x56};
        long[] halves = {0x2001_0db8_0000_0000L, 1, 0x2001_0db8_0000_00ffL, 0xfedc_0000_1111_2222L};
        int pseudo = 58 + payload.length;
        for (long half : halves) {
            for (int shift = 48; shift >= 0; shift -= 16) {
                pseudo += (int) (half >>> shift) & 0xffff;
            }
        }
        try (Region region = Region.allocate(64)) {
            Mem.copyIn(payload, 0, region.address(), payload.length);
            assertEquals(
                    Frames.checksum(payload, 0, payload.length, pseudo),
                    Checksum.transport(halves[0], halves[1], halves[2], halves[3], 58, region.address(), 3));
        }
    }
}
