package io.demijohn.linux.loss;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Capabilities;
import io.demijohn.device.Mem;
import io.demijohn.device.NetDevice;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import io.demijohn.linux.host.Libc;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An engine's device whose other side plugs into the bridge: frames are copied both ways, with full checksums.
 *
 * <p>Owned by one engine, its {@link #port} by the bridge. A full ring takes no more frames, as a network card's does; what
 * the bridge cannot give to a full ring it counts itself.
 */
final class WireDevice implements NetDevice {
    private static final int RING_SLOTS = 4096;
    private static final int TRANSMIT_BURST_MAX = 64;
    private static final int MTU_BYTES = 1500;
    private static final Capabilities CAPABILITIES = new Capabilities(false, false, true, true, TRANSMIT_BURST_MAX);

    private final long macAddress;
    private final FrameRing fromEngine = new FrameRing(RING_SLOTS);
    private final FrameRing toEngine = new FrameRing(RING_SLOTS);
    private final int eventFd = Libc.openEvent();
    private final Region event = Region.allocate(2 * Long.BYTES);
    private volatile boolean closed;
    private volatile boolean woken;
    private volatile boolean bridgeSleeps;
    private volatile @Nullable Thread sleeper;

    WireDevice(long macAddress) {
        this.macAddress = macAddress;
        Mem.putLong(event.address(), 1);
    }

    /** Returns the bridge's side; its {@code close} frees the memory of both, after the engine's. */
    Port port() {
        return new BridgeSide();
    }

    @Override
    public String uri() {
        return "wire:";
    }

    @Override
    public long macAddress() {
        return macAddress;
    }

    @Override
    public int mtuBytes() {
        return MTU_BYTES;
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    /** Does nothing: frames are copied. */
    @Override
    public void register(Region region) {}

    @Override
    public int receive(PacketBuffer[] batch, int max, BufferPool pool) {
        int count = 0;
        while (!closed && count < max && !toEngine.isEmpty()) {
            PacketBuffer buffer = pool.acquire();
            if (buffer == null) {
                break;
            }
            buffer.append(toEngine.take(buffer.address(), buffer.tailroom()));
            batch[count++] = buffer;
        }
        return closed ? GONE : count;
    }

    @Override
    public int transmit(PacketBuffer[] batch, int from, int count) {
        int taken = 0;
        while (!closed
                && taken < count
                && fromEngine.put(batch[from + taken].address(), batch[from + taken].length())) {
            batch[from + taken].release();
            taken++;
        }
        VarHandle.fullFence(); // the frames are in before the look at the sleeper; the bridge arms, then looks at the
        // ring
        if (taken > 0 && bridgeSleeps) {
            bridgeSleeps = false;
            Libc.write(eventFd, event.address(), Long.BYTES);
        }
        return closed ? GONE : taken;
    }

    @Override
    public void awaitInterrupt(long timeoutNanos) {
        if (timeoutNanos > 0) {
            sleeper = Thread.currentThread(); // volatile: before the looks
            if (!woken && toEngine.isEmpty() && !closed) {
                if (timeoutNanos == Long.MAX_VALUE) {
                    LockSupport.park(this);
                } else {
                    LockSupport.parkNanos(this, timeoutNanos);
                }
            }
            sleeper = null;
        }
        woken = false;
    }

    @Override
    public void wakeup() {
        woken = true;
        LockSupport.unpark(sleeper);
    }

    @Override
    public long dropped() {
        return 0;
    }

    @Override
    public void close() {
        closed = true;
        wakeup();
    }

    /** The same rings from the bridge's side. */
    private final class BridgeSide implements Port {
        @Override
        public int receive(long address, int max) {
            return fromEngine.take(address, max);
        }

        @Override
        public boolean transmit(long address, int bytes) {
            boolean taken = toEngine.put(address, bytes);
            VarHandle.fullFence(); // the frame is in before the look at the sleeper
            Thread thread = sleeper;
            if (thread != null) {
                sleeper = null; // once a sleep: a park that begins later finds the frame
                LockSupport.unpark(thread);
            }
            return taken;
        }

        @Override
        public int descriptor() {
            return eventFd;
        }

        @Override
        public boolean arm() {
            bridgeSleeps = true;
            VarHandle.fullFence();
            if (fromEngine.isEmpty()) {
                return true;
            }
            disarm();
            return false;
        }

        @Override
        public void disarm() {
            bridgeSleeps = false;
            Libc.read(eventFd, event.address() + Long.BYTES, Long.BYTES);
        }

        @Override
        public long dropped() {
            return 0;
        }

        @Override
        public void close() {
            Libc.close(eventFd);
            event.close();
            fromEngine.close();
            toEngine.close();
        }
    }
}
