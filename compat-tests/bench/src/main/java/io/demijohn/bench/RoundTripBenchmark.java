package io.demijohn.bench;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One write and its read, and an echo, between two handles of one engine over the loop device; one thread drives both. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RoundTripBenchmark {
    /** The pair and what goes to and fro. */
    @State(Scope.Thread)
    public static class Echo {
        /** Bytes each way. */
        @Param({"64", "1024", "16384"})
        public int bytes;

        final EnginePair pair = new EnginePair();
        ByteBuffer source = ByteBuffer.allocateDirect(0);
        ByteBuffer target = ByteBuffer.allocateDirect(0);

        @Setup
        public void allocate() {
            source = ByteBuffer.allocateDirect(bytes);
            target = ByteBuffer.allocateDirect(bytes);
        }

        @TearDown
        public void close() {
            pair.close();
        }
    }

    @Benchmark
    public int oneWay(Echo state) {
        return EnginePair.move(state.pair.client, state.source, state.pair.server, state.target);
    }

    @Benchmark
    public int echo(Echo state) {
        return EnginePair.move(state.pair.client, state.source, state.pair.server, state.target)
                + EnginePair.move(state.pair.server, state.target, state.pair.client, state.source);
    }
}
