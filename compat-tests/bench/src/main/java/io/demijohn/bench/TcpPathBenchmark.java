package io.demijohn.bench;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One segment through the stack, in one thread, on a connection drawn from one, a thousand, a thousand active ones of a hundred
 * thousand open ones, or a hundred thousand.
 *
 * <ul>
 *   <li>{@link #receive64}: a segment of 64 bytes from the device to the application's read, with the acknowledgement owed;
 *   <li>{@link #receive1448}: the same with 1,448 bytes, in order: bulk;
 *   <li>{@link #send64}: a write of 64 bytes until the segment is ready for the device;
 *   <li>{@link #acknowledgement}: an ACK without payload from the device until it freed what it acknowledges;
 *   <li>{@link #harness}: what {@link #receive64} and {@link #acknowledgement} spend on making the frame, the clock and the
 *       device.
 * </ul>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
public class TcpPathBenchmark {
    /** Connections to peers that send segments of one size. */
    @State(Scope.Thread)
    public abstract static class Connections {
        /** How many are open, or how many of them are active and how many open. */
        @Param({"1", "1000", "1000/100000", "100000"})
        String connections = "";

        @Param({"true", "false"})
        boolean timestamps;

        private final int payloadBytes;
        private @Nullable StackPeer peer;

        Connections(int payloadBytes) {
            this.payloadBytes = payloadBytes;
        }

        @Setup
        public void open() {
            String[] activeAndOpen = connections.split("/", -1);
            int active = Integer.parseInt(activeAndOpen[0]);
            int open = Integer.parseInt(activeAndOpen[activeAndOpen.length - 1]);
            peer = new StackPeer(active, open, payloadBytes, timestamps);
        }

        StackPeer peer() {
            return Objects.requireNonNull(peer);
        }

        @TearDown
        public void close() {
            peer().close();
        }
    }

    /** Connections whose peers send small segments. */
    public static class Small extends Connections {
        public Small() {
            super(StackPeer.SMALL_BYTES);
        }
    }

    /** Connections whose peers send full segments. */
    public static class Full extends Connections {
        public Full() {
            super(StackPeer.FULL_BYTES);
        }
    }

    /** Whatever was written is acknowledged before the next writes. */
    public static class Acknowledged extends Small {
        @TearDown(Level.Invocation)
        public void acknowledge() {
            peer().acknowledgeMany();
        }
    }

    /** Every acknowledgement has something to acknowledge. */
    public static class Outstanding extends Small {
        @Setup(Level.Invocation)
        public void write() {
            check(peer().writeMany(), StackPeer.BURST);
        }
    }

    @Benchmark
    public int receive64(Small state) {
        return check(state.peer().receiveOne(), StackPeer.SMALL_BYTES);
    }

    @Benchmark
    public int receive1448(Full state) {
        return check(state.peer().receiveOne(), StackPeer.FULL_BYTES);
    }

    @Benchmark
    @OperationsPerInvocation(StackPeer.BURST)
    public int send64(Acknowledged state) {
        return check(state.peer().writeMany(), StackPeer.BURST);
    }

    @Benchmark
    @OperationsPerInvocation(StackPeer.BURST)
    public int acknowledgement(Outstanding state) {
        return check(state.peer().acknowledgeMany(), 0);
    }

    @Benchmark
    public int harness(Small state) {
        return check(state.peer().harnessOne(), 1);
    }

    private static int check(int count, int least) {
        if (count < least) {
            throw new IllegalStateException(count + ", not " + least);
        }
        return count;
    }
}
