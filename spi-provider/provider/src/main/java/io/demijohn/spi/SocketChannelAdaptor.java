package io.demijohn.spi;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A socket channel seen as a {@link Socket}: every method asks the channel, with the exceptions of the JDK's own adaptor.
 *
 * <p>Owned by one channel; any thread. Holds nothing but the read timeout.
 */
final class SocketChannelAdaptor extends Socket {
    private final BypassSocketChannel channel;
    private volatile int timeoutMillis;

    private SocketChannelAdaptor(BypassSocketChannel channel) throws SocketException {
        super(new AdaptorSocketImpl());
        this.channel = channel;
    }

    static Socket create(BypassSocketChannel channel) {
        try {
            return new SocketChannelAdaptor(channel);
        } catch (SocketException e) {
            throw new IllegalStateException("an adaptor creates no socket", e);
        }
    }

    int timeoutMillis() {
        return timeoutMillis;
    }

    @Override
    public void connect(SocketAddress remote) throws IOException {
        connect(remote, 0);
    }

    @Override
    public void connect(@Nullable SocketAddress remote, int connectMillis) throws IOException {
        if (remote == null) {
            throw new IllegalArgumentException("connect: The address can't be null");
        }
        if (connectMillis < 0) {
            throw new IllegalArgumentException("connect: timeout can't be negative");
        }
        if (remote instanceof InetSocketAddress inet && inet.isUnresolved()) {
            ensureOpen();
            if (channel.isConnected()) {
                throw JdkErrors.alreadyConnected();
            }
            close();
            throw JdkErrors.unknownHost(inet);
        }
        try {
            channel.blockingConnect(remote, connectMillis);
        } catch (IOException | RuntimeException e) {
            throw JdkErrors.ofChannel(e);
        }
    }

    @Override
    public void bind(@Nullable SocketAddress local) throws IOException {
        try {
            channel.bind(local);
        } catch (IOException | RuntimeException e) {
            throw JdkErrors.ofChannel(e);
        }
    }

    @Override
    public @Nullable InetAddress getInetAddress() {
        InetSocketAddress remote = channel.remoteAddress();
        return remote == null ? null : remote.getAddress();
    }

    @Override
    public InetAddress getLocalAddress() {
        InetSocketAddress local = channel.isOpen() ? channel.localAddress() : null;
        return local == null ? new InetSocketAddress(0).getAddress() : local.getAddress();
    }

    @Override
    public int getPort() {
        InetSocketAddress remote = channel.remoteAddress();
        return remote == null ? 0 : remote.getPort();
    }

    @Override
    public int getLocalPort() {
        InetSocketAddress local = channel.localAddress();
        return local == null ? -1 : local.getPort();
    }

    @Override
    public @Nullable SocketAddress getRemoteSocketAddress() {
        return channel.remoteAddress();
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        return channel.localAddress();
    }

    @Override
    public SocketChannel getChannel() {
        return channel;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        ensureConnected();
        if (channel.inputShut) {
            throw JdkErrors.socketInputIsShutdown();
        }
        return new AdaptorInputStream(this, channel);
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        ensureConnected();
        if (channel.outputShut) {
            throw JdkErrors.socketOutputIsShutdown();
        }
        return new AdaptorOutputStream(channel);
    }

    // ---- options ---------------------------------------------------------------------------------------------------

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        set(StandardSocketOptions.TCP_NODELAY, on);
    }

    @Override
    public boolean getTcpNoDelay() throws SocketException {
        return get(StandardSocketOptions.TCP_NODELAY);
    }

    @Override
    public void setSoLinger(boolean on, int seconds) throws SocketException {
        set(StandardSocketOptions.SO_LINGER, on ? seconds : -1);
    }

    @Override
    public int getSoLinger() throws SocketException {
        return get(StandardSocketOptions.SO_LINGER);
    }

    @Override
    public void sendUrgentData(int data) throws IOException {
        SocketChannel inKernel = channel.delegate;
        if (inKernel != null) {
            inKernel.socket().sendUrgentData(data);
        } else if (channel.writeUrgent(data) == 0) {
            throw JdkErrors.socketBufferFull();
        }
    }

    @Override
    public void setOOBInline(boolean on) throws SocketException {
        set(channel.oobInline(), on);
    }

    @Override
    public boolean getOOBInline() throws SocketException {
        return get(channel.oobInline());
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
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // as above
    public void setSendBufferSize(int size) throws SocketException {
        if (size <= 0) {
            throw new IllegalArgumentException("Invalid send size");
        }
        set(StandardSocketOptions.SO_SNDBUF, size);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // as above
    public int getSendBufferSize() throws SocketException {
        return get(StandardSocketOptions.SO_SNDBUF);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // as above
    public void setReceiveBufferSize(int size) throws SocketException {
        if (size <= 0) {
            throw new IllegalArgumentException("Invalid receive size");
        }
        set(StandardSocketOptions.SO_RCVBUF, size);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // as above
    public int getReceiveBufferSize() throws SocketException {
        return get(StandardSocketOptions.SO_RCVBUF);
    }

    @Override
    public void setKeepAlive(boolean on) throws SocketException {
        set(StandardSocketOptions.SO_KEEPALIVE, on);
    }

    @Override
    public boolean getKeepAlive() throws SocketException {
        return get(StandardSocketOptions.SO_KEEPALIVE);
    }

    @Override
    public void setTrafficClass(int trafficClass) throws SocketException {
        set(StandardSocketOptions.IP_TOS, trafficClass);
    }

    @Override
    public int getTrafficClass() throws SocketException {
        return get(StandardSocketOptions.IP_TOS);
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
    public void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        // the JDK's sockets have no such preferences either
    }

    @Override
    public <T> Socket setOption(SocketOption<T> name, T value) throws IOException {
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

    // ---- closing and state -----------------------------------------------------------------------------------------

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // the channel's close is idempotent
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public void shutdownInput() throws IOException {
        try {
            channel.shutdownInput();
        } catch (IOException | RuntimeException e) {
            throw JdkErrors.ofChannel(e);
        }
    }

    @Override
    public void shutdownOutput() throws IOException {
        try {
            channel.shutdownOutput();
        } catch (IOException | RuntimeException e) {
            throw JdkErrors.ofChannel(e);
        }
    }

    @Override
    public boolean isConnected() {
        return channel.isConnected();
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
    public boolean isInputShutdown() {
        return channel.inputShut;
    }

    @Override
    public boolean isOutputShutdown() {
        return channel.outputShut;
    }

    @Override
    public String toString() {
        return isConnected()
                ? "Socket[addr=" + getInetAddress() + ",port=" + getPort() + ",localport=" + getLocalPort() + "]"
                : "Socket[unconnected]";
    }

    private void ensureOpen() throws SocketException {
        if (!channel.isOpen()) {
            throw JdkErrors.socketIsClosed();
        }
    }

    private void ensureConnected() throws SocketException {
        ensureOpen();
        if (!channel.isConnected()) {
            throw JdkErrors.socketIsNotConnected();
        }
    }
}
