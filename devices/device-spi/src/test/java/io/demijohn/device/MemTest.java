package io.demijohn.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Byte order and the copies to and from every kind of buffer. */
final class MemTest {
    private static final int BYTES = 16;
    private final Region region = Region.allocate(64);
    private final long at = region.address() + 3; // nothing need be aligned

    /** The kinds of ByteBuffer an application may hand in, each with position 2 and 4 bytes of slack before it. */
    enum Kind {
        HEAP,
        HEAP_SLICE,
        DIRECT,
        DIRECT_SLICE;

        ByteBuffer make(int bytes) {
            ByteBuffer whole = this == DIRECT || this == DIRECT_SLICE
                    ? ByteBuffer.allocateDirect(bytes + 8)
                    : ByteBuffer.allocate(bytes + 8);
            ByteBuffer buffer = this == HEAP_SLICE || this == DIRECT_SLICE
                    ? whole.position(4).slice()
                    : whole;
            return buffer.position(2).limit(2 + bytes);
        }
    }

    @AfterEach
    void freeMemory() {
        region.close();
    }

    @Test
    void bigEndianAccessors_areInNetworkOrder() {
        Mem.putLongBe(at, 0x0102030405060708L);
        assertEquals(0x0102030405060708L, Mem.getLongBe(at));
        assertEquals(0x01020304, Mem.getIntBe(at));
        assertEquals(0x0102, Mem.getU16Be(at));
        assertEquals(0x01, Mem.getU8(at));
        Mem.putIntBe(at, 0xfffefdfc);
        assertEquals(0xfffefdfc, Mem.getIntBe(at));
        Mem.putU16Be(at, 0xfedc);
        assertEquals(0xfedc, Mem.getU16Be(at));
        assertEquals(0xfe, Mem.getU8(at));
        Mem.putU8(at, 0x180);
        assertEquals(0x80, Mem.getU8(at));
    }

    @Test
    void nativeAccessors_roundTrip() {
        Mem.putLong(at, -2);
        assertEquals(-2, Mem.getLong(at));
        Mem.putInt(at, -3);
        assertEquals(-3, Mem.getInt(at));
        Mem.putU16(at, 0xfffc);
        assertEquals(0xfffc, Mem.getU16(at));
    }

    @ParameterizedTest
    @EnumSource
    void copyIn_everyKindWritableAndReadOnly_movesBytesAndPosition(Kind kind) {
        ByteBuffer buffer = kind.make(BYTES);
        fill(buffer);
        assertCopiedIn(buffer.duplicate());
        Mem.fill(at, BYTES, 0);
        assertCopiedIn(buffer.asReadOnlyBuffer());
    }

    @ParameterizedTest
    @EnumSource
    void copyOut_everyKind_movesBytesAndPosition(Kind kind) {
        for (int index = 0; index < BYTES; index++) {
            Mem.putU8(at + index, index + 1);
        }
        ByteBuffer buffer = kind.make(BYTES);
        Mem.copyOut(at, buffer, BYTES - 1);
        assertEquals(2 + BYTES - 1, buffer.position());
        for (int index = 0; index < BYTES - 1; index++) {
            assertEquals(index + 1, buffer.get(2 + index));
        }
        assertEquals(0, buffer.get(2 + BYTES - 1), "one byte too many");
        assertEquals(0, buffer.get(1), "one byte too early");
    }

    @ParameterizedTest
    @EnumSource
    void copyPastTheLimit_throwsAndChangesNothing(Kind kind) {
        ByteBuffer buffer = kind.make(BYTES);
        assertThrows(BufferUnderflowException.class, () -> Mem.copyIn(buffer, at, BYTES + 1));
        assertThrows(BufferUnderflowException.class, () -> Mem.copyIn(buffer, at, -1));
        assertThrows(BufferOverflowException.class, () -> Mem.copyOut(at, buffer, BYTES + 1));
        assertThrows(BufferOverflowException.class, () -> Mem.copyOut(at, buffer, -1));
        assertEquals(2, buffer.position());
    }

    @ParameterizedTest
    @EnumSource
    void copyOutToReadOnly_throwsAndWritesNothing(Kind kind) {
        Mem.putU8(at, 7);
        ByteBuffer buffer = kind.make(BYTES);
        assertThrows(ReadOnlyBufferException.class, () -> Mem.copyOut(at, buffer.asReadOnlyBuffer(), 1));
        assertEquals(0, buffer.get(2));
    }

    @Test
    void copies_ofABufferOfASharedArena_moveBytesUntilItCloses() throws Exception {
        assumeTrue(Runtime.version().feature() >= 22, "skipped: this JDK has no java.lang.foreign.Arena");
        Class<?> arenas = Class.forName("java.lang.foreign.Arena");
        Object arena = arenas.getMethod("ofShared").invoke(null);
        Object segment = arenas.getMethod("allocate", long.class).invoke(arena, BYTES);
        ByteBuffer buffer = (ByteBuffer) Class.forName("java.lang.foreign.MemorySegment")
                .getMethod("asByteBuffer")
                .invoke(segment);
        for (int i = 0; i < BYTES; i++) {
            buffer.put(i, (byte) (i * 7));
        }
        buffer.position(2);
        Mem.copyIn(buffer, at, 13);
        assertEquals(15, buffer.position());
        buffer.position(3);
        Mem.copyOut(at, buffer, 13);
        assertEquals(BYTES, buffer.position());
        for (int i = 0; i < 13; i++) {
            assertEquals((byte) ((i + 2) * 7), buffer.get(i + 3), "byte " + i);
        }
        arenas.getMethod("close").invoke(arena);
        buffer.position(0);
        assertThrows(IllegalStateException.class, () -> Mem.copyIn(buffer, at, 13));
        assertThrows(IllegalStateException.class, () -> Mem.copyOut(at, buffer, 13));
    }

    @Test
    void arraysAndOverlaps_copyExactly() {
        byte[] source = {9, 1, 2, 3, 9};
        Mem.copyIn(source, 1, at, 3);
        byte[] target = new byte[5];
        Mem.copyOut(at, target, 2, 3);
        assertArrayEquals(new byte[] {0, 0, 1, 2, 3}, target);
        Mem.copy(at, at + 1, 3);
        Mem.copyOut(at, target, 0, 4);
        assertArrayEquals(new byte[] {1, 1, 2, 3, 3}, target);
    }

    @Test
    void region_isPageAlignedAndClosesTwice() {
        for (long bytes : new long[] {1, 4095, 4096, 4097, 1_000_000}) {
            Region fresh = Region.allocate(bytes);
            assertEquals(0, fresh.address() % Region.ALIGNMENT_BYTES);
            assertEquals(bytes, fresh.bytes());
            fresh.close();
            fresh.close();
        }
        assertThrows(IllegalArgumentException.class, () -> Region.allocate(0));
        assertThrows(IllegalArgumentException.class, () -> Region.allocate(-1));
        assertThrows(IllegalArgumentException.class, () -> Region.allocate(Long.MAX_VALUE));
    }

    private void assertCopiedIn(ByteBuffer buffer) {
        Mem.putU8(at + BYTES - 1, 0);
        Mem.copyIn(buffer, at, BYTES - 1);
        assertEquals(2 + BYTES - 1, buffer.position());
        for (int index = 0; index < BYTES - 1; index++) {
            assertEquals(index + 1, Mem.getU8(at + index));
        }
        assertEquals(0, Mem.getU8(at + BYTES - 1), "one byte too many");
    }

    private static void fill(ByteBuffer buffer) {
        for (int index = 0; index < BYTES; index++) {
            buffer.put(2 + index, (byte) (index + 1));
        }
    }
}
