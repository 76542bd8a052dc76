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
import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpListener;
import io.demijohn.stack.wire.Checksum;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One host of a simulation: a stack with its own memory and clock, its device, and the programs that run on it.
 *
 * <p>Owned by a {@link SimWorld}; its thread only. Stands in for an engine: hands events to programs, frames to the wire.
 * Methods take the world's time; stack and programs live by the host's own clock, which may have jumped.
 */
public final class SimHost implements AutoCloseable {
    /** Size of each packet buffer. */
    static final int SLOT_BYTES = 2048;

    /** The upper half of the hosts' IPv6 addresses. */
    static final long IPV6_NETWORK = 0xFD77_0000_0000_0000L;

    private static final int BATCH_MAX = 64;
    private static final int SEGMENTED_MAX_BYTES = 65_535;
    private static final int RING_FRAMES = 256;
    private static final int PREFIX_LENGTH = 24;
    private static final int IPV6_PREFIX_LENGTH = 64;
    private static final int ROUNDS_MAX = 10_000;
    private static final long NEVER = Long.MAX_VALUE;

    /** Buffers keep what was in them. */
    private static final int NOTHING_NEW = -1;

    private final int index;
    private final HostPlan plan;
    private final IpAddress address;
    private final Region packetRegion;
    private final Region sendRegion;
    private final BufferPool pool;
    private final SendMemory sendMemory;
    private final Stack stack;
    private final SimWire wire;
    private final List<SimProgram> programs = new ArrayList<>();
    private final PacketBuffer[] batch = new PacketBuffer[BATCH_MAX];
    private final ArrayDeque<SimWire.Passage> ring = new ArrayDeque<>();
    private final Hoard hoard;
    private final SegmentCutter cutter = new SegmentCutter();
    private final SegmentJoiner joiner = new SegmentJoiner();
    private boolean silent;
    private long clockAheadNanos;
    private long transmitsFromNanos = NEVER;
    private long receivesFromNanos = NEVER;
    private long droppedByDevice;
    private int residue = NOTHING_NEW;

    SimHost(int index, HostPlan plan, long seed, SimWire wire, long nowNanos) {
        this.index = index;
        this.plan = plan;
        this.wire = wire;
        this.address = plan.six() ? new IpAddress(IPV6_NETWORK, 1 + index) : IpAddress.ofIpv4(0x0A000001 + index);
        this.packetRegion = Region.allocate((long) plan.buffers() * SLOT_BYTES);
        this.sendRegion = Region.allocate(plan.sendBytes());
        this.pool = new BufferPool(packetRegion, SLOT_BYTES);
        this.sendMemory = new SendMemory(sendRegion);
        this.hoard = new Hoard(pool, sendMemory);
        this.stack = new Stack(
                new StackConfig(
                        0x02_00_00_00_00_01L + index,
                        List.of(new LocalNetwork(address, plan.six() ? IPV6_PREFIX_LENGTH : PREFIX_LENGTH, false)),
                        null,
                        plan.mtuBytes(),
                        true,
                        capabilities(plan),
                        plan.tcp(),
                        seed),
                pool,
                sendMemory,
                nowNanos);
    }

    private static Capabilities capabilities(HostPlan plan) {
        boolean checksums = plan.offload() != HostPlan.Offload.NONE;
        int segmentedBytes = plan.offload() == HostPlan.Offload.SEGMENTS ? SEGMENTED_MAX_BYTES : 0;
        return new Capabilities(false, checksums, true, false, BATCH_MAX, segmentedBytes);
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

    /** Moves this host's clock forward and nobody else's. */
    public void jumpClock(long nanos) {
        clockAheadNanos += nanos;
    }

    /** The device takes no frame to send until then. */
    public void stallTransmit(long untilNanos) {
        transmitsFromNanos = untilNanos;
    }

    /** The device gives no frame until then; it keeps some of those that arrive. */
    public void stallReceive(long untilNanos) {
        receivesFromNanos = untilNanos;
    }

    /**
     * The device leaves that octet behind each frame in the rest of its buffer; nobody may read there, so that it must not
     * matter which.
     */
    public void residue(int octet) {
        residue = octet;
    }

    /** Somebody else holds all but {@code left} packet buffers, and all but as many send chunks, until then. */
    public void starve(int left, long untilNanos) {
        hoard.take(left, untilNanos);
    }

    /** Returns how many frames were lost because no buffer was free to receive them or the device's ring was full. */
    public long droppedByDevice() {
        return droppedByDevice;
    }

    HostPlan plan() {
        return plan;
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

    /** Returns the host's own clock. */
    long clockNanos(long nowNanos) {
        return nowNanos + clockAheadNanos;
    }

    /** Returns whether the device puts segments together: then it settles once all that arrives at a moment is there. */
    boolean joins() {
        return plan.offload() == HostPlan.Offload.SEGMENTS;
    }

    /** Returns how many segments the device put behind others. */
    public long joined() {
        return joiner.joined();
    }

    /** Takes a passage that arrived, now or when the device goes on; it goes back to the wire. */
    void deliver(SimWire.Passage arrived, long nowNanos) {
        if (silent) {
            wire.recycle(arrived);
        } else if (receivesFromNanos == NEVER) {
            receive(arrived, nowNanos);
        } else if (ring.size() < RING_FRAMES) {
            ring.add(arrived);
        } else {
            droppedByDevice++;
            wire.recycle(arrived);
        }
    }

    /** Runs timers, programs and transmission until nothing is left to do at this moment. */
    void settle(long nowNanos) {
        if (silent) {
            return;
        }
        endFaults(nowNanos);
        long clockNanos = clockNanos(nowNanos);
        give(joiner.flush(), clockNanos);
        for (int round = 0; round < ROUNDS_MAX; round++) {
            if (isDue(clockNanos)) {
                stack.advance(clockNanos);
            }
            collect();
            for (int program = 0; program < programs.size(); program++) {
                programs.get(program).step(this, clockNanos);
            }
            if (!transmit(nowNanos) && !isDue(clockNanos)) {
                return;
            }
        }
        throw new IllegalStateException("host " + index + " does not come to rest at " + nowNanos + " ns");
    }

    /** Returns when something is due here by itself. */
    long nextDeadlineNanos() {
        if (silent) {
            return NEVER;
        }
        long earliest = stack.nextDeadlineNanos();
        for (SimProgram program : programs) {
            if (!program.ended()) {
                earliest = Math.min(earliest, program.wakeNanos());
            }
        }
        long device = Math.min(Math.min(transmitsFromNanos, receivesFromNanos), hoard.untilNanos());
        return earliest == NEVER ? device : Math.min(device, earliest - clockAheadNanos);
    }

    @Override
    public void close() {
        cutter.close();
        packetRegion.close();
        sendRegion.close();
    }

    private boolean isDue(long clockNanos) {
        long due = stack.nextDeadlineNanos();
        return due != NEVER && due - clockNanos <= 0;
    }

    private void endFaults(long nowNanos) {
        hoard.giveBack(nowNanos);
        if (transmitsFromNanos <= nowNanos) {
            transmitsFromNanos = NEVER;
        }
        if (receivesFromNanos <= nowNanos) {
            receivesFromNanos = NEVER;
            for (SimWire.Passage kept = ring.poll(); kept != null; kept = ring.poll()) {
                receive(kept, nowNanos);
            }
        }
    }

    private void receive(SimWire.Passage arrived, long nowNanos) {
        PacketBuffer frame = arrived.frame;
        PacketBuffer copy = frame == null ? null : pool.acquire();
        if (frame == null || copy == null) {
            droppedByDevice++;
        } else {
            Mem.copy(frame.address(), copy.append(frame.length()), frame.length());
            if (residue != NOTHING_NEW) {
                Mem.fill(copy.address() + copy.length(), copy.tailroom(), residue);
            }
            boolean vouched = plan.offload() != HostPlan.Offload.NONE && ChecksumUnit.isRight(copy);
            if (vouched) {
                copy.markChecksumVerified();
            }
            if (vouched && joins()) {
                give(joiner.add(copy), clockNanos(nowNanos));
            } else {
                give(joiner.flush(), clockNanos(nowNanos));
                stack.receive(copy, clockNanos(nowNanos));
            }
        }
        wire.recycle(arrived);
    }

    private void give(@Nullable PacketBuffer frame, long clockNanos) {
        if (frame != null) {
            stack.receive(frame, clockNanos);
        }
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
        if (transmitsFromNanos != NEVER) {
            return false;
        }
        boolean any = false;
        int count;
        do {
            count = stack.drainTransmit(batch, BATCH_MAX);
            for (int frame = 0; frame < count; frame++) {
                if (batch[frame].segmentKind() != 0) {
                    sendSegments(batch[frame], nowNanos);
                } else {
                    if (batch[frame].wantsChecksum()) {
                        Checksum.fill(batch[frame]);
                    }
                    wire.send(index, batch[frame], nowNanos);
                }
                batch[frame].release();
            }
            any |= count > 0;
        } while (count == BATCH_MAX);
        return any;
    }

    /** Cuts a packet, which may be lost whole before. */
    private void sendSegments(PacketBuffer packet, long nowNanos) {
        if (!wire.losesWhole()) {
            cutter.cut(packet, segment -> wire.send(index, segment, nowNanos));
        }
    }
}
