package io.demijohn.stack.tcp;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Capabilities;
import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.ip.IpOutput;
import io.demijohn.stack.timer.TimerWheel;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** One TCP over captured output: what it sends waits in {@link #sent} until the test takes it. */
final class TcpHost implements IpOutput, AutoCloseable {
    static final int MTU_BYTES = 1500;
    static final int MSS_BYTES = 1460;
    private static final int SLOT_BYTES = 2048;

    final IpAddress address;
    final Tcp tcp;
    final BufferPool pool;
    final SendMemory sendMemory;
    final ArrayDeque<PacketBuffer> sent = new ArrayDeque<>(1024);
    /** Type of service of the segment sent last. */
    int lastTrafficClass;
    /** What the paths to all peers carry. */
    int mtuBytes = MTU_BYTES;
    /** While set, {@link #allocate} finds no buffer. */
    boolean poolEmpty;

    private final Region packets;
    private final Region sendRegion;

    TcpHost(int lastByte, TcpConfig config, long seed, long nowNanos) {
        this(lastByte, config, seed, nowNanos, 4096, 256);
    }

    TcpHost(int lastByte, TcpConfig config, long seed, long nowNanos, int buffers, int chunks) {
        this(lastByte, config, seed, nowNanos, buffers, chunks, new Capabilities(false, false, true, false, 1));
    }

    /** Makes a host over a device that cuts packets of up to 65,535 bytes into segments. */
    static TcpHost segmenting(TcpConfig config, int buffers) {
        return new TcpHost(1, config, 7, 0, buffers, 256, new Capabilities(false, true, true, false, 1, 65_535));
    }

    private TcpHost(
            int lastByte,
            TcpConfig config,
            long seed,
            long nowNanos,
            int buffers,
            int chunks,
            Capabilities capabilities) {
        address = IpAddress.ofIpv4(0x0a00_0000 | lastByte);
        packets = Region.allocate((long) buffers * SLOT_BYTES);
        pool = new BufferPool(packets, SLOT_BYTES);
        sendRegion = Region.allocate((long) chunks * SendMemory.CHUNK_BYTES);
        sendMemory = new SendMemory(sendRegion);
        tcp = new Tcp(this, config, sendMemory, new TimerWheel(nowNanos), capabilities, seed);
    }

    @Override
    public @Nullable PacketBuffer allocate() {
        return poolEmpty ? null : pool.acquire();
    }

    @Override
    public void send(
            PacketBuffer segment,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int protocol,
            int trafficClass,
            long nowNanos) {
        lastTrafficClass = trafficClass;
        sent.add(segment);
    }

    @Override
    public int mtuBytes(long destinationHigh, long destinationLow) {
        return mtuBytes;
    }

    /** Takes a segment of {@code from} as the wire brings it: in a buffer of our own. */
    void receive(PacketBuffer segment, TcpHost from, long nowNanos) {
        PacketBuffer own = pool.acquire();
        if (own != null) {
            Mem.copy(segment.address(), own.append(segment.length()), segment.length());
            tcp.receive(own, 0, from.address.low(), 0, address.low(), 0, false, nowNanos);
        }
        segment.release();
    }

    /** Listens on {@code port}. */
    TcpListener listen(int port, int backlog) {
        if (tcp.reservePort(IpAddress.ANY, port, true) != port) {
            throw new AssertionError("port " + port + " is taken");
        }
        TcpListener listener = tcp.listen(IpAddress.ANY, port, backlog, TcpOptions.DEFAULTS);
        if (listener == null) {
            throw new AssertionError("listen: " + tcp.lastStatus());
        }
        return listener;
    }

    TcpConnection connect(TcpHost to, int port, TcpOptions options, long nowNanos) {
        TcpConnection connection = tcp.connect(address, 0, false, to.address, port, options, nowNanos);
        if (connection == null) {
            throw new AssertionError("connect: " + tcp.lastStatus());
        }
        return connection;
    }

    /** Appends {@code bytes} and sends; returns how many the queue took. */
    int write(TcpConnection connection, byte[] bytes, long nowNanos) {
        int taken = connection.sendQueue().write(ByteBuffer.wrap(bytes));
        tcp.send(connection, nowNanos);
        return taken;
    }

    /** Reads all that waits. */
    byte[] read(TcpConnection connection, long nowNanos) {
        byte[] bytes = new byte[connection.receiveQueue().availableBytes()];
        int done = 0;
        while (done < bytes.length) {
            done += connection.receiveQueue().read(bytes, done, bytes.length - done);
        }
        tcp.consumed(connection, nowNanos);
        return bytes;
    }

    /** Frees what the engine would free of a connection that is over. */
    static void dispose(TcpConnection connection) {
        connection.receiveQueue().releaseAll();
        connection.sendQueue().releaseAll();
    }

    /** Frees the native memory. */
    @Override
    public void close() {
        packets.close();
        sendRegion.close();
    }
}
