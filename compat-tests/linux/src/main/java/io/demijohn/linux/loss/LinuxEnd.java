package io.demijohn.linux.loss;

import io.demijohn.linux.host.Namespace;
import io.demijohn.linux.host.SocketSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** The kernel's TCP in a namespace of its own, behind a tap interface, through the JDK's blocking channels. */
final class LinuxEnd implements End {
    private static final String CONGESTION_CONTROL = "cubic";
    private static final String TAP = "bridge0";

    private final Namespace namespace = Namespace.open();
    private final String address;
    private final TapPort port;

    LinuxEnd(String address) {
        this.address = address;
        this.port = new TapPort(namespace, TAP, address + "/24");
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
        SocketChannel channel = namespace.socket(CONGESTION_CONTROL);
        channel.connect(remote);
        return new ChannelStream(channel);
    }

    @Override
    public Acceptor listen(int portNumber) throws IOException {
        ServerSocketChannel listener = namespace.listener(CONGESTION_CONTROL);
        listener.bind(new InetSocketAddress(address, portNumber));
        return () -> {
            try (listener) {
                SocketChannel channel = listener.accept();
                String inForce = SocketSettings.congestionControl(channel);
                if (!inForce.equals(CONGESTION_CONTROL)) {
                    throw new IOException("congestion control is " + inForce);
                }
                return new ChannelStream(channel);
            }
        };
    }

    @Override
    public void close() {
        port.close();
        namespace.close();
    }

    private record ChannelStream(SocketChannel channel) implements Stream {
        @Override
        public int read(byte[] target) throws IOException {
            return channel.read(ByteBuffer.wrap(target));
        }

        @Override
        public int write(byte[] source, int offset, int length) throws IOException {
            return channel.write(ByteBuffer.wrap(source, offset, length));
        }

        @Override
        public void abort() {
            try (channel) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
