package io.demijohn.linux.bulk;

import io.demijohn.device.DeviceException;
import io.demijohn.device.NetDevice;
import io.demijohn.device.RegionPool;
import io.demijohn.device.tap.TapProvider;
import io.demijohn.engine.Engine;
import io.demijohn.engine.EngineOptions;
import io.demijohn.engine.ListenerHandle;
import io.demijohn.engine.StatusException;
import io.demijohn.engine.StreamOptions;
import io.demijohn.linux.host.Namespace;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.tcp.TcpConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * An engine of ours behind a tap interface, and the kernel's TCP at the interface's other end, in a namespace of their own.
 *
 * <p>Ours is 10.77.0.2 and fd77::2, the kernel's 10.77.0.1 and fd77::1. Any thread.
 */
final class TapRig implements AutoCloseable {
    static final String INTERFACE = "dj0";
    static final String OURS = "10.77.0.2";
    static final String OURS_IPV6 = "fd77::2";

    private static final long MEMORY_BYTES = 256L << 20;

    private final Namespace namespace = Namespace.open();
    private final RegionPool regions = new RegionPool(MEMORY_BYTES);
    private final NetDevice device;
    private final Engine engine;

    /** Makes it, the interface with that offload: {@code on}, {@code checksum} or {@code off}. */
    TapRig(String offload) {
        try {
            namespace.enableIpv6();
            device = namespace.call(() -> new TapProvider().open("tap:" + INTERFACE + "?offload=" + offload, 0));
            namespace.ip("address", "add", "10.77.0.1/24", "dev", INTERFACE);
            namespace.ip("address", "add", "fd77::1/64", "dev", INTERFACE, "nodad");
            LocalNetwork six = new LocalNetwork(new IpAddress(0xfd77_0000_0000_0000L, 2), 64, false);
            EngineOptions options = new EngineOptions(
                    List.of(new LocalNetwork(IpAddress.ofIpv4(0x0a4d_0002), 24, false), six),
                    null,
                    true,
                    TcpConfig.defaults(),
                    EngineOptions.SPIN_NANOS,
                    MEMORY_BYTES,
                    1);
            engine = Engine.open(device, options, regions);
        } catch (DeviceException e) {
            namespace.close();
            throw new IllegalStateException(e);
        } catch (RuntimeException e) {
            namespace.close();
            throw e;
        }
    }

    Namespace namespace() {
        return namespace;
    }

    /** Returns our station's address in the low 48 bits. */
    long station() {
        return device.macAddress();
    }

    /** Listens on our side at a free port. */
    ListenerHandle listen(String address) throws IOException {
        try {
            return engine.listen(engine.bind(new InetSocketAddress(address, 0), true), 1, StreamOptions.DEFAULTS);
        } catch (StatusException e) {
            throw new IOException(e);
        }
    }

    /** Connects a socket of the kernel's. */
    SocketChannel connect(InetSocketAddress ours) throws IOException {
        SocketChannel channel = namespace.call(() -> SocketChannel.open());
        channel.connect(ours);
        return channel;
    }

    @Override
    public void close() {
        engine.close();
        regions.close();
        namespace.close();
    }
}
