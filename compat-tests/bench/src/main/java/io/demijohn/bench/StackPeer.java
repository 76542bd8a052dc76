package io.demijohn.bench;

import io.demijohn.device.BufferPool;
import io.demijohn.device.NetDevice;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.Stack;
import io.demijohn.stack.StackConfig;
import io.demijohn.stack.tcp.SendMemory;
import io.demijohn.stack.tcp.Tcp;
import io.demijohn.stack.tcp.TcpConfig;
import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpListener;
import io.demijohn.stack.tcp.TcpOptions;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * One stack with established connections, and peers that exist only as frames.
 *
 * <p>Owned by one benchmark and its thread. Each segment belongs to a connection drawn at random: with many of them, none is
 * in the caches. A peer's segments leave the loop device as real frames: the only work before that is {@link
 * PeerFrames#write}. The application reads as soon as something arrives and tells the stack when a quarter of the window was
 * read, as the engine does.
 */
final class StackPeer implements AutoCloseable {
    static final int SMALL_BYTES = 64;
    static final int FULL_BYTES = 1448;

    /** Segments of {@link #writeMany} that may be outstanding on one connection: {@link #SMALL_BYTES} each fit every window. */
    static final int BURST = 64;

    private static final int OUR_ADDRESS = 0x0a000001;
    private static final int OUR_PORT = 7;
    private static final int SLOTS = 512;
    private static final int BATCH_MAX = 64;
    private static final long SEND_BYTES = 4L << 20;
    private static final int DRAWS = 1 << 18;
    private static final TcpOptions NO_DELAY = new TcpOptions(true, false, 0, 0, 0);

    private final NetDevice device = LoopDevices.open();
    private final int slotBytes = (BufferPool.HEADROOM_BYTES + PeerFrames.IP_OFFSET + device.mtuBytes() + 63) & -64;
    private final Region packets = Region.allocate((long) SLOTS * slotBytes);
    private final Region sendBytes = Region.allocate(SEND_BYTES);
    private final BufferPool pool = new BufferPool(packets, slotBytes);
    private final PacketBuffer[] batch = new PacketBuffer[BATCH_MAX];
    private final ByteBuffer target = ByteBuffer.allocateDirect(FULL_BYTES);
    private final ByteBuffer source = ByteBuffer.allocateDirect(SMALL_BYTES);
    private final PeerFrames frames;
    private final Stack stack;
    private final Tcp tcp;
    private final TcpConnection[] connections;
    private final int[] unannouncedBytes;
    private final int[] drawn = new int[DRAWS];
    private int nextDraw;

    /** Establishes {@code count} connections; the peers of {@code active} of them send segments of {@code payloadBytes}. */
    StackPeer(int active, int count, int payloadBytes, boolean timestamps) {
        LocalNetwork network = new LocalNetwork(IpAddress.ofIpv4(OUR_ADDRESS), 8, false);
        StackConfig config = new StackConfig(
                device.macAddress(),
                List.of(network),
                null,
                device.mtuBytes(),
                false,
                device.capabilities(),
                TcpConfig.defaults(),
                System.nanoTime());
        stack = new Stack(config, pool, new SendMemory(sendBytes), System.nanoTime());
        tcp = stack.tcp();
        frames = new PeerFrames(count, payloadBytes, timestamps, device.macAddress(), OUR_ADDRESS);
        connections = new TcpConnection[count];
        unannouncedBytes = new int[count];
        int port = tcp.reservePort(network.address(), OUR_PORT, false);
        TcpListener listener = Objects.requireNonNull(
                tcp.listen(network.address(), port, 1, NO_DELAY), () -> "listen: " + tcp.lastStatus());
        for (int peer = 0; peer < count; peer++) {
            connections[peer] = establish(listener, peer);
        }
        SplittableRandom random = new SplittableRandom(1);
        for (int index = 0; index < DRAWS; index++) {
            drawn[index] = random.nextInt(active) * (count / active);
        }
    }

    /** Takes one peer's next segment all the way from the device to the application; returns the bytes read. */
    int receiveOne() {
        int peer = draw();
        long nowNanos = System.nanoTime();
        frames.tick(nowNanos);
        arrive(peer, true, nowNanos);
        int count = read(peer, nowNanos);
        swallow();
        return count;
    }

    /** Writes {@link #BURST} times a small buffer and takes each segment from the stack; returns how many there were. */
    int writeMany() {
        int sent = 0;
        for (int index = 0; index < BURST; index++) {
            int peer = draw();
            long nowNanos = System.nanoTime();
            source.clear();
            connections[peer].sendQueue().write(source);
            tcp.send(connections[peer], nowNanos);
            advance(nowNanos);
            int count = stack.drainTransmit(batch, BATCH_MAX);
            for (int at = 0; at < count; at++) {
                frames.hear(peer, batch[at].address());
                batch[at].release();
            }
            sent += count;
        }
        return sent;
    }

    /** Lets the peers of the last {@link #writeMany} acknowledge each segment; returns how many packets we answered. */
    int acknowledgeMany() {
        int answers = 0;
        nextDraw -= BURST;
        for (int index = 0; index < BURST; index++) {
            int peer = draw();
            long nowNanos = System.nanoTime();
            frames.tick(nowNanos);
            frames.acknowledge(peer, SMALL_BYTES);
            arrive(peer, false, nowNanos);
            answers += swallow();
        }
        return answers;
    }

    /** Does what {@link #receiveOne} does, but for the stack and the read: what the harness itself costs. */
    int harnessOne() {
        int peer = draw();
        long nowNanos = System.nanoTime();
        frames.tick(nowNanos);
        transmit(peer, true);
        int received = device.receive(batch, BATCH_MAX, pool);
        for (int index = 0; index < received; index++) {
            batch[index].release();
        }
        return received;
    }

    /** Returns how many packet buffers are free. */
    int freeBuffers() {
        return pool.freeCount();
    }

    @Override
    public void close() {
        device.close();
        frames.close();
        sendBytes.close();
        packets.close();
    }

    private int draw() {
        return drawn[nextDraw++ & (DRAWS - 1)];
    }

    private TcpConnection establish(TcpListener listener, int peer) {
        long nowNanos = System.nanoTime();
        frames.tick(nowNanos);
        PacketBuffer syn = Objects.requireNonNull(pool.acquire(), "no packet buffer");
        frames.writeSyn(peer, syn.append(frames.synBytes()));
        stack.receive(syn, nowNanos);
        if (stack.drainTransmit(batch, BATCH_MAX) != 1) {
            throw new IllegalStateException("no SYN-ACK: " + stack.counters());
        }
        frames.hear(peer, batch[0].address());
        batch[0].release();
        frames.acknowledge(peer, 1);
        arrive(peer, false, nowNanos);
        return Objects.requireNonNull(listener.accept(), "not established");
    }

    /** Brings one segment over the device into the stack, which does what is due. */
    private void arrive(int peer, boolean payload, long nowNanos) {
        transmit(peer, payload);
        int received = device.receive(batch, BATCH_MAX, pool);
        for (int index = 0; index < received; index++) {
            stack.receive(batch[index], nowNanos);
        }
        advance(nowNanos);
        collect();
    }

    private void transmit(int peer, boolean payload) {
        PacketBuffer frame = Objects.requireNonNull(pool.acquire(), "no packet buffer");
        frames.write(peer, frame.append(frames.bytes(payload)), payload);
        batch[0] = frame;
        device.transmit(batch, 0, 1);
    }

    private void advance(long nowNanos) {
        if (stack.nextDeadlineNanos() - nowNanos <= 0) {
            stack.advance(nowNanos);
        }
    }

    private int read(int peer, long nowNanos) {
        TcpConnection connection = connections[peer];
        target.clear();
        int count = connection.receiveQueue().read(target);
        unannouncedBytes[peer] += count;
        if (unannouncedBytes[peer] >= connection.receiveQueue().capacityBytes() / 4) {
            unannouncedBytes[peer] = 0;
            tcp.consumed(connection, nowNanos);
        }
        return count;
    }

    private void collect() {
        TcpConnection touched = tcp.nextTouched();
        while (touched != null) {
            touched.takeEvents();
            touched = tcp.nextTouched();
        }
        TcpListener pending = tcp.nextTouchedListener();
        while (pending != null) {
            pending = tcp.nextTouchedListener();
        }
    }

    /** Takes the acknowledgements from the stack: nobody is there to receive them. */
    private int swallow() {
        int count = stack.drainTransmit(batch, BATCH_MAX);
        for (int index = 0; index < count; index++) {
            batch[index].release();
        }
        return count;
    }
}
