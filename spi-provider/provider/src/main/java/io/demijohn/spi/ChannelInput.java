package io.demijohn.spi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * What {@code Channels.newInputStream} gives for a channel of ours: blocking reads that leave writers alone.
 *
 * <p>Any thread; the channel's read lock orders them.
 */
final class ChannelInput extends InputStream {
    private final BypassSocketChannel channel;

    ChannelInput(BypassSocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) > 0 ? one[0] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        channel.ensureBlocking();
        return channel.read(ByteBuffer.wrap(target, offset, length));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
