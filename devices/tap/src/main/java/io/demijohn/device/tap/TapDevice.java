package io.demijohn.device.tap;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Capabilities;
import io.demijohn.device.Mem;
import io.demijohn.device.NetDevice;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import io.demijohn.device.VirtioNetHeader;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One tap interface: each read and each write of its descriptor is one Ethernet frame, straight into or out of packet
 * buffer memory.
 *
 * <p>Owned by one engine. The driver alone uses the tap's descriptor for frames; the sleeper polls it beside an eventfd,
 * which {@link #wakeup} writes. With IFF_VNET_HDR a virtio header stands before each frame, in the buffer's headroom, and one
 * call still moves both: the kernel makes our TCP checksums where a frame leaves this host, and says which of its own frames
 * need no check; TCP segments cross together, up to 64 KiB of them in one frame (a chain of buffers), and are cut where
 * they leave this host. Without it every frame has full checksums in both directions and one segment. What the kernel drops
 * because its own queue is full stands in the interface's statistics, not here.
 */
final class TapDevice implements NetDevice {
    private static final int BURST_MAX = 64;
    /** The total length of an IPv4 packet ends there. */
    private static final int SEGMENTED_MAX_BYTES = 65_535;

    /*
     *  the sleeper's memory
     *  0          8          16          24              32        40       48
     *   | pollfd   | pollfd   | seconds   | nanoseconds   | counter | one    |
     *     tap        eventfd    timespec                    read in   written
     */
    private static final int POLL_EVENT = 8;
    private static final int TIMEOUT = 16;
    private static final int COUNTER = 32;
    private static final int ONE = 40;
    private static final int SLEEP_BYTES = 48;
    private static final int POLL_EVENTS = 4;
    private static final int POLL_RESULT = 6;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final String uri;
    private final int eventFd;
    private final long macAddress;
    private final int mtuBytes;
    private final int headerBytes;
    private final boolean segments;
    private final Capabilities capabilities;
    private final int interfaceIndex;
    private final FrameVectors vectors = new FrameVectors();
    private final Region sleep = Region.allocate(SLEEP_BYTES);
    private final AtomicBoolean wakePosted = new AtomicBoolean();
    private final ReentrantLock sleepLock = new ReentrantLock();
    private final ReentrantLock wakeLock = new ReentrantLock();
    private int fd;
    private boolean gone;
    private boolean closed;
    private long dropped;

    /** Takes the descriptors of an attached tap, which does {@code offload}, and of an eventfd, both non-blocking. */
    TapDevice(String uri, int fd, int eventFd, long macAddress, int mtuBytes, int interfaceIndex, Offload offload) {
        this.uri = uri;
        this.fd = fd;
        this.eventFd = eventFd;
        this.macAddress = macAddress;
        this.mtuBytes = mtuBytes;
        boolean headers = offload != Offload.OFF;
        this.headerBytes = headers ? VirtioNetHeader.BYTES : 0;
        this.segments = offload == Offload.ON;
        this.capabilities = new Capabilities(false, headers, true, true, BURST_MAX, segments ? SEGMENTED_MAX_BYTES : 0);
        this.interfaceIndex = interfaceIndex;
        long address = sleep.address();
        Mem.fill(address, SLEEP_BYTES, 0);
        Mem.putInt(address, fd);
        Mem.putU16(address + POLL_EVENTS, Libc.POLLIN);
        Mem.putInt(address + POLL_EVENT, eventFd);
        Mem.putU16(address + POLL_EVENT + POLL_EVENTS, Libc.POLLIN);
        Mem.putLong(address + ONE, 1);
    }

    @Override
    public String uri() {
        return uri;
    }

    @Override
    public long macAddress() {
        return macAddress;
    }

    @Override
    public int mtuBytes() {
        return mtuBytes;
    }

    @Override
    public int interfaceIndex() {
        return interfaceIndex;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    /** Does nothing: the kernel reads and writes any memory of the process. */
    @Override
    public void register(Region region) {}

    @Override
    public int receive(PacketBuffer[] batch, int max, BufferPool pool) {
        int count = 0;
        for (int look = 0; look < max && !gone; look++) {
            PacketBuffer buffer = pool.acquire();
            if (buffer == null) {
                break;
            }
            long bytes = segments
                    ? vectors.read(fd, buffer, headerBytes)
                    : Libc.read(fd, buffer.address() - headerBytes, buffer.tailroom() + (long) headerBytes);
            if (bytes <= 0) {
                buffer.release();
                gone = bytes < 0 && isGone(Libc.errno());
                break;
            }
            if (takes(buffer, (int) bytes - headerBytes, pool)) {
                batch[count++] = buffer;
            } else {
                dropped++;
                buffer.release();
            }
        }
        return count == 0 && gone ? GONE : count;
    }

    @Override
    public int transmit(PacketBuffer[] batch, int from, int count) {
        int taken = 0;
        while (taken < count && !gone) {
            PacketBuffer buffer = batch[from + taken];
            long start = buffer.address() - headerBytes;
            if (headerBytes > 0) {
                VirtioNetHeader.write(start, buffer);
            }
            long written = buffer.more == null
                    ? Libc.write(fd, start, buffer.length() + (long) headerBytes)
                    : vectors.write(fd, buffer, headerBytes);
            if (written < 0) {
                int errno = Libc.errno();
                if (errno == Libc.EAGAIN || errno == Libc.EINTR) {
                    break;
                }
                gone = isGone(errno);
                if (gone) {
                    break;
                }
                dropped++; // the link is down (EIO), the kernel is out of memory, or the frame is malformed
            }
            buffer.release();
            taken++;
        }
        return taken == 0 && gone ? GONE : taken;
    }

    @Override
    public void awaitInterrupt(long timeoutNanos) {
        sleepLock.lock();
        try {
            if (closed) {
                return;
            }
            long address = sleep.address();
            long timeout = 0;
            if (timeoutNanos != Long.MAX_VALUE) {
                long nanos = Math.max(timeoutNanos, 0);
                timeout = address + TIMEOUT;
                Mem.putLong(timeout, nanos / NANOS_PER_SECOND);
                Mem.putLong(timeout + Long.BYTES, nanos % NANOS_PER_SECOND);
            }
            boolean ready = Libc.ppoll(address, 2, timeout, 0) > 0;
            if (ready && Mem.getU16(address + POLL_EVENT + POLL_RESULT) != 0) {
                Libc.read(eventFd, address + COUNTER, Long.BYTES);
                wakePosted.getAndSet(false); // after the read: a wakeup in between is this one
            }
        } finally {
            sleepLock.unlock();
        }
    }

    @Override
    public void wakeup() {
        if (wakePosted.getAndSet(true)) {
            return; // the eventfd is written, or about to be
        }
        wakeLock.lock();
        try {
            if (!closed) {
                Libc.write(eventFd, sleep.address() + ONE, Long.BYTES);
            }
        } finally {
            wakeLock.unlock();
        }
    }

    /**
     * Returns the frames lost on sending (link down, kernel out of memory, malformed), or that came with a false header or
     * larger than the pool had room for; exact on the driver's thread.
     */
    @Override
    public long dropped() {
        return dropped;
    }

    /** Closes once nobody sleeps or wakes any more, so that no call meets a descriptor that is somebody else's by then. */
    @Override
    public void close() {
        wakeup();
        sleepLock.lock();
        wakeLock.lock();
        try {
            if (!closed) {
                closed = true;
                gone = true;
                Libc.close(fd);
                Libc.close(eventFd);
                fd = -1;
                sleep.close();
                vectors.close();
            }
        } finally {
            wakeLock.unlock();
            sleepLock.unlock();
        }
    }

    /** Makes the frame behind the header the packet's bytes; false if it has no room, or the header is cut short or false. */
    private boolean takes(PacketBuffer buffer, int frameBytes, BufferPool pool) {
        if (frameBytes < 0 || !vectors.spread(buffer, frameBytes, pool)) {
            return false;
        }
        return headerBytes == 0 || VirtioNetHeader.read(buffer.address() - headerBytes, buffer, segments);
    }

    /** EBADFD: the interface was deleted; EIO is none of these, it means that the link is down. */
    private static boolean isGone(int errno) {
        return switch (errno) {
            case Libc.EBADFD, Libc.EBADF, Libc.EFAULT, Libc.ENODEV, Libc.ENXIO -> true;
            default -> false;
        };
    }
}
