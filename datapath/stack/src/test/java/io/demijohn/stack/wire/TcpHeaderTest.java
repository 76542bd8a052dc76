package io.demijohn.stack.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.Mem;
import io.demijohn.device.Region;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TcpHeaderTest {
    private final Region region = Region.allocate(128);
    private final long header = region.address();

    @AfterEach
    void free() {
        region.close();
    }

    @Test
    void put_everyField_readBack() {
        int flags = TcpHeader.SYN | TcpHeader.ACK;
        TcpHeader.put(header, 80, 65535, 0xfedc_ba98, 0x8000_0001, 28, flags, 0xabcd);
        TcpHeader.putChecksum(header, 0x1234);
        assertEquals(80, TcpHeader.sourcePort(header));
        assertEquals(65535, TcpHeader.destinationPort(header));
        assertEquals(0xfedc_ba98, TcpHeader.sequence(header));
        assertEquals(0x8000_0001, TcpHeader.acknowledgement(header));
        assertEquals(28, TcpHeader.headerBytes(header));
        assertEquals(flags, TcpHeader.flags(header));
        assertEquals(0xabcd, TcpHeader.window(header));
        assertEquals(0x1234, TcpHeader.checksum(header));
    }

    @Test
    void putSyn_mssAndScale_readBack() {
        put(options(1460, 7));
        assertEquals(1460, TcpHeaderOptions.mss(header));
        assertEquals(7, TcpHeaderOptions.windowScale(header));
        put(options(536, -1));
        assertEquals(536, TcpHeaderOptions.mss(header));
        assertEquals(-1, TcpHeaderOptions.windowScale(header));
    }

    @Test
    void isSound_everyTruncation_rejected() {
        TcpHeader.put(header, 1, 2, 3, 4, 28, TcpHeader.SYN, 5);
        for (int length = 0; length < 28; length++) {
            assertFalse(TcpHeader.isSound(header, length), "length " + length);
        }
        assertTrue(TcpHeader.isSound(header, 28));
        TcpHeader.put(header, 1, 2, 3, 4, 16, TcpHeader.SYN, 5);
        assertFalse(TcpHeader.isSound(header, 60));
    }

    @Test
    void options_unknownOnes_skippedByLength() {
        put(new byte[] {(byte) 254, 6, 2, 4, 1, 1, 1, 2, 4, 5, (byte) 0xb4, 0});
        assertEquals(1460, TcpHeaderOptions.mss(header));
    }

    @Test
    void options_lengthZeroOneOrBeyondTheHeader_endTheSearch() {
        put(new byte[] {9, 0, 2, 4, 5, 0, 0, 0});
        assertEquals(0, TcpHeaderOptions.mss(header));
        put(new byte[] {9, 1, 2, 4, 5, 0, 0, 0});
        assertEquals(0, TcpHeaderOptions.mss(header));
        put(new byte[] {1, 1, 2, 5, 5, 0, 3, 3});
        assertEquals(0, TcpHeaderOptions.mss(header));
        assertEquals(-1, TcpHeaderOptions.windowScale(header));
        put(new byte[] {1, 1, 1, 2});
        assertEquals(0, TcpHeaderOptions.mss(header));
    }

    @Test
    void options_afterTheEnd_notRead() {
        put(new byte[] {0, 2, 4, 5, (byte) 0xb4, 0, 0, 0});
        assertEquals(0, TcpHeaderOptions.mss(header));
    }

    @Test
    void windowScale_tooLarge_takenAsFourteen() {
        put(new byte[] {1, 3, 3, (byte) 200});
        assertEquals(14, TcpHeaderOptions.windowScale(header));
    }

    @Test
    void options_anyBytes_neverFailAndStayInRange() {
        Random random = new Random(42);
        byte[] bytes = new byte[40];
        for (int round = 0; round < 20_000; round++) {
            random.nextBytes(bytes);
            for (int index = 0; index < bytes.length; index++) {
                if (random.nextBoolean()) {
                    bytes[index] = (byte) random.nextInt(6);
                }
            }
            put(bytes);
            int scale = TcpHeaderOptions.windowScale(header);
            assertTrue(scale >= -1 && scale <= TcpHeaderOptions.SHIFT_MAX);
            int mss = TcpHeaderOptions.mss(header);
            assertTrue(mss >= 0 && mss <= 0xffff);
        }
    }

    private static byte[] options(int mss, int shift) {
        Region scratch = Region.allocate(16);
        try {
            byte[] bytes = new byte[TcpHeaderOptions.putSyn(scratch.address(), mss, shift)];
            Mem.copyOut(scratch.address(), bytes, 0, bytes.length);
            return bytes;
        } finally {
            scratch.close();
        }
    }

    /** Writes a header with these options; a multiple of four bytes. */
    private void put(byte[] options) {
        TcpHeader.put(header, 1, 2, 3, 4, TcpHeader.BYTES + options.length, TcpHeader.SYN, 5);
        Mem.copyIn(options, 0, header + TcpHeader.BYTES, options.length);
    }
}
