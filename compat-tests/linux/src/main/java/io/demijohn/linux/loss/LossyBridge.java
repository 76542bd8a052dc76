package io.demijohn.linux.loss;

import io.demijohn.device.Mem;
import io.demijohn.device.Region;
import io.demijohn.linux.host.Libc;

/**
 * Connects two ports over lanes that lose, delay and reorder frames by a plan and a seed.
 *
 * <p>One thread of its own moves every frame; it sleeps in the kernel until a frame comes or shortly before one is due, and
 * spins the rest. Each lane is a wire of its own, chosen by a TCP port, so that several transfers at once are as many
 * independent samples. ARP passes without loss; anything but ARP and TCP over IPv4 is thrown away and counted.
 */
final class LossyBridge implements AutoCloseable {
    private static final int SLOTS = 1 << 14;
    private static final int SLOT_BYTES = FrameRing.SLOT_BYTES;
    private static final int RECEIVE_MAX = 32;
    private static final int DELIVER_MAX = 32;
    private static final long SPIN_NANOS = 60_000;
    private static final long SLEEP_MAX_NANOS = 50_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long SEED_STEP = 0x9e37_79b9_7f4a_7c15L;

    private static final int TYPE = 12;
    private static final int IP = 14;
    private static final int ARP_TYPE = 0x0806;
    private static final int IPV4_TYPE = 0x0800;
    private static final int TCP = 6;
    private static final int SYN = 2;
    private static final int TCP_FRAME_MIN_BYTES = IP + 40;

    /*
     *  0          8          16          24
     *   | pollfd a | pollfd b | seconds   | nanoseconds
     */
    private static final int POLL_EVENTS = 4;
    private static final int TIMEOUT = 16;
    private static final int SLEEP_BYTES = 32;

    private final Port[] ports;
    private final Link[][] links;
    private final int firstPort;
    private final Region frames = Region.allocate((long) SLOTS * SLOT_BYTES);
    private final Region sleep = Region.allocate(SLEEP_BYTES);
    private final int[] free = new int[SLOTS];
    private int freeCount;
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean failed;
    private long entered;
    private long delivered;
    private long lost;
    private long queueFull;
    private long ignored;
    private long accidents;
    private long late;

    /**
     * Starts a bridge of {@code lanes}; lane n carries the TCP port {@code firstPort + n} of either end.
     *
     * @param plan of each lane in each direction
     */
    LossyBridge(Port a, Port b, LinkPlan plan, int lanes, int firstPort, long seed) {
        this.ports = new Port[] {a, b};
        this.firstPort = firstPort;
        this.links = new Link[2][lanes];
        long nowNanos = System.nanoTime();
        for (int lane = 0; lane < lanes; lane++) {
            for (int from = 0; from < 2; from++) {
                links[from][lane] = new Link(plan, seed + SEED_STEP * (2L * lane + from), SLOTS, nowNanos);
            }
        }
        for (int slot = 0; slot < SLOTS; slot++) {
            free[freeCount++] = slot;
        }
        Mem.fill(sleep.address(), SLEEP_BYTES, 0);
        this.thread = new Thread(this::run, "lossy-bridge");
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends the bridge and returns what it did; the ports stay open. */
    BridgeCounters end() {
        stop();
        if (failed) {
            throw new IllegalStateException("the bridge's thread failed");
        }
        long all = accidents + ports[0].dropped() + ports[1].dropped();
        return new BridgeCounters(entered, delivered, lost, queueFull, ignored, all, late);
    }

    /** Ends the bridge and frees its frames. */
    @Override
    public void close() {
        stop();
        frames.close();
        sleep.close();
    }

    private void stop() {
        closing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void run() {
        failed = true;
        Libc.setPreciseSleep();
        Libc.setRealTime();
        while (!closing) {
            int moved = receive(0) + receive(1);
            long nextNanos = deliver();
            if (moved == 0 && nextNanos > SPIN_NANOS) {
                idle(Math.min(nextNanos - SPIN_NANOS, SLEEP_MAX_NANOS));
            }
        }
        failed = false;
    }

    private int receive(int from) {
        for (int count = 0; count < RECEIVE_MAX; count++) {
            if (freeCount == 0) {
                return count; // the end's own queue holds the rest; if that is too short, it counts
            }
            int slot = free[freeCount - 1];
            int bytes = ports[from].receive(address(slot), SLOT_BYTES);
            if (bytes <= 0) {
                return count;
            }
            entered++;
            if (sort(from, slot, bytes)) {
                freeCount--;
            }
        }
        return RECEIVE_MAX;
    }

    /** Puts a frame on its link; returns whether the link has the slot now. */
    private boolean sort(int from, int slot, int bytes) {
        long frame = address(slot);
        int type = bytes < IP ? 0 : Mem.getU16Be(frame + TYPE);
        int lane = 0;
        boolean exempt = true;
        if (type == IPV4_TYPE && bytes >= TCP_FRAME_MIN_BYTES && Mem.getU8(frame + IP + 9) == TCP) {
            long tcp = frame + IP + (Mem.getU8(frame + IP) & 0xf) * 4L;
            exempt = (Mem.getU8(tcp + 13) & SYN) != 0;
            lane = Mem.getU16Be(tcp) - firstPort;
            if (lane < 0 || lane >= links[from].length) {
                lane = Mem.getU16Be(tcp + 2) - firstPort;
            }
        } else if (type != ARP_TYPE) {
            lane = -1;
        }
        if (lane < 0 || lane >= links[from].length) {
            ignored++;
            return false;
        }
        int fate = links[from][lane].offer(slot, bytes, exempt, System.nanoTime());
        lost += fate == Link.LOST ? 1 : 0;
        queueFull += fate == Link.QUEUE_FULL ? 1 : 0;
        return fate == Link.TAKEN;
    }

    /** Delivers what is due, a few frames of each link; returns in how many nanoseconds the next one is. */
    private long deliver() {
        long nowNanos = System.nanoTime();
        long nextNanos = Long.MAX_VALUE;
        for (int from = 0; from < 2; from++) {
            for (Link link : links[from]) {
                DelayLine line = link.next();
                for (int count = 0; count < DELIVER_MAX && !line.isEmpty(); count++) {
                    long lateNanos = nowNanos - line.dueNanos();
                    if (lateNanos < 0) {
                        break;
                    }
                    late += lateNanos > BridgeCounters.LATE_NANOS ? 1 : 0;
                    int bytes = line.length();
                    int slot = line.remove();
                    boolean taken = ports[1 - from].transmit(address(slot), bytes);
                    delivered += taken ? 1 : 0;
                    accidents += taken ? 0 : 1;
                    free[freeCount++] = slot;
                    line = link.next();
                }
                if (!line.isEmpty()) {
                    nextNanos = Math.min(nextNanos, line.dueNanos() - nowNanos);
                }
            }
        }
        return nextNanos;
    }

    private void idle(long nanos) {
        if (!ports[0].arm()) {
            return;
        }
        if (ports[1].arm()) {
            long address = sleep.address();
            for (int end = 0; end < 2; end++) {
                Mem.putInt(address + 8L * end, ports[end].descriptor());
                Mem.putU16(address + 8L * end + POLL_EVENTS, Libc.POLLIN);
            }
            Mem.putLong(address + TIMEOUT, nanos / NANOS_PER_SECOND);
            Mem.putLong(address + TIMEOUT + Long.BYTES, nanos % NANOS_PER_SECOND);
            Libc.ppoll(address, 2, address + TIMEOUT, 0);
            ports[1].disarm();
        }
        ports[0].disarm();
    }

    private long address(int slot) {
        return frames.address() + (long) slot * SLOT_BYTES;
    }
}
