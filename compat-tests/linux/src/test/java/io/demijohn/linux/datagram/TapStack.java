package io.demijohn.linux.datagram;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Capabilities;
import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import io.demijohn.linux.host.Libc;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.Stack;
import io.demijohn.stack.StackConfig;
import io.demijohn.stack.tcp.SendMemory;
import io.demijohn.stack.tcp.TcpConfig;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * One of our stacks, at 10.77.0.2/24 unless said otherwise, behind a tap interface of the kernel's, driven by the test's thread in real time.
 *
 * <p>Takes the descriptor of the tap interface and closes it.
 */
final class TapStack implements AutoCloseable {
    static final IpAddress OURS = IpAddress.ofIpv4(0x0A4D0002);
    static final IpAddress KERNEL = IpAddress.ofIpv4(0x0A4D0001);

    private static final int SLOT_BYTES = 2048;
    private static final int SLOTS = 1024;
    private static final int MTU_BYTES = 1500;
    private static final long PATIENCE_NANOS = 10_000_000_000L;
    private static final long WAIT_NANOS = 5_000_000L;
    private static final int POLLIN = 1;

    final Stack stack;
    final BufferPool pool;

    private final int fd;
    private final Region packets = Region.allocate(SLOTS * SLOT_BYTES);
    private final Region sending = Region.allocate(1 << 20);
    private final Region scratch = Region.allocate(64);
    private final PacketBuffer[] out = new PacketBuffer[SLOTS];

    /** Makes a stack of IPv4 whose gateway is the kernel. */
    TapStack(int fd) {
        this(fd, List.of(new LocalNetwork(OURS, 24, false)), KERNEL);
    }

    TapStack(int fd, List<LocalNetwork> networks, IpAddress gateway) {
        this.fd = fd;
        pool = new BufferPool(packets, SLOT_BYTES);
        StackConfig config = new StackConfig(
                0x02_64_6a_00_00_02L,
                networks,
                gateway,
                MTU_BYTES,
                true,
                new Capabilities(false, false, true, false, 64),
                TcpConfig.defaults(),
                7);
        stack = new Stack(config, pool, new SendMemory(sending), now());
    }

    long now() {
        return System.nanoTime();
    }

    /** Drives the stack until {@code done}; returns false if it takes too long. */
    boolean driveUntil(BooleanSupplier done) {
        long startNanos = now();
        while (!done.getAsBoolean()) {
            if (now() - startNanos > PATIENCE_NANOS) {
                return false;
            }
            if (!turn()) {
                awaitFrame();
            }
        }
        turn();
        return true;
    }

    /** Takes and sends what there is; returns whether there was anything. */
    private boolean turn() {
        boolean any = false;
        for (int count = 0; count < SLOTS / 2; count++) {
            PacketBuffer frame = pool.acquire();
            if (frame == null) {
                break;
            }
            long at = frame.append(SLOT_BYTES - BufferPool.HEADROOM_BYTES);
            int bytes = (int) Libc.read(fd, at, SLOT_BYTES - BufferPool.HEADROOM_BYTES);
            if (bytes <= 0) {
                frame.release();
                break;
            }
            frame.trimTo(bytes);
            stack.receive(frame, now());
            any = true;
        }
        stack.advance(now());
        int count = stack.drainTransmit(out, out.length);
        for (int index = 0; index < count; index++) {
            Libc.write(fd, out[index].address(), out[index].length());
            out[index].release();
        }
        return any || count > 0;
    }

    /** Waits a little for a frame. */
    private void awaitFrame() {
        long descriptor = scratch.address();
        long timeout = descriptor + 16;
        Mem.putInt(descriptor, fd);
        Mem.putU16(descriptor + 4, POLLIN);
        Mem.putU16(descriptor + 6, 0);
        Mem.putLong(timeout, 0);
        Mem.putLong(timeout + 8, WAIT_NANOS);
        Libc.ppoll(descriptor, 1, timeout, 0);
    }

    @Override
    public void close() {
        Libc.close(fd);
        packets.close();
        sending.close();
        scratch.close();
    }
}
