package io.demijohn.spi;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The output stream of a channel's adaptor: blocking writes.
 *
 * <p>Any thread; the channel's write lock orders them.
 */
final class AdaptorOutputStream extends OutputStream {
    private final BypassSocketChannel channel;

    /** The stream of the kernel channel's own adaptor, if that is where the channel went. */
    private final @Nullable OutputStream kernelOutput;

    AdaptorOutputStream(BypassSocketChannel channel) throws IOException {
        this.channel = channel;
        SocketChannel inKernel = channel.delegate;
        this.kernelOutput = inKernel == null ? null : inKernel.socket().getOutputStream();
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        if (kernelOutput == null) {
            channel.blockingWriteFully(source, offset, length);
            return;
        }
        try {
            kernelOutput.write(source, offset, length);
        } catch (ClosedChannelException e) {
            throw channel.closedInKernel(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
