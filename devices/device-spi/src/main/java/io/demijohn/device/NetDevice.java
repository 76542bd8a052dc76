package io.demijohn.device;

/**
 * One queue pair of a network device.
 *
 * <p>{@link #receive} and {@link #transmit} are for the thread that drives the engine; {@link #awaitInterrupt} is for one
 * sleeping thread at a time and may run beside them; {@link #wakeup} is for any thread. Nothing here throws once the
 * device is open: a device that vanished answers {@link #GONE}.
 */
public interface NetDevice extends AutoCloseable {
    /** Status of {@link #receive} and {@link #transmit}: the device is gone and stays so. */
    int GONE = -1;

    /** Returns the URI that opened it, as the user typed it, such as {@code tap:dj0}. */
    String uri();

    /** Returns the station address in the low 48 bits. */
    long macAddress();

    /** Returns the largest IP packet in bytes that one frame carries. */
    int mtuBytes();

    /**
     * Returns the index of the kernel's interface on the same link, which is the scope id of link-local addresses there, or 0
     * if the kernel has none.
     */
    default int interfaceIndex() {
        return 0;
    }

    /** Returns what the device does for the stack. */
    Capabilities capabilities();

    /**
     * Lets the device read and write {@code region} until it is closed.
     *
     * @throws DeviceException if the device cannot, with what to change
     */
    void register(Region region) throws DeviceException;

    /**
     * Receives up to {@code max} frames into {@code batch} from index 0 and returns their count, 0 for none, or {@link
     * #GONE}. Gives the buffers, taken from {@code pool}, each with one reference; receives fewer when the pool is empty.
     */
    int receive(PacketBuffer[] batch, int max, BufferPool pool);

    /**
     * Sends frames {@code batch[from]} to {@code batch[from + count - 1]} and returns how many it took, from the first on, or
     * {@link #GONE}. Takes those buffers: it releases them when the hardware is done. The others stay the caller's.
     */
    int transmit(PacketBuffer[] batch, int from, int count);

    /**
     * Sleeps until a frame may be there, {@link #wakeup} is called, or {@code timeoutNanos} pass; {@link Long#MAX_VALUE}
     * waits without end, 0 or less returns at once. May return early. A wakeup before the call counts; a frame that the driver
     * sent to itself while somebody sleeps here wakes nobody.
     */
    void awaitInterrupt(long timeoutNanos);

    /** Makes the current or the next {@link #awaitInterrupt} return. */
    void wakeup();

    /** Returns the frames that the device itself dropped so far, such as for want of buffers. */
    long dropped();

    /** Ends the device and gives its resources back; idempotent. Only when nobody drives the engine any more. */
    @Override
    void close();
}
