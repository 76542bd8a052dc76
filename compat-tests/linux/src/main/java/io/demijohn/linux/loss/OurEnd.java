package io.demijohn.linux.loss;

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
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;

/** Our TCP: an engine with its own threads, as the provider opens it, over a device that ends in the bridge. */
final class OurEnd implements End {
    private static final int PREFIX_LENGTH = 24;
    private static final long MEMORY_BYTES = 256L << 20;
    private static final long MAC_LOCAL = 0x02_64_6a_00_00_00L;

    private final String address;
    private final WireDevice device;
    private final Port port;
    private final RegionPool regions = new RegionPool(MEMORY_BYTES);
    private final Engine engine;

    OurEnd(String address, long seed) {
        this.address = address;
        int ip = ipv4(address);
        this.device = new WireDevice(MAC_LOCAL | (ip & 0xffff));
        this.port = device.port();
        EngineOptions options = new EngineOptions(
                List.of(new LocalNetwork(IpAddress.ofIpv4(ip), PREFIX_LENGTH, false)),
                null,
                true,
                TcpConfig.defaults(),
                EngineOptions.SPIN_NANOS,
                MEMORY_BYTES,
                seed);
        try {
            this.engine = Engine.open(device, options, regions);
        } catch (DeviceException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Port port() {
        return port;
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public Stream connect(InetSocketAddress remote) throws IOException {
        try {
            StreamHandle stream = engine.connect(null, remote, StreamOptions.DEFAULTS);
            stream.await(Ready.CONNECT, Long.MAX_VALUE);
            if (stream.connectStatus() != 1) {
                throw new IOException("connect: status " + stream.connectStatus());
            }
            return new HandleStream(stream);
        } catch (StatusException e) {
            throw new IOException(e);
        }
    }

    @Override
    public Acceptor listen(int portNumber) throws IOException {
        try {
            ListenerHandle listener = engine.listen(
                    engine.bind(new InetSocketAddress(address, portNumber), true), 1, StreamOptions.DEFAULTS);
            return () -> {
                StreamHandle stream = null;
                while (stream == null) {
                    int ready = listener.await(Ready.ACCEPT, Long.MAX_VALUE);
                    if ((ready & Ready.ACCEPT) == 0) {
                        throw new IOException("accept: ready bits " + ready);
                    }
                    stream = listener.accept();
                }
                listener.close();
                return new HandleStream(stream);
            };
        } catch (StatusException e) {
            throw new IOException(e);
        }
    }

    /** Closes the engine, which needs no bridge any more: everything was aborted. */
    @Override
    public void close() {
        engine.close();
        port.close();
        regions.close();
    }

    private static int ipv4(String address) {
        try {
            byte[] octets = InetAddress.getByName(address).getAddress();
            return ByteBuffer.wrap(octets).getInt();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private record HandleStream(StreamHandle handle) implements Stream {
        @Override
        public int read(byte[] target) throws IOException {
            while (true) {
                int count = handle.read(target, 0, target.length);
                if (count != 0) {
                    return checked(count, "read");
                }
                handle.await(Ready.READ, Long.MAX_VALUE);
            }
        }

        @Override
        public int write(byte[] source, int offset, int length) throws IOException {
            while (true) {
                int count = handle.write(source, offset, length);
                if (count != 0) {
                    return checked(count, "write");
                }
                handle.await(Ready.WRITE, Long.MAX_VALUE);
            }
        }

        @Override
        public void abort() {
            handle.abort();
        }

        private static int checked(int count, String call) throws IOException {
            if (count < StreamHandle.END) {
                throw new IOException(call + ": status " + count);
            }
            return count;
        }
    }
}
