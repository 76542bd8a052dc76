package io.demijohn.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What virtio's header says of a frame, right and false. */
@Tag("proves:offload-checksum")
final class VirtioNetHeaderTest {
    private static final int FRAME_BYTES = 60;
    private static final int IP = 14;
    private static final int TCP = 20;
    private static final int CHECKSUM = 16;

    private final Region region = Region.allocate(4 * 2048L);
    private final BufferPool pool = new BufferPool(region, 2048);
    private final PacketBuffer frame = Objects.requireNonNull(pool.acquire());

    @AfterEach
    void closeRegion() {
        region.close();
    }

    @Test
    void noWish_write_allZero() {
        frame.append(FRAME_BYTES);
        Mem.fill(header(), VirtioNetHeader.BYTES, 0xff);
        VirtioNetHeader.write(header(), frame);
        assertEquals(0, Mem.getLong(header()));
        assertEquals(0, Mem.getU16(header() + 8));
    }

    @Test
    void wishBeforeLowerHeaders_write_countsFromTheFrame() {
        frame.append(TCP);
        frame.wantChecksum(0, CHECKSUM);
        frame.prepend(20);
        frame.prepend(IP);
        VirtioNetHeader.write(header(), frame);
        assertEquals(VirtioNetHeader.NEEDS_CHECKSUM, Mem.getU8(header()));
        assertEquals(34, Mem.getU16(header() + 6));
        assertEquals(CHECKSUM, Mem.getU16(header() + 8));
    }

    @Test
    void checkedOrNeverLeftTheHost_read_isVerified() {
        for (int flags : new int[] {VirtioNetHeader.DATA_VALID, VirtioNetHeader.NEEDS_CHECKSUM}) {
            PacketBuffer received = received();
            Mem.putU8(received.address() - VirtioNetHeader.BYTES, flags);
            assertTrue(VirtioNetHeader.read(received.address() - VirtioNetHeader.BYTES, received, false));
            assertTrue(received.checksumVerified());
            assertFalse(received.wantsChecksum());
            received.release();
        }
    }

    @Test
    void nothingSaid_read_isNotVerified_norIsTheBufferUsedAgain() {
        PacketBuffer first = received();
        first.markChecksumVerified();
        first.release();
        PacketBuffer again = received();
        assertTrue(VirtioNetHeader.read(again.address() - VirtioNetHeader.BYTES, again, false));
        assertFalse(again.checksumVerified());
    }

    @Test
    void checksumBehindTheFrame_read_refused() {
        PacketBuffer received = received();
        long header = received.address() - VirtioNetHeader.BYTES;
        Mem.putU8(header, VirtioNetHeader.NEEDS_CHECKSUM);
        Mem.putU16(header + 6, FRAME_BYTES - 1);
        assertFalse(VirtioNetHeader.read(header, received, false));
        Mem.putU16(header + 6, FRAME_BYTES - 2);
        assertTrue(VirtioNetHeader.read(header, received, false));
    }

    @Test
    void severalSegmentsThatNobodyAgreedTo_read_refused() {
        PacketBuffer received = received();
        long header = received.address() - VirtioNetHeader.BYTES;
        Mem.putU8(header + 1, 1);
        Mem.putU16(header + 4, 1448);
        assertFalse(VirtioNetHeader.read(header, received, false));
    }

    @Test
    @Tag("proves:offload-coalescing")
    void severalSegmentsAgreedTo_read_sizeIsMarked_falseOnesRefused() {
        for (int kind :
                new int[] {VirtioNetHeader.TCP4, VirtioNetHeader.TCP6, VirtioNetHeader.TCP4 | VirtioNetHeader.ECN}) {
            assertTrue(readSegments(kind, 1448), "kind " + kind);
        }
        assertFalse(readSegments(VirtioNetHeader.TCP4, 0), "no size");
        assertFalse(readSegments(VirtioNetHeader.ECN, 1448), "no kind");
        assertFalse(readSegments(3, 1448), "UDP in fragments");
        assertFalse(readSegments(5, 1448), "UDP datagrams");
    }

    private boolean readSegments(int kind, int segmentBytes) {
        PacketBuffer received = received();
        long header = received.address() - VirtioNetHeader.BYTES;
        Mem.putU8(header + 1, kind);
        Mem.putU16(header + 4, segmentBytes);
        boolean taken = VirtioNetHeader.read(header, received, true);
        assertEquals(taken ? segmentBytes : 0, received.segmentBytes());
        received.release();
        return taken;
    }

    @Test
    @Tag("proves:offload-segmentation")
    void segmentsWanted_write_kindHeadersAndSize() {
        frame.append(TCP + 12 + 1000);
        Mem.putU8(frame.address() + 12, 8 << 4);
        frame.wantChecksum(0, CHECKSUM);
        frame.wantSegments(VirtioNetHeader.TCP4 | VirtioNetHeader.ECN, 1448);
        frame.prepend(20);
        frame.prepend(IP);
        VirtioNetHeader.write(header(), frame);
        assertEquals(VirtioNetHeader.NEEDS_CHECKSUM, Mem.getU8(header()));
        assertEquals(0x81, Mem.getU8(header() + 1));
        assertEquals(34 + 32, Mem.getU16(header() + 2));
        assertEquals(1448, Mem.getU16(header() + 4));
        assertEquals(34, Mem.getU16(header() + 6));
        assertEquals(CHECKSUM, Mem.getU16(header() + 8));
    }

    @Test
    void anyBytes_read_neverThrows() {
        PacketBuffer received = received();
        Random random = new Random(7);
        byte[] bytes = new byte[VirtioNetHeader.BYTES];
        for (int round = 0; round < 10_000; round++) {
            random.nextBytes(bytes);
            Mem.copyIn(bytes, 0, received.address() - VirtioNetHeader.BYTES, bytes.length);
            long header = received.address() - VirtioNetHeader.BYTES;
            assertTrue(!VirtioNetHeader.read(header, received, false) || bytes[1] == 0);
            assertTrue(!VirtioNetHeader.read(header, received, true) || (bytes[1] & 0x7f) < 5);
        }
    }

    private long header() {
        return frame.address() - VirtioNetHeader.BYTES;
    }

    private PacketBuffer received() {
        PacketBuffer received = Objects.requireNonNull(pool.acquire());
        Mem.fill(received.address() - VirtioNetHeader.BYTES, VirtioNetHeader.BYTES, 0);
        received.append(FRAME_BYTES);
        return received;
    }
}
