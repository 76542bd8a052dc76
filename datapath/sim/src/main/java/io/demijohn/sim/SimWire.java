package io.demijohn.sim;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.wire.Checksum;
import io.demijohn.stack.wire.EthernetHeader;
import io.demijohn.stack.wire.Ipv4Header;
import io.demijohn.stack.wire.TcpHeader;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The wire between two hosts: carries frames with delay, rate and faults, all by seed.
 *
 * <p>Owned by a {@link SimWorld}; its thread only. Keeps frames in memory of its own, so that each host's pool is whole
 * when the host is quiet. Later faults have their place in {@link #send} (truncate, change of MTU) and in {@link FrameFilter}.
 */
final class SimWire implements AutoCloseable {
    private static final int SLOTS = 8192;
    private static final int SLOT_BYTES = 2048 + BufferPool.HEADROOM_BYTES;
    private static final int ETHERNET_OVERHEAD_BYTES = 24;
    private static final int TCP_PORTS_BYTES = 4;
    private static final long SECOND_NANOS = 1_000_000_000L;

    /** One frame under way. */
    static final class Passage {
        long arrivalNanos;
        private long order;
        int direction;

        @Nullable
        PacketBuffer frame;
    }

    private final WireFaults faults;
    private final FrameFilter filter;
    private final SplittableRandom random;
    private final Region region = Region.allocate((long) SLOTS * SLOT_BYTES);
    private final BufferPool pool = new BufferPool(region, SLOT_BYTES);
    private final PriorityQueue<Passage> underWay =
            new PriorityQueue<>(Comparator.<Passage>comparingLong(passage -> passage.arrivalNanos)
                    .thenComparingLong(passage -> passage.order));
    private final ArrayDeque<Passage> idle = new ArrayDeque<>();
    private final long[] busyUntilNanos = new long[2];
    private long sequence;
    private long carried;
    private long dropped;

    SimWire(WireFaults faults, FrameFilter filter, long seed) {
        this.faults = faults;
        this.filter = filter;
        this.random = new SplittableRandom(seed);
    }

    /** Carries a copy of {@code frame}; lends. */
    void send(int direction, PacketBuffer frame, long nowNanos) {
        if (!filter.passes(direction, frame, nowNanos) || chance(faults.dropChance())) {
            dropped++;
            return;
        }
        long leavesNanos = occupy(direction, frame.length(), nowNanos);
        if (leavesNanos < 0) {
            dropped++;
            return;
        }
        long arrivalNanos = leavesNanos + faults.delayNanos();
        if (chance(faults.reorderChance())) {
            arrivalNanos += random.nextLong(faults.reorderMaxNanos()) + 1;
        }
        carry(direction, frame, arrivalNanos, chance(faults.corruptChance()));
        if (chance(faults.duplicateChance())) {
            carry(direction, frame, arrivalNanos + random.nextLong(faults.delayNanos() + 1), false);
        }
    }

    /** Returns when the next frame arrives, or {@link Long#MAX_VALUE}. */
    long nextArrivalNanos() {
        Passage first = underWay.peek();
        return first == null ? Long.MAX_VALUE : first.arrivalNanos;
    }

    /** Gives a frame that has arrived, or null; it goes back with {@link #recycle}. */
    @Nullable
    Passage poll(long nowNanos) {
        Passage first = underWay.peek();
        return first == null || first.arrivalNanos > nowNanos ? null : underWay.poll();
    }

    void recycle(Passage passage) {
        PacketBuffer frame = passage.frame;
        if (frame != null) {
            frame.release();
        }
        passage.frame = null;
        idle.add(passage);
    }

    long carried() {
        return carried;
    }

    long dropped() {
        return dropped;
    }

    @Override
    public void close() {
        region.close();
    }

    /** Returns when the frame has left the sender at the wire's rate, or -1 if too many wait already. */
    private long occupy(int direction, int frameBytes, long nowNanos) {
        if (faults.bitsPerSecond() == 0) {
            return nowNanos;
        }
        long bits = (frameBytes + ETHERNET_OVERHEAD_BYTES) * 8L;
        long nanos = bits * SECOND_NANOS / faults.bitsPerSecond();
        long startNanos = Math.max(nowNanos, busyUntilNanos[direction]);
        if (startNanos - nowNanos > nanos * faults.queueFramesMax()) {
            return -1;
        }
        busyUntilNanos[direction] = startNanos + nanos;
        return busyUntilNanos[direction];
    }

    private void carry(int direction, PacketBuffer frame, long arrivalNanos, boolean corrupt) {
        PacketBuffer copy = pool.acquire();
        if (copy == null || copy.tailroom() < frame.length()) {
            throw new IllegalStateException("the wire holds " + SLOTS + " frames: more than the simulation allows");
        }
        Mem.copy(frame.address(), copy.append(frame.length()), frame.length());
        if (corrupt && EthernetHeader.type(frame.address()) == EthernetHeader.TYPE_IPV4) {
            long at = copy.address() + EthernetHeader.BYTES + random.nextInt(frame.length() - EthernetHeader.BYTES);
            Mem.putU8(at, Mem.getU8(at) ^ (1 + random.nextInt(255)));
        }
        if (chance(faults.forgeChance())) {
            forge(copy);
        }
        Passage passage = idle.isEmpty() ? new Passage() : idle.poll();
        passage.arrivalNanos = arrivalNanos;
        passage.order = sequence++;
        passage.direction = direction;
        passage.frame = copy;
        underWay.add(passage);
        carried++;
    }

    /** Changes one byte of the TCP header behind the ports and makes the checksum right again. */
    private void forge(PacketBuffer frame) {
        long ip = frame.address() + EthernetHeader.BYTES;
        int tcpBytes = frame.length() - EthernetHeader.BYTES - Ipv4Header.BYTES;
        if (EthernetHeader.type(frame.address()) != EthernetHeader.TYPE_IPV4 || tcpBytes < TcpHeader.BYTES) {
            return;
        }
        long tcp = ip + Ipv4Header.BYTES;
        int headerBytes = Math.min(TcpHeader.headerBytes(tcp), tcpBytes);
        long at = tcp + TCP_PORTS_BYTES + random.nextInt(Math.max(1, headerBytes - TCP_PORTS_BYTES));
        Mem.putU8(at, random.nextInt(256));
        TcpHeader.putChecksum(tcp, 0);
        long source = IpAddress.lowOfIpv4(Ipv4Header.source(ip));
        long target = IpAddress.lowOfIpv4(Ipv4Header.target(ip));
        TcpHeader.putChecksum(tcp, Checksum.transport(0, source, 0, target, Ipv4Header.PROTOCOL_TCP, tcp, tcpBytes));
    }

    private boolean chance(double share) {
        return share > 0 && random.nextDouble() < share;
    }
}
