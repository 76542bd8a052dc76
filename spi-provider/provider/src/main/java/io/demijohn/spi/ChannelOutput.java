package io.demijohn.spi;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * What {@code Channels.newOutputStream} gives for a channel of ours: writes of everything that leave readers alone.
 *
 * <p>Any thread; the channel's write lock orders them.
 */
final class ChannelOutput extends OutputStream {
    private final BypassSocketChannel channel;

    ChannelOutput(BypassSocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, source.length);
        ByteBuffer rest = ByteBuffer.wrap(source, offset, length);
        while (rest.hasRemaining()) {
            channel.ensureBlocking();
            channel.write(rest);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
