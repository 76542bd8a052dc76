package io.demijohn.sim;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import io.demijohn.stack.wire.EthernetHeader;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The wire between two hosts: carries frames with delay, rate and faults, all by seed.
 *
 * <p>Owned by a {@link SimWorld}; its thread only. Keeps frames in memory of its own, so that each host's pool is whole
 * when the host is quiet. Somewhere along it stands a router whose next link may carry less than the hosts think.
 */
final class SimWire implements AutoCloseable {
    /** What the wire holds in both directions; more is dropped. */
    private static final int SLOTS = 8192;
    /** Most frames on the wire because of one sent: itself and its double. */
    private static final int FRAMES_OF_ONE = 2;

    private static final int SLOT_BYTES = 2048 + BufferPool.HEADROOM_BYTES;
    private static final int ETHERNET_OVERHEAD_BYTES = 24;
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
    private final FrameDamage damage;
    private final Region region = Region.allocate((long) SLOTS * SLOT_BYTES);
    private final BufferPool pool = new BufferPool(region, SLOT_BYTES);
    private final PriorityQueue<Passage> underWay =
            new PriorityQueue<>(Comparator.<Passage>comparingLong(passage -> passage.arrivalNanos)
                    .thenComparingLong(passage -> passage.order));
    private final ArrayDeque<Passage> idle = new ArrayDeque<>();
    private final long[] busyUntilNanos = new long[2];
    private int mtuBytes = Integer.MAX_VALUE;
    private boolean tellsTooBig;
    private long sequence;
    private long carried;
    private long dropped;

    SimWire(WireFaults faults, FrameFilter filter, long seed) {
        this.faults = faults;
        this.filter = filter;
        this.random = new SplittableRandom(seed);
        this.damage = new FrameDamage(faults, random);
    }

    /** From now on drops larger IP packets, and tells their senders or does not. */
    void limitPackets(int bytes, boolean tells) {
        mtuBytes = bytes;
        tellsTooBig = tells;
    }

    /** Carries a copy of {@code frame}; lends. */
    void send(int direction, PacketBuffer frame, long nowNanos) {
        boolean crowded = pool.freeCount() <= FRAMES_OF_ONE;
        if (crowded || !filter.passes(direction, frame, nowNanos) || chance(Fault.DROP)) {
            dropped++;
            return;
        }
        if (frame.length() - EthernetHeader.BYTES > mtuBytes) {
            dropped++;
            PacketBuffer told = tellsTooBig ? TooBig.answer(frame, mtuBytes, acquire()) : null;
            if (told != null) {
                launch(1 - direction, told, nowNanos + faults.delayNanos());
            }
            return;
        }
        long leavesNanos = occupy(direction, frame.length(), nowNanos);
        if (leavesNanos < 0) {
            dropped++;
            return;
        }
        long arrivalNanos = leavesNanos + faults.delayNanos();
        if (chance(Fault.REORDER)) {
            arrivalNanos += random.nextLong(faults.reorderMaxNanos()) + 1;
        }
        carry(direction, frame, arrivalNanos);
        if (chance(Fault.DUPLICATE)) {
            carry(direction, frame, arrivalNanos + random.nextLong(faults.delayNanos() + 1));
        }
    }

    /** Returns whether a packet is lost before the device cuts it. */
    boolean losesWhole() {
        boolean lost = chance(Fault.DROP_WHOLE);
        dropped += lost ? 1 : 0;
        return lost;
    }

    /** Carries a frame of nobody's, untouched. */
    void inject(int direction, byte[] frame, long nowNanos) {
        if (pool.freeCount() > 0) {
            PacketBuffer copy = acquire();
            Mem.copyIn(frame, 0, copy.append(frame.length), frame.length);
            launch(direction, copy, nowNanos + faults.delayNanos());
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

    private void carry(int direction, PacketBuffer frame, long arrivalNanos) {
        PacketBuffer copy = acquire();
        if (copy.tailroom() < frame.length()) {
            throw new IllegalStateException("a frame of " + frame.length() + " bytes: more than the wire carries");
        }
        Mem.copy(frame.address(), copy.append(frame.length()), frame.length());
        damage.apply(copy);
        launch(direction, copy, arrivalNanos);
    }

    private PacketBuffer acquire() {
        PacketBuffer buffer = pool.acquire();
        if (buffer == null) {
            throw new IllegalStateException("bug: a frame taken without a slot for it");
        }
        return buffer;
    }

    /** Takes the frame. */
    private void launch(int direction, PacketBuffer frame, long arrivalNanos) {
        Passage passage = idle.isEmpty() ? new Passage() : idle.poll();
        passage.arrivalNanos = arrivalNanos;
        passage.order = sequence++;
        passage.direction = direction;
        passage.frame = frame;
        underWay.add(passage);
        carried++;
    }

    private boolean chance(Fault fault) {
        double share = faults.chance(fault);
        return share > 0 && random.nextDouble() < share;
    }
}
