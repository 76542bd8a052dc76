package apps.asyncecho;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;

/** Echoes one connection: reads, writes until all is written, reads again. One operation at a time. */
final class EchoHandler implements CompletionHandler<Integer, Boolean> {
    private static final int CHUNK_BYTES = 64 * 1024;

    private final AsynchronousSocketChannel channel;
    private final int number;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
    private long echoedBytes;

    EchoHandler(AsynchronousSocketChannel channel, int number) {
        this.channel = channel;
        this.number = number;
    }

    void begin() {
        channel.read(buffer.clear(), true, this);
    }

    @Override
    public void completed(Integer count, Boolean reading) {
        if (reading && count < 0) {
            end("eof");
        } else if (reading) {
            channel.write(buffer.flip(), false, this);
        } else if (buffer.hasRemaining()) {
            echoedBytes += count;
            channel.write(buffer, false, this);
        } else {
            echoedBytes += count;
            begin();
        }
    }

    @Override
    public void failed(Throwable failure, Boolean reading) {
        end(failure.toString());
    }

    private void end(String how) {
        System.out.println("end " + number + " bytes=" + echoedBytes + " " + how);
        try {
            channel.close();
        } catch (IOException e) {
            System.out.println("FAILED close: " + e);
        }
    }
}
