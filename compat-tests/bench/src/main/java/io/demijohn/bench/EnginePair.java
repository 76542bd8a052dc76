package io.demijohn.bench;

import io.demijohn.device.DeviceException;
import io.demijohn.device.RegionPool;
import io.demijohn.engine.Engine;
import io.demijohn.engine.EngineOptions;
import io.demijohn.engine.ListenerHandle;
import io.demijohn.engine.Ready;
import io.demijohn.engine.StatusException;
import io.demijohn.engine.StreamHandle;
import io.demijohn.engine.StreamOptions;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.tcp.TcpConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Two connected handles of one engine over the loop device, both used by one thread.
 *
 * <p>Owned by one benchmark. Nagle's algorithm is off: it would hold a small write until the peer's delayed
 * acknowledgement.
 */
final class EnginePair implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long MEMORY_BYTES = 64L << 20;
    private static final int LOOPBACK = 0x7f000001;
    private static final StreamOptions NO_DELAY = new StreamOptions(true, false, 0, 0, 0);

    final StreamHandle client;
    final StreamHandle server;
    private final Engine engine;

    EnginePair() {
        LocalNetwork network = new LocalNetwork(IpAddress.ofIpv4(LOOPBACK), 8, true);
        EngineOptions options = new EngineOptions(
                List.of(network),
                null,
                false,
                TcpConfig.defaults(),
                EngineOptions.SPIN_NANOS,
                MEMORY_BYTES,
                System.nanoTime());
        try {
            engine = Engine.open(LoopDevices.open(), options, new RegionPool(MEMORY_BYTES));
            InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            ListenerHandle listener = engine.listen(engine.bind(anyPort, false), 1, NO_DELAY);
            client = engine.connect(null, listener.local(), NO_DELAY);
            client.await(Ready.CONNECT, PATIENCE_NANOS);
            listener.await(Ready.ACCEPT, PATIENCE_NANOS);
            server = Objects.requireNonNull(listener.accept(), "nothing to accept");
        } catch (DeviceException | StatusException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes all of {@code source} to {@code from} and reads as much from {@code to}; returns the count. */
    static int move(StreamHandle from, ByteBuffer source, StreamHandle to, ByteBuffer target) {
        source.clear();
        int bytes = source.remaining();
        while (source.hasRemaining()) {
            if (check(from.write(source)) == 0) {
                from.await(Ready.WRITE, PATIENCE_NANOS);
            }
        }
        target.clear().limit(bytes);
        while (target.hasRemaining()) {
            if (check(to.read(target)) == 0) {
                to.await(Ready.READ, PATIENCE_NANOS);
            }
        }
        return bytes;
    }

    @Override
    public void close() {
        engine.close();
    }

    private static int check(int count) {
        if (count < 0) {
            throw new IllegalStateException("the stream ended with " + count);
        }
        return count;
    }
}
