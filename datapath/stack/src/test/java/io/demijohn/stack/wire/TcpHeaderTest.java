package io.demijohn.stack.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.Mem;
import io.demijohn.device.Region;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TcpHeaderTest {
    private final Region region = Region.allocate(128);
    private final TcpHeaderOptions options = new TcpHeaderOptions();
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
        assertEquals(1460, read().mss());
        assertEquals(7, read().windowScale());
        put(options(536, -1));
        assertEquals(536, read().mss());
        assertEquals(-1, read().windowScale());
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
    @Tag("proves:rfc9293-options")
    void options_unknownOnes_skippedByLength() {
        put(new byte[] {(byte) 254, 6, 2, 4, 1, 1, 1, 2, 4, 5, (byte) 0xb4, 0});
        assertEquals(1460, read().mss());
    }

    @Test
    @Tag("proves:rfc9293-options")
    void options_lengthZeroOneOrBeyondTheHeader_endTheSearch() {
        put(new byte[] {9, 0, 2, 4, 5, 0, 0, 0});
        assertEquals(0, read().mss());
        put(new byte[] {9, 1, 2, 4, 5, 0, 0, 0});
        assertEquals(0, read().mss());
        put(new byte[] {1, 1, 2, 5, 5, 0, 3, 3});
        assertEquals(0, read().mss());
        assertEquals(-1, read().windowScale());
        put(new byte[] {1, 1, 1, 2});
        assertEquals(0, read().mss());
    }

    @Test
    @Tag("proves:rfc9293-options")
    void options_afterTheEnd_notRead() {
        put(new byte[] {0, 2, 4, 5, (byte) 0xb4, 0, 0, 0});
        assertEquals(0, read().mss());
    }

    @Test
    void windowScale_tooLarge_takenAsFourteen() {
        put(new byte[] {1, 3, 3, (byte) 200});
        assertEquals(14, read().windowScale());
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
            int scale = read().windowScale();
            assertTrue(scale >= -1 && scale <= TcpHeaderOptions.SHIFT_MAX);
            int mss = read().mss();
            assertTrue(mss >= 0 && mss <= 0xffff);
            assertTrue(read().sackBlocks() <= TcpHeaderOptions.SACK_BLOCKS_MAX);
        }
    }

    @Test
    void putSyn_everyCombination_readBack() {
        for (int mask = 0; mask < 8; mask++) {
            int shift = (mask & 1) == 0 ? -1 : 9;
            boolean sack = (mask & 2) != 0;
            boolean stamps = (mask & 4) != 0;
            long at = header + TcpHeader.BYTES;
            int bytes = TcpHeaderOptions.putSyn(at, 1220, shift, sack, stamps, 0x8000_0007, 0xdead_beef);
            assertEquals(0, bytes % 4);
            assertTrue(bytes <= TcpHeaderOptions.SYN_BYTES_MAX);
            TcpHeader.put(header, 1, 2, 3, 4, TcpHeader.BYTES + bytes, TcpHeader.SYN, 5);
            TcpHeaderOptions read = read();
            assertEquals(1220, read.mss());
            assertEquals(shift, read.windowScale());
            assertEquals(sack, read.sackPermitted());
            assertEquals(stamps, read.timestamps());
            assertEquals(stamps ? 0x8000_0007 : read.timestampValue(), read.timestampValue());
        }
    }

    @Test
    void timestampsAndSack_everyBlockCount_readBack() {
        for (int blocks = 1; blocks <= 3; blocks++) {
            long at = header + TcpHeader.BYTES;
            TcpHeaderOptions.putTimestamps(at, 7, -8);
            TcpHeaderOptions.putSack(at + TcpHeaderOptions.TIMESTAMPS_BYTES, blocks);
            for (int block = 0; block < blocks; block++) {
                TcpHeaderOptions.putSackBlock(at + TcpHeaderOptions.TIMESTAMPS_BYTES, block, 100 * block, -block);
            }
            int bytes = TcpHeaderOptions.TIMESTAMPS_BYTES + TcpHeaderOptions.sackBytes(blocks);
            TcpHeader.put(header, 1, 2, 3, 4, TcpHeader.BYTES + bytes, TcpHeader.ACK, 5);
            TcpHeaderOptions read = read();
            assertTrue(read.timestamps());
            assertEquals(7, read.timestampValue());
            assertEquals(-8, read.timestampEcho());
            assertEquals(blocks, read.sackBlocks());
            assertEquals(100 * (blocks - 1), read.sackStart(blocks - 1));
            assertEquals(-(blocks - 1), read.sackEnd(blocks - 1));
        }
    }

    @Test
    void sack_lengthThatHoldsNoWholeBlocks_skipped() {
        put(new byte[] {5, 9, 1, 1, 1, 1, 1, 1, 1, 2, 4, 5, (byte) 0xb4, 0, 0, 0});
        assertEquals(0, read().sackBlocks());
        assertEquals(1460, read().mss());
    }

    private static byte[] options(int mss, int shift) {
        Region scratch = Region.allocate(16);
        try {
            byte[] bytes = new byte[TcpHeaderOptions.putSyn(scratch.address(), mss, shift, false, false, 0, 0)];
            Mem.copyOut(scratch.address(), bytes, 0, bytes.length);
            return bytes;
        } finally {
            scratch.close();
        }
    }

    private TcpHeaderOptions read() {
        options.read(header);
        return options;
    }

    /** Writes a header with these options; a multiple of four bytes. */
    private void put(byte[] options) {
        TcpHeader.put(header, 1, 2, 3, 4, TcpHeader.BYTES + options.length, TcpHeader.SYN, 5);
        Mem.copyIn(options, 0, header + TcpHeader.BYTES, options.length);
    }
}
