package io.demijohn.sim;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Capabilities;
import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.Stack;
import io.demijohn.stack.StackConfig;
import io.demijohn.stack.tcp.SendMemory;
import io.demijohn.stack.tcp.TcpConfig;
import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpListener;
import java.util.ArrayList;
import java.util.List;

/**
 * One host of a simulation: a stack with its own memory, and the programs that run on it.
 *
 * <p>Owned by a {@link SimWorld}; its thread only. Stands in for an engine: hands events to programs, frames to the wire.
 */
public final class SimHost implements AutoCloseable {
    /** Size of each packet buffer. */
    static final int SLOT_BYTES = 2048;

    private static final int BATCH_MAX = 64;
    private static final int MTU_BYTES = 1500;
    private static final int SEND_MEMORY_BYTES = 4 << 20;
    private static final int PREFIX_LENGTH = 24;
    private static final int ROUNDS_MAX = 10_000;

    private final int index;
    private final IpAddress address;
    private final Region packetRegion;
    private final Region sendRegion = Region.allocate(SEND_MEMORY_BYTES);
    private final BufferPool pool;
    private final SendMemory sendMemory = new SendMemory(sendRegion);
    private final Stack stack;
    private final SimWire wire;
    private final List<SimProgram> programs = new ArrayList<>();
    private final PacketBuffer[] batch = new PacketBuffer[BATCH_MAX];
    private boolean silent;
    private long droppedForBuffers;

    SimHost(int index, int buffers, TcpConfig tcp, long seed, SimWire wire, long nowNanos) {
        this.index = index;
        this.wire = wire;
        this.address = IpAddress.ofIpv4(0x0A000001 + index);
        this.packetRegion = Region.allocate((long) buffers * SLOT_BYTES);
        this.pool = new BufferPool(packetRegion, SLOT_BYTES);
        this.stack = new Stack(
                new StackConfig(
                        0x02_00_00_00_00_01L + index,
                        List.of(new LocalNetwork(address, PREFIX_LENGTH, false)),
                        null,
                        MTU_BYTES,
                        true,
                        new Capabilities(false, false, true, false, BATCH_MAX),
                        tcp,
                        seed),
                pool,
                sendMemory,
                nowNanos);
    }

    public Stack stack() {
        return stack;
    }

    public IpAddress address() {
        return address;
    }

    /** Starts a program; its first step is taken when the world runs on. */
    public void start(SimProgram program) {
        programs.add(program);
    }

    /** Stops the host without a word: it neither hears nor speaks nor fires timers any more. */
    public void silence() {
        silent = true;
    }

    /** Returns how many frames were lost because no buffer was free to receive them. */
    public long droppedForBuffers() {
        return droppedForBuffers;
    }

    List<SimProgram> programs() {
        return programs;
    }

    BufferPool pool() {
        return pool;
    }

    SendMemory sendMemory() {
        return sendMemory;
    }

    boolean silent() {
        return silent;
    }

    /** Takes a copy of a frame that arrived; lends. */
    void deliver(PacketBuffer frame, long nowNanos) {
        if (silent) {
            return;
        }
        PacketBuffer copy = pool.acquire();
        if (copy == null) {
            droppedForBuffers++;
            return;
        }
        Mem.copy(frame.address(), copy.append(frame.length()), frame.length());
        stack.receive(copy, nowNanos);
    }

    /** Runs timers, programs and transmission until nothing is left to do at this moment. */
    void settle(long nowNanos) {
        if (silent) {
            return;
        }
        for (int round = 0; round < ROUNDS_MAX; round++) {
            long due = stack.nextDeadlineNanos();
            if (due != Long.MAX_VALUE && due - nowNanos <= 0) {
                stack.advance(nowNanos);
            }
            collect();
            for (int program = 0; program < programs.size(); program++) {
                programs.get(program).step(this, nowNanos);
            }
            if (!transmit(nowNanos) && !dueAgain(nowNanos)) {
                return;
            }
        }
        throw new IllegalStateException("host " + index + " does not come to rest at " + nowNanos + " ns");
    }

    /** Returns when something is due here by itself. */
    long nextDeadlineNanos() {
        if (silent) {
            return Long.MAX_VALUE;
        }
        long earliest = stack.nextDeadlineNanos();
        for (SimProgram program : programs) {
            if (!program.ended()) {
                earliest = Math.min(earliest, program.wakeNanos());
            }
        }
        return earliest;
    }

    @Override
    public void close() {
        packetRegion.close();
        sendRegion.close();
    }

    private boolean dueAgain(long nowNanos) {
        return stack.nextDeadlineNanos() <= nowNanos;
    }

    /** Programs look at their connections themselves: the lists only need emptying, as an engine does. */
    private void collect() {
        TcpConnection connection = stack.tcp().nextTouched();
        while (connection != null) {
            if (connection.attachment instanceof StreamProgram program) {
                program.onEvents(connection.takeEvents());
            }
            connection = stack.tcp().nextTouched();
        }
        TcpListener pending;
        do {
            pending = stack.tcp().nextTouchedListener();
        } while (pending != null);
    }

    private boolean transmit(long nowNanos) {
        boolean any = false;
        int count;
        do {
            count = stack.drainTransmit(batch, BATCH_MAX);
            for (int frame = 0; frame < count; frame++) {
                wire.send(index, batch[frame], nowNanos);
                batch[frame].release();
            }
            any |= count > 0;
        } while (count == BATCH_MAX);
        return any;
    }
}
