package io.demijohn.spi;

import java.io.IOException;
import java.io.OutputStream;

/** The output stream of a bypassed socket; any thread, stateless beside its socket. Flushing does nothing: nothing is held back. */
final class SocketOutput extends OutputStream {
    private final DemijohnSocketImpl socket;

    SocketOutput(DemijohnSocketImpl socket) {
        this.socket = socket;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        socket.write(source, offset, length);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
