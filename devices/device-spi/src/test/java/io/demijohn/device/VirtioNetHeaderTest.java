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
            assertTrue(VirtioNetHeader.read(received.address() - VirtioNetHeader.BYTES, received));
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
        assertTrue(VirtioNetHeader.read(again.address() - VirtioNetHeader.BYTES, again));
        assertFalse(again.checksumVerified());
    }

    @Test
    void checksumBehindTheFrame_read_refused() {
        PacketBuffer received = received();
        long header = received.address() - VirtioNetHeader.BYTES;
        Mem.putU8(header, VirtioNetHeader.NEEDS_CHECKSUM);
        Mem.putU16(header + 6, FRAME_BYTES - 1);
        assertFalse(VirtioNetHeader.read(header, received));
        Mem.putU16(header + 6, FRAME_BYTES - 2);
        assertTrue(VirtioNetHeader.read(header, received));
    }

    @Test
    void severalSegmentsThatNobodyAgreedTo_read_refused() {
        PacketBuffer received = received();
        long header = received.address() - VirtioNetHeader.BYTES;
        Mem.putU8(header + 1, 1);
        Mem.putU16(header + 4, 1448);
        assertFalse(VirtioNetHeader.read(header, received));
    }

    @Test
    void anyBytes_read_neverThrows() {
        PacketBuffer received = received();
        Random random = new Random(7);
        byte[] bytes = new byte[VirtioNetHeader.BYTES];
        for (int round = 0; round < 10_000; round++) {
            random.nextBytes(bytes);
            Mem.copyIn(bytes, 0, received.address() - VirtioNetHeader.BYTES, bytes.length);
            boolean sound = VirtioNetHeader.read(received.address() - VirtioNetHeader.BYTES, received);
            assertTrue(!sound || bytes[1] == 0);
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
