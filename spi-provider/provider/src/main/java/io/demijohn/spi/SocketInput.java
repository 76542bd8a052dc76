package io.demijohn.spi;

import java.io.IOException;
import java.io.InputStream;

/** The input stream of a bypassed socket; any thread, stateless beside its socket. */
final class SocketInput extends InputStream {
    private final DemijohnSocketImpl socket;

    SocketInput(DemijohnSocketImpl socket) {
        this.socket = socket;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int count = read(one, 0, 1);
        return count > 0 ? Byte.toUnsignedInt(one[0]) : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return socket.read(target, offset, length);
    }

    @Override
    public int available() throws IOException {
        return socket.available();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
