package apps.mixedselector;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** One non-blocking connection that sends a message, waits for its echo, and does so again. Selector thread only. */
final class PingPong {
    private final String peer;
    private final SocketChannel channel;
    private final ByteBuffer out;
    private final ByteBuffer in;
    private final int rounds;
    private int done;

    PingPong(String peer, SocketChannel channel, byte[] message, int rounds) {
        this.peer = peer;
        this.channel = channel;
        this.out = ByteBuffer.wrap(message);
        this.in = ByteBuffer.allocate(message.length);
        this.rounds = rounds;
    }

    /** Does what {@code key} is ready for; returns true once the last echo has come. */
    boolean step(SelectionKey key) throws IOException {
        if (key.isConnectable() && channel.finishConnect()) {
            key.interestOps(SelectionKey.OP_WRITE);
            return false;
        }
        if (key.isWritable()) {
            channel.write(out);
            key.interestOps(out.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
        return key.isReadable() && received(key);
    }

    private boolean received(SelectionKey key) throws IOException {
        if (channel.read(in) < 0) {
            throw new EOFException("peer closed in round " + done);
        }
        if (in.hasRemaining()) {
            return false;
        }
        if (!in.flip().equals(out.rewind())) {
            throw new IOException("round " + done + ": another message came back");
        }
        in.clear();
        done++;
        if (done == rounds) {
            System.out.println("pingpong " + peer + " OK rounds=" + rounds);
            return true;
        }
        key.interestOps(SelectionKey.OP_WRITE);
        return false;
    }

    @Override
    public String toString() {
        return peer + " after " + done + " rounds";
    }
}
