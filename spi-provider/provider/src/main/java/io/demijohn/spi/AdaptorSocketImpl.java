package io.demijohn.spi;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketImpl;
import org.jspecify.annotations.Nullable;

/** Stands in for the implementation of a channel's adaptor, which overrides every method that would ask it. */
final class AdaptorSocketImpl extends SocketImpl {
    private static UnsupportedOperationException unreachable() {
        return new UnsupportedOperationException("the adaptor answers for its channel");
    }

    @Override
    protected void create(boolean stream) {
        throw unreachable();
    }

    @Override
    protected void connect(String host, int port) {
        throw unreachable();
    }

    @Override
    protected void connect(InetAddress address, int port) {
        throw unreachable();
    }

    @Override
    protected void connect(SocketAddress address, int timeoutMillis) {
        throw unreachable();
    }

    @Override
    protected void bind(InetAddress host, int port) {
        throw unreachable();
    }

    @Override
    protected void listen(int backlog) {
        throw unreachable();
    }

    @Override
    protected void accept(SocketImpl accepted) {
        throw unreachable();
    }

    @Override
    protected InputStream getInputStream() {
        throw unreachable();
    }

    @Override
    protected OutputStream getOutputStream() {
        throw unreachable();
    }

    @Override
    protected int available() {
        throw unreachable();
    }

    @Override
    protected void close() {
        throw unreachable();
    }

    @Override
    protected void sendUrgentData(int data) {
        throw unreachable();
    }

    @Override
    public @Nullable Object getOption(int option) {
        throw unreachable();
    }

    @Override
    public void setOption(int option, @Nullable Object value) {
        throw unreachable();
    }
}
