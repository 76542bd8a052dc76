package io.demijohn.spi;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The input stream of a channel's adaptor: blocking reads with the adaptor's timeout.
 *
 * <p>Any thread; the channel's read lock orders them.
 */
final class AdaptorInputStream extends InputStream {
    private final SocketChannelAdaptor adaptor;
    private final BypassSocketChannel channel;

    /** The stream of the kernel channel's own adaptor, if that is where the channel went. */
    private final @Nullable InputStream kernelInput;

    private final @Nullable Socket kernelSocket;

    AdaptorInputStream(SocketChannelAdaptor adaptor, BypassSocketChannel channel) throws IOException {
        this.adaptor = adaptor;
        this.channel = channel;
        SocketChannel inKernel = channel.delegate;
        this.kernelSocket = inKernel == null ? null : inKernel.socket();
        this.kernelInput = kernelSocket == null ? null : kernelSocket.getInputStream();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) > 0 ? one[0] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int timeoutMillis = adaptor.timeoutMillis();
        if (kernelInput == null || kernelSocket == null) {
            return channel.blockingRead(target, offset, length, timeoutMillis);
        }
        try {
            if (channel.isOpen() && kernelSocket.getSoTimeout() != timeoutMillis) {
                kernelSocket.setSoTimeout(timeoutMillis);
            }
            return kernelInput.read(target, offset, length);
        } catch (ClosedChannelException e) {
            throw channel.closedInKernel(e);
        }
    }

    @Override
    public int available() throws IOException {
        return kernelInput == null ? channel.available() : kernelInput.available();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
