package io.demijohn.engine;

import io.demijohn.device.DeviceException;
import io.demijohn.device.NetDeviceProvider;
import io.demijohn.device.RegionPool;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.tcp.TcpConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;

/** An engine over the loop device that owns 127.0.0.0/8, and connected pairs on it. */
final class EngineFixture implements AutoCloseable {
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    final Engine engine;
    final InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    EngineFixture(long spinNanos) {
        this(spinNanos, 64L << 20);
    }

    EngineFixture(long spinNanos, long memoryBytes) {
        NetDeviceProvider loop = ServiceLoader.load(NetDeviceProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.scheme().equals("loop"))
                .findFirst()
                .orElseThrow();
        LocalNetwork network = new LocalNetwork(IpAddress.ofIpv4(0x7f000001), 8, true);
        try {
            engine = Engine.open(
                    loop.open("loop:", 0),
                    new EngineOptions(List.of(network), null, false, TcpConfig.defaults(), spinNanos, memoryBytes, 42),
                    new RegionPool(memoryBytes));
        } catch (DeviceException e) {
            throw new IllegalStateException(e);
        }
    }

    ListenerHandle listen() throws StatusException {
        return engine.listen(engine.bind(anyPort, false), 128, StreamOptions.DEFAULTS);
    }

    /** Two connected ends: index 0 connected, index 1 accepted. */
    StreamHandle[] pair(ListenerHandle listener) throws StatusException {
        StreamHandle client = engine.connect(null, listener.local(), StreamOptions.DEFAULTS);
        if ((client.await(Ready.CONNECT, PATIENCE_NANOS) & Ready.CONNECT) == 0 || client.connectStatus() != 1) {
            throw new IllegalStateException("not connected: " + client.connectStatus());
        }
        if ((listener.await(Ready.ACCEPT, PATIENCE_NANOS) & Ready.ACCEPT) == 0) {
            throw new IllegalStateException("nothing to accept");
        }
        StreamHandle accepted = listener.accept();
        if (accepted == null) {
            throw new IllegalStateException("ready listener accepted nothing");
        }
        return new StreamHandle[] {client, accepted};
    }

    /** Reads exactly {@code length} bytes, waiting as needed. */
    static void readFully(StreamHandle stream, byte[] target, int length) {
        int done = 0;
        while (done < length) {
            int count = stream.read(target, done, length - done);
            if (count < 0) {
                throw new IllegalStateException("read answered " + count + " after " + done);
            }
            if (count == 0 && stream.await(Ready.READ, PATIENCE_NANOS) == 0) {
                throw new IllegalStateException("no byte in time after " + done + " of " + length);
            }
            done += count;
        }
    }

    static void writeFully(StreamHandle stream, byte[] source, int length) {
        int done = 0;
        while (done < length) {
            int count = stream.write(source, done, length - done);
            if (count < 0) {
                throw new IllegalStateException("write answered " + count + " after " + done);
            }
            if (count == 0 && stream.await(Ready.WRITE, PATIENCE_NANOS) == 0) {
                throw new IllegalStateException("no room in time after " + done + " of " + length);
            }
            done += count;
        }
    }

    @Override
    public void close() {
        engine.close();
    }
}
