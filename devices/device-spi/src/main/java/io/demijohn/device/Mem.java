package io.demijohn.device;

import java.lang.ref.Reference;
import java.nio.Buffer;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import jdk.internal.misc.Unsafe;
import sun.nio.ch.DirectBuffer;

/**
 * Raw memory: the one class that touches addresses.
 *
 * <p>Every method takes absolute native addresses and checks nothing: bounds belong to the callers ({@link PacketBuffer}
 * and {@link Region} know theirs). Multi-byte accessors ending in {@code Be} are big-endian (network order), the others
 * are in the order of the machine. Any thread may call; plain accesses give no order between threads.
 */
public final class Mem {
    private static final Unsafe UNSAFE = Unsafe.getUnsafe();
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private static final long BYTES_BASE = bytesBase();

    /** Not null in a buffer over a memory segment of the JDK. */
    private static final long SEGMENT = UNSAFE.objectFieldOffset(Buffer.class, "segment");

    private Mem() {}

    /** Returns the address of {@code bytes} of memory, content undefined so that untouched pages cost nothing; {@link Region} aligns it. */
    static long allocate(long bytes) {
        return UNSAFE.allocateMemory(bytes);
    }

    static void free(long address) {
        UNSAFE.freeMemory(address);
    }

    /** Returns the byte at {@code address}, 0 to 255. */
    public static int getU8(long address) {
        return UNSAFE.getByte(address) & 0xff;
    }

    public static void putU8(long address, int value) {
        UNSAFE.putByte(address, (byte) value);
    }

    /** Returns the big-endian 16-bit value at {@code address}, 0 to 65535; any alignment. */
    public static int getU16Be(long address) {
        short raw = UNSAFE.getShortUnaligned(null, address);
        return (LITTLE ? Short.reverseBytes(raw) : raw) & 0xffff;
    }

    public static void putU16Be(long address, int value) {
        short raw = (short) value;
        UNSAFE.putShortUnaligned(null, address, LITTLE ? Short.reverseBytes(raw) : raw);
    }

    /** Returns the big-endian 32-bit value at {@code address}; any alignment. */
    public static int getIntBe(long address) {
        int raw = UNSAFE.getIntUnaligned(null, address);
        return LITTLE ? Integer.reverseBytes(raw) : raw;
    }

    public static void putIntBe(long address, int value) {
        UNSAFE.putIntUnaligned(null, address, LITTLE ? Integer.reverseBytes(value) : value);
    }

    /** Returns the big-endian 64-bit value at {@code address}; any alignment. */
    public static long getLongBe(long address) {
        long raw = UNSAFE.getLongUnaligned(null, address);
        return LITTLE ? Long.reverseBytes(raw) : raw;
    }

    public static void putLongBe(long address, long value) {
        UNSAFE.putLongUnaligned(null, address, LITTLE ? Long.reverseBytes(value) : value);
    }

    /** Returns the 32-bit value at {@code address} in the machine's order; any alignment. */
    public static int getInt(long address) {
        return UNSAFE.getIntUnaligned(null, address);
    }

    public static void putInt(long address, int value) {
        UNSAFE.putIntUnaligned(null, address, value);
    }

    /** Returns the 16-bit value at {@code address} in the machine's order, 0 to 65535; any alignment. */
    public static int getU16(long address) {
        return UNSAFE.getShortUnaligned(null, address) & 0xffff;
    }

    public static void putU16(long address, int value) {
        UNSAFE.putShortUnaligned(null, address, (short) value);
    }

    /** Returns the 64-bit value at {@code address} in the machine's order; any alignment. */
    public static long getLong(long address) {
        return UNSAFE.getLongUnaligned(null, address);
    }

    public static void putLong(long address, long value) {
        UNSAFE.putLongUnaligned(null, address, value);
    }

    /** Copies {@code bytes} from {@code source} to {@code target}; the ranges may overlap. */
    public static void copy(long source, long target, long bytes) {
        UNSAFE.copyMemory(source, target, bytes);
    }

    /** Copies {@code bytes} of {@code source} from {@code offset} on to {@code target}. */
    public static void copyIn(byte[] source, int offset, long target, int bytes) {
        UNSAFE.copyMemory(source, BYTES_BASE + offset, null, target, bytes);
    }

    /** Copies {@code bytes} from {@code source} into {@code target} at {@code offset}. */
    public static void copyOut(long source, byte[] target, int offset, int bytes) {
        UNSAFE.copyMemory(null, source, target, BYTES_BASE + offset, bytes);
    }

    /**
     * Copies {@code bytes} from the position of {@code source} to {@code target} and moves the position on.
     *
     * @throws java.nio.BufferUnderflowException if {@code source} has fewer bytes remaining
     */
    public static void copyIn(ByteBuffer source, long target, int bytes) {
        int position = source.position();
        requireRemaining(source, bytes, true);
        if (source.hasArray()) {
            copyIn(source.array(), source.arrayOffset() + position, target, bytes);
        } else if (source instanceof DirectBuffer direct && !isOfSegment(source)) {
            try {
                UNSAFE.copyMemory(direct.address() + position, target, bytes);
            } finally {
                Reference.reachabilityFence(source);
            }
        } else { // a read-only heap buffer hides its array
            ByteBuffer ordered = source.duplicate().order(ByteOrder.nativeOrder());
            int index = 0;
            for (; index + Long.BYTES <= bytes; index += Long.BYTES) {
                UNSAFE.putLongUnaligned(null, target + index, ordered.getLong(position + index));
            }
            for (; index < bytes; index++) {
                UNSAFE.putByte(target + index, ordered.get(position + index));
            }
        }
        source.position(position + bytes);
    }

    /**
     * Copies {@code bytes} from {@code source} to the position of {@code target} and moves the position on.
     *
     * @throws java.nio.BufferOverflowException if {@code target} has fewer bytes remaining
     */
    public static void copyOut(long source, ByteBuffer target, int bytes) {
        int position = target.position();
        requireRemaining(target, bytes, false);
        if (target.hasArray()) {
            copyOut(source, target.array(), target.arrayOffset() + position, bytes);
        } else if (target.isReadOnly()) {
            throw new ReadOnlyBufferException();
        } else if (target instanceof DirectBuffer direct && !isOfSegment(target)) {
            try {
                UNSAFE.copyMemory(source, direct.address() + position, bytes);
            } finally {
                Reference.reachabilityFence(target);
            }
        } else {
            ByteBuffer ordered = target.duplicate().order(ByteOrder.nativeOrder());
            int index = 0;
            for (; index + Long.BYTES <= bytes; index += Long.BYTES) {
                ordered.putLong(position + index, UNSAFE.getLongUnaligned(null, source + index));
            }
            for (; index < bytes; index++) {
                ordered.put(position + index, UNSAFE.getByte(source + index));
            }
        }
        target.position(position + bytes);
    }

    /** Another thread may free the memory of such a buffer at any time: only the buffer's own methods hold it while they copy. */
    private static boolean isOfSegment(ByteBuffer buffer) {
        return UNSAFE.getReference(buffer, SEGMENT) != null;
    }

    public static void fill(long address, long bytes, int value) {
        UNSAFE.setMemory(address, bytes, (byte) value);
    }

    /** Reads the constant by reflection: it is an int up to JDK 24 and a long from 25 on, so code cannot link to both. */
    private static long bytesBase() {
        try {
            return Unsafe.class.getField("ARRAY_BYTE_BASE_OFFSET").getLong(null);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static void requireRemaining(ByteBuffer buffer, int bytes, boolean reading) {
        if (bytes < 0 || bytes > buffer.remaining()) {
            if (reading) {
                throw new BufferUnderflowException();
            }
            throw new BufferOverflowException();
        }
    }
}
