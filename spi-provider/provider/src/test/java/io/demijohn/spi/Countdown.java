package io.demijohn.spi;

import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;

/** Reads single bytes, each from the handler of the one before, until it has read so many. */
final class Countdown implements CompletionHandler<Integer, Integer> {
    private final AsynchronousSocketChannel channel;
    private final int count;
    private final Outcome<Integer> outcome = new Outcome<>();

    Countdown(AsynchronousSocketChannel channel, int count) {
        this.channel = channel;
        this.count = count;
    }

    void begin() {
        channel.read(ByteBuffer.allocate(1), 1, this);
    }

    /** Returns how many were read. */
    int get() throws Exception {
        return outcome.get();
    }

    @Override
    public void completed(Integer bytes, Integer number) {
        if (bytes != 1 || number == count) {
            outcome.completed(bytes == 1 ? number : -number, number);
        } else {
            channel.read(ByteBuffer.allocate(1), number + 1, this);
        }
    }

    @Override
    public void failed(Throwable failure, Integer number) {
        outcome.failed(failure, number);
    }
}
