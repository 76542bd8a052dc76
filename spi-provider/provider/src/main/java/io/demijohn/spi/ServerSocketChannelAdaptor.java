package io.demijohn.spi;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A server socket channel seen as a {@link ServerSocket}: every method asks the channel, with the exceptions of the JDK's
 * own adaptor.
 *
 * <p>Owned by one channel; any thread. Holds nothing but the accept timeout.
 */
final class ServerSocketChannelAdaptor extends ServerSocket {
    private static final int BACKLOG_DEFAULT = 50;

    private final BypassServerSocketChannel channel;
    private volatile int timeoutMillis;

    private ServerSocketChannelAdaptor(BypassServerSocketChannel channel) {
        super(new AdaptorSocketImpl());
        this.channel = channel;
    }

    static ServerSocket create(BypassServerSocketChannel channel) {
        return new ServerSocketChannelAdaptor(channel);
    }

    @Override
    public void bind(@Nullable SocketAddress local) throws IOException {
        bind(local, BACKLOG_DEFAULT);
    }

    @Override
    public void bind(@Nullable SocketAddress local, int backlog) throws IOException {
        try {
            channel.bind(local == null ? new InetSocketAddress(0) : local, backlog);
        } catch (IOException | RuntimeException e) {
            throw JdkErrors.ofChannel(e);
        }
    }

    @Override
    public @Nullable InetAddress getInetAddress() {
        InetSocketAddress local = channel.localAddress();
        return local == null ? null : local.getAddress();
    }

    @Override
    public int getLocalPort() {
        InetSocketAddress local = channel.localAddress();
        return local == null ? -1 : local.getPort();
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        InetSocketAddress local = channel.localAddress();
        return local == null ? null : new InetSocketAddress(local.getAddress(), local.getPort());
    }

    @Override
    public Socket accept() throws IOException {
        int millis = timeoutMillis;
        try {
            SocketChannel accepted = millis > 0 ? channel.blockingAccept(millis) : channel.accept();
            if (accepted == null) {
                throw JdkErrors.illegalBlockingMode();
            }
            return accepted.socket();
        } catch (IOException | RuntimeException e) {
            throw JdkErrors.ofChannel(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public ServerSocketChannel getChannel() {
        return channel;
    }

    @Override
    public boolean isBound() {
        return channel.localAddress() != null;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    @SuppressWarnings(
            "UnsynchronizedOverridesSynchronized") // volatile; as in the JDK's adaptor nothing waits for a lock
    public void setSoTimeout(int millis) throws SocketException {
        ensureOpen();
        if (millis < 0) {
            throw new IllegalArgumentException("timeout < 0");
        }
        timeoutMillis = millis;
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // as above
    public int getSoTimeout() throws SocketException {
        ensureOpen();
        return timeoutMillis;
    }

    @Override
    public void setReuseAddress(boolean on) throws SocketException {
        set(StandardSocketOptions.SO_REUSEADDR, on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return get(StandardSocketOptions.SO_REUSEADDR);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // as above
    public void setReceiveBufferSize(int size) throws SocketException {
        if (size <= 0) {
            throw new IllegalArgumentException("size cannot be 0 or negative");
        }
        set(StandardSocketOptions.SO_RCVBUF, size);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // as above
    public int getReceiveBufferSize() throws SocketException {
        return get(StandardSocketOptions.SO_RCVBUF);
    }

    @Override
    public void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        // the JDK's sockets have no such preferences either
    }

    @Override
    public <T> ServerSocket setOption(SocketOption<T> name, T value) throws IOException {
        channel.setOption(name, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        return channel.getOption(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return channel.supportedOptions();
    }

    @Override
    public String toString() {
        return isBound()
                ? "ServerSocket[addr=" + getInetAddress() + ",localport=" + getLocalPort() + "]"
                : "ServerSocket[unbound]";
    }

    private <T> void set(SocketOption<T> name, T value) throws SocketException {
        try {
            channel.setOption(name, value);
        } catch (IOException e) {
            throw JdkErrors.socketOfChannel(e);
        }
    }

    private <T> T get(SocketOption<T> name) throws SocketException {
        try {
            return channel.getOption(name);
        } catch (IOException e) {
            throw JdkErrors.socketOfChannel(e);
        }
    }

    private void ensureOpen() throws SocketException {
        if (!channel.isOpen()) {
            throw JdkErrors.socketIsClosed();
        }
    }
}
