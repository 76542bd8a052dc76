package apps.nettyecho;

import apps.common.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultFileRegion;
import java.io.File;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One connection that sends a stream and compares what comes back. Called by the channel's event loop; {@link #end} completes when
 * the last byte was right, or exceptionally.
 */
final class EchoStream extends ChannelInboundHandlerAdapter {
    private final long totalBytes;
    private final int pieceBytes;
    private final long aheadBytesMax;
    private final @Nullable File file;
    private final MessageDigest sentDigest = Bytes.digest();
    private final MessageDigest gotDigest = Bytes.digest();
    private final CompletableFuture<Long> end = new CompletableFuture<>();
    private boolean stays;
    private long sentBytes;
    private long gotBytes;

    /** Sends pieces and is never more than {@code aheadBytesMax} ahead of what came back; or sends the file as a whole. */
    EchoStream(long totalBytes, int pieceBytes, long aheadBytesMax, @Nullable File file) {
        this.totalBytes = totalBytes;
        this.pieceBytes = pieceBytes;
        this.aheadBytesMax = aheadBytesMax;
        this.file = file;
    }

    /** Leaves the connection open at the end, and returns this. */
    EchoStream staying() {
        stays = true;
        return this;
    }

    CompletableFuture<Long> end() {
        return end;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (file == null) {
            send(context);
        } else {
            sentBytes = totalBytes;
            sentDigest.update(Bytes.range(0, (int) totalBytes));
            var unused = context.writeAndFlush(new DefaultFileRegion(file, 0, totalBytes));
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        send(context);
    }

    private void send(ChannelHandlerContext context) {
        while (sentBytes < totalBytes
                && sentBytes - gotBytes < aheadBytesMax
                && context.channel().isWritable()) {
            byte[] piece = Bytes.range(sentBytes, (int) Math.min(pieceBytes, totalBytes - sentBytes));
            sentDigest.update(piece);
            sentBytes += piece.length;
            var unused = context.writeAndFlush(Unpooled.wrappedBuffer(piece));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        gotBytes += bytes.readableBytes();
        gotDigest.update(bytes.nioBuffer());
        bytes.release();
        if (gotBytes < totalBytes) {
            send(context);
            return;
        }
        if (gotBytes == totalBytes && Bytes.hex(gotDigest).equals(Bytes.hex(sentDigest))) {
            end.complete(gotBytes);
        } else {
            fail("other bytes came back");
        }
        if (!stays) {
            var unused = context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail("closed");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        end.completeExceptionally(cause);
        var unused = context.close();
    }

    private void fail(String why) {
        end.completeExceptionally(
                new IOException("FAILED " + why + " after " + gotBytes + " of " + totalBytes + " bytes"));
    }
}
