package io.demijohn.device;

/**
 * A contiguous piece of native memory that devices may read and write.
 *
 * <p>Owned by whoever created it and freed by {@link #close}; the caller makes sure that nothing uses it by then. A
 * region is registered with every device that needs it through {@link NetDevice#register}. Any thread may read the
 * address and size.
 */
public final class Region implements AutoCloseable {
    /** Alignment of every region's start in bytes: a page. */
    public static final int ALIGNMENT_BYTES = 4096;

    private final long block;
    private final long address;
    private final long bytes;
    private boolean closed;

    private Region(long block, long address, long bytes) {
        this.block = block;
        this.address = address;
        this.bytes = bytes;
    }

    /**
     * Returns a region of {@code bytes}, content undefined.
     *
     * @throws IllegalArgumentException if {@code bytes} is not positive
     * @throws OutOfMemoryError if the process cannot have that much
     */
    public static Region allocate(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("region of " + bytes + " bytes: must be positive");
        }
        long block = Mem.allocate(bytes + ALIGNMENT_BYTES);
        long aligned = (block + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
        return new Region(block, aligned, bytes);
    }

    /** Returns the native address of the first byte. */
    public long address() {
        return address;
    }

    /** Returns the usable size in bytes. */
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Mem.free(block);
        }
    }
}
