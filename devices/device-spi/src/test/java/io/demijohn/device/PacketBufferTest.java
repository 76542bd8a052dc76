package io.demijohn.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The window of valid bytes and the reference count. */
final class PacketBufferTest {
    private static final int SLOT_BYTES = 512;
    private final Region region = Region.allocate(SLOT_BYTES);
    private final BufferPool pool = new BufferPool(region, SLOT_BYTES);
    private final PacketBuffer buffer = Objects.requireNonNull(pool.acquire());

    @AfterEach
    void freeMemory() {
        region.close();
    }

    @Test
    void fresh_isEmptyWithTheStandardHeadroom() {
        assertWindow(BufferPool.HEADROOM_BYTES, 0);
        assertEquals(SLOT_BYTES, buffer.capacity());
        assertEquals(region.address() + BufferPool.HEADROOM_BYTES, buffer.address());
    }

    @Test
    void grownAndTrimmed_windowMoves() {
        assertEquals(region.address() + 128, buffer.append(100));
        assertEquals(region.address() + 228, buffer.append(4));
        assertWindow(128, 104);
        assertEquals(region.address() + 108, buffer.prepend(20));
        assertWindow(108, 124);
        buffer.trimFront(24);
        assertWindow(132, 100);
        buffer.trimTo(7);
        assertWindow(132, 7);
        buffer.window(0, SLOT_BYTES);
        assertWindow(0, SLOT_BYTES);
    }

    @Test
    void windowEdges_passed_failAndChangeNothing() {
        buffer.append(10);
        assertBug(() -> buffer.prepend(129));
        assertBug(() -> buffer.prepend(-1));
        assertBug(() -> buffer.append(375));
        assertBug(() -> buffer.append(-1));
        assertBug(() -> buffer.trimFront(11));
        assertBug(() -> buffer.trimFront(-1));
        assertBug(() -> buffer.trimTo(11));
        assertBug(() -> buffer.trimTo(-1));
        assertWindow(128, 10);
    }

    @Test
    void windowOutsideTheSlot_failsEvenWhereTheSumOverflows() {
        assertBug(() -> buffer.window(-1, 0));
        assertBug(() -> buffer.window(0, -1));
        assertBug(() -> buffer.window(1, SLOT_BYTES));
        assertBug(() -> buffer.window(1, Integer.MAX_VALUE));
        assertBug(() -> buffer.window(Integer.MAX_VALUE, Integer.MAX_VALUE));
        assertBug(() -> buffer.window(SLOT_BYTES + 1, 0));
        assertWindow(128, 0);
    }

    @Test
    void retained_goesHomeWithTheLastReference() {
        buffer.retain();
        buffer.release();
        assertEquals(0, pool.freeCount());
        buffer.releaseRemote();
        assertEquals(1, pool.freeCount());
    }

    @Test
    void releasedTwice_fails() {
        buffer.release();
        assertBug(buffer::release);
        assertBug(buffer::releaseRemote);
        assertBug(buffer::retain);
        assertEquals(1, pool.freeCount());
    }

    @Test
    void reused_startsAfresh() {
        buffer.append(50);
        buffer.next = buffer;
        buffer.release();
        PacketBuffer again = Objects.requireNonNull(pool.acquire());
        assertEquals(buffer, again);
        assertEquals(null, again.next);
        assertWindow(BufferPool.HEADROOM_BYTES, 0);
    }

    @Test
    void headReleased_allItsPiecesGoHome_eachUnlinked() {
        for (boolean remote : new boolean[] {false, true}) {
            try (Region memory = Region.allocate(3 * SLOT_BYTES)) {
                BufferPool three = new BufferPool(memory, SLOT_BYTES);
                PacketBuffer head = Objects.requireNonNull(three.acquire());
                PacketBuffer second = Objects.requireNonNull(three.acquire());
                head.more = second;
                second.more = three.acquire();
                head.retain();
                head.release();
                assertEquals(0, three.freeCount(), "somebody still holds the packet");
                if (remote) {
                    head.releaseRemote();
                } else {
                    head.release();
                }
                assertEquals(3, three.freeCount());
                assertEquals(null, head.more);
                assertEquals(null, second.more);
            }
        }
    }

    @Test
    void segmentsWanted_besideTheChecksum_bothStay_andTheNextUseForgetsThem() {
        buffer.append(100);
        buffer.wantChecksum(34, 16);
        buffer.wantSegments(VirtioNetHeader.TCP6 | VirtioNetHeader.ECN, 65_535);
        buffer.prepend(14);
        assertEquals(48, buffer.checksumStart());
        assertEquals(16, buffer.checksumField());
        assertEquals(65_535, buffer.segmentBytes());
        assertEquals(VirtioNetHeader.TCP6 | VirtioNetHeader.ECN, buffer.segmentKind());
        buffer.release();
        PacketBuffer again = Objects.requireNonNull(pool.acquire());
        assertEquals(0, again.segmentBytes());
        assertEquals(0, again.segmentKind());
        again.markSegments(1448);
        again.markChecksumVerified();
        assertEquals(1448, again.segmentBytes());
        assertEquals(0, again.segmentKind());
        assertBug(() -> again.wantSegments(VirtioNetHeader.TCP4, 0));
        assertBug(() -> again.wantSegments(VirtioNetHeader.TCP4, 65_536));
        assertBug(() -> again.markSegments(0));
    }

    private void assertWindow(int headroomBytes, int lengthBytes) {
        assertEquals(headroomBytes, buffer.headroom());
        assertEquals(lengthBytes, buffer.length());
        assertEquals(SLOT_BYTES - headroomBytes - lengthBytes, buffer.tailroom());
    }

    private static void assertBug(Executable action) {
        assertThrows(IllegalStateException.class, action);
    }
}
