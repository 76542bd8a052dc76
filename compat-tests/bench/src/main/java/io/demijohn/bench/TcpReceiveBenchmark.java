package io.demijohn.bench;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One segment of 64 bytes from the loop device to a {@code read}, in one thread.
 *
 * <p>{@link #frameToRead} is the receive path alone: device, stack, queue, read, and the acknowledgement it owes. {@link
 * #writeToRead} goes through the engine from one handle's write to the other handle's read: both ends and the engine's
 * pass.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TcpReceiveBenchmark {
    /** The receive path alone. */
    @State(Scope.Thread)
    public static class Isolated {
        final StackPeer peer = new StackPeer();
        final ByteBuffer target = ByteBuffer.allocateDirect(StackPeer.PAYLOAD_BYTES);

        @TearDown
        public void close() {
            peer.close();
        }
    }

    /** Two handles of one engine. */
    @State(Scope.Thread)
    public static class Connected {
        final EnginePair pair = new EnginePair();
        final ByteBuffer source = ByteBuffer.allocateDirect(StackPeer.PAYLOAD_BYTES);
        final ByteBuffer target = ByteBuffer.allocateDirect(StackPeer.PAYLOAD_BYTES);

        @TearDown
        public void close() {
            pair.close();
        }
    }

    @Benchmark
    public int frameToRead(Isolated state) {
        int count = state.peer.receiveOne(state.target);
        if (count != StackPeer.PAYLOAD_BYTES) {
            throw new IllegalStateException("read " + count);
        }
        return count;
    }

    @Benchmark
    public int writeToRead(Connected state) {
        return EnginePair.move(state.pair.client, state.source, state.pair.server, state.target);
    }
}
