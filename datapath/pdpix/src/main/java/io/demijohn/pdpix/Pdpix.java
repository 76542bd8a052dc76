package io.demijohn.pdpix;

import io.demijohn.engine.BoundPort;
import io.demijohn.engine.Engine;
import io.demijohn.engine.Idling;
import io.demijohn.engine.ListenerHandle;
import io.demijohn.engine.ReadySet;
import io.demijohn.engine.Status;
import io.demijohn.engine.StatusException;
import io.demijohn.engine.StreamHandle;
import io.demijohn.engine.StreamOptions;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Demikernel's queue calls over one engine: an operation answers a token at once, a wait answers its completion.
 *
 * <p>One thread uses an instance at a time; the waiting thread drives the engine, and sleeps when nothing happens. Operations
 * make progress only inside of a wait. An unknown queue or token is the caller's mistake and throws {@link
 * IllegalArgumentException}; expected trouble is a negative {@link Status} in the completion.
 *
 * <p>Deviates: the original moves registered buffers by reference; here push and pop copy once between the caller's buffers
 * and the connection's queues, until the engine lends packet buffers. Operators, files and {@code pushTo} do not exist yet.
 */
public final class Pdpix implements AutoCloseable {
    private static final StreamOptions OPTIONS = new StreamOptions(true, false, 0, 0, 0);

    /** What a queue is at the moment; one of the handles at most. */
    private static final class Queue {
        @Nullable
        BoundPort bound;

        @Nullable
        ListenerHandle listener;

        @Nullable
        StreamHandle stream;
    }

    private final Engine engine;
    private final ReadySet ready;
    private final Map<Integer, Queue> queues = new HashMap<>();
    private final Map<Long, Operation> operations = new HashMap<>();
    private volatile @Nullable Thread waiter;
    private int nextQueue = 1;
    private long nextToken = 1;

    /** @param engine stays the caller's */
    public Pdpix(Engine engine) {
        this.engine = engine;
        this.ready = new ReadySet(() -> LockSupport.unpark(waiter), List.of(engine));
    }

    // ---- queues ----------------------------------------------------------------------------------------------------

    /** Makes a TCP queue, neither bound nor connected, and returns its number. */
    public int socket() {
        queues.put(nextQueue, new Queue());
        return nextQueue++;
    }

    /**
     * Gives the queue its local address; port 0 takes a free one.
     *
     * @throws StatusException if the address is taken or not the engine's
     */
    public InetSocketAddress bind(int queue, InetSocketAddress local) throws StatusException {
        Queue found = queue(queue);
        require(found.bound == null && found.stream == null && found.listener == null, "queue is bound already", queue);
        BoundPort port = engine.bind(local, false);
        found.bound = port;
        return port.address();
    }

    /**
     * Lets a bound queue take connections.
     *
     * @throws StatusException if another listener has the port
     */
    public void listen(int queue, int backlog) throws StatusException {
        Queue found = queue(queue);
        BoundPort port = found.bound;
        if (port == null) {
            throw new IllegalArgumentException("queue " + queue + " is not bound");
        }
        found.bound = null;
        ListenerHandle listener = engine.listen(port, backlog, OPTIONS);
        listener.register(ready, this);
        found.listener = listener;
    }

    /** Ends the queue as close of a socket does; its tokens complete with {@link Status#CLOSED}. Idempotent. */
    public void close(int queue) {
        Queue found = queues.remove(queue);
        if (found != null) {
            if (found.bound != null) {
                found.bound.close();
            }
            if (found.listener != null) {
                found.listener.close();
            }
            if (found.stream != null) {
                found.stream.close();
            }
        }
    }

    /** Closes every queue. */
    @Override
    public void close() {
        for (Integer queue : List.copyOf(queues.keySet())) {
            close(queue);
        }
    }

    // ---- operations ------------------------------------------------------------------------------------------------

    /** Asks for the next connection of a listening queue; completes with the new queue. */
    public long accept(int queue) {
        require(queue(queue).listener != null, "queue does not listen", queue);
        return begin(Operation.Kind.ACCEPT, queue, Operation.NO_BUFFERS);
    }

    /**
     * Begins to connect.
     *
     * @throws StatusException if not even an attempt is possible
     */
    public long connect(int queue, InetSocketAddress remote) throws StatusException {
        Queue found = queue(queue);
        require(found.stream == null && found.listener == null, "queue is in use already", queue);
        BoundPort port = found.bound;
        found.bound = null;
        StreamHandle stream = engine.connect(port, remote, OPTIONS);
        stream.register(ready, this);
        found.stream = stream;
        return begin(Operation.Kind.CONNECT, queue, Operation.NO_BUFFERS);
    }

    /** Sends the remaining bytes of {@code buffers}; completes when the datapath has taken responsibility for all of them. */
    public long push(int queue, ByteBuffer... buffers) {
        require(queue(queue).stream != null, "queue is not connected", queue);
        return begin(Operation.Kind.PUSH, queue, buffers);
    }

    /** Receives into {@code buffers}; completes with the first bytes that come, or 0 at the end of the peer's stream. */
    public long pop(int queue, ByteBuffer... buffers) {
        require(queue(queue).stream != null, "queue is not connected", queue);
        return begin(Operation.Kind.POP, queue, buffers);
    }

    /** Gives an operation up; what push sent so far stays sent. Returns whether the token was known. */
    public boolean cancel(long token) {
        return operations.remove(token) != null;
    }

    // ---- waiting ---------------------------------------------------------------------------------------------------

    /**
     * Waits for the first of {@code tokens} to complete; earlier ones in the array win.
     *
     * @param timeoutNanos at most this long; {@link Long#MAX_VALUE} without end
     * @return the completion, or null when the time passed or the thread's interrupt status is set
     */
    public @Nullable Completion waitAny(long[] tokens, long timeoutNanos) {
        long startNanos = System.nanoTime();
        long idleSinceNanos = startNanos;
        int idlePasses = 0;
        try {
            while (true) {
                boolean worked = ready.drive();
                drainPosts();
                Completion completion = first(tokens);
                if (completion != null) {
                    return completion;
                }
                long nowNanos = System.nanoTime();
                long leftNanos = timeoutNanos - (nowNanos - startNanos);
                if (leftNanos <= 0 || Thread.currentThread().isInterrupted()) {
                    return null;
                }
                idlePasses = worked ? 0 : idlePasses + 1;
                idleSinceNanos = worked ? nowNanos : idleSinceNanos;
                if (nowNanos - idleSinceNanos < ready.spinNanos()) {
                    Idling.pause(idlePasses);
                } else {
                    sleep(leftNanos);
                }
            }
        } finally {
            ready.leave();
        }
    }

    /** Waits for one token, as {@link #waitAny} does. */
    public @Nullable Completion waitFor(long token, long timeoutNanos) {
        return waitAny(new long[] {token}, timeoutNanos);
    }

    private void sleep(long leftNanos) {
        waiter = Thread.currentThread();
        if (ready.beginSleep()) {
            LockSupport.parkNanos(this, leftNanos);
        }
        ready.endSleep();
        waiter = null;
    }

    /** Takes every post, so that the next change posts again; the operations look at the handles themselves. */
    private void drainPosts() {
        while (ready.poll() != null) {
            Thread.onSpinWait();
        }
    }

    private @Nullable Completion first(long[] tokens) {
        for (long token : tokens) {
            Operation operation = operation(token);
            Integer result = attempt(operation);
            if (result != null) {
                operations.remove(token);
                return new Completion(token, operation.queue(), result);
            }
        }
        return null;
    }

    /** Tries to finish {@code operation}; returns its result, or null while it is under way. */
    private @Nullable Integer attempt(Operation operation) {
        Queue queue = queues.get(operation.queue());
        if (queue == null) {
            return Status.CLOSED;
        }
        if (operation.kind() == Operation.Kind.ACCEPT) {
            return accepted(queue);
        }
        StreamHandle stream = queue.stream;
        if (stream == null) {
            return Status.NOT_CONNECTED;
        }
        return switch (operation.kind()) {
            case CONNECT -> stream.connectStatus() == 0 ? null : (Integer) Math.min(stream.connectStatus(), 0);
            case PUSH -> pushed(stream, operation);
            default -> popped(stream, operation);
        };
    }

    private @Nullable Integer accepted(Queue queue) {
        ListenerHandle listener = queue.listener;
        if (listener == null) {
            return Status.CLOSED;
        }
        StreamHandle stream = listener.accept();
        if (stream == null) {
            return null;
        }
        stream.register(ready, this);
        int number = socket();
        queue(number).stream = stream;
        return number;
    }

    private static @Nullable Integer pushed(StreamHandle stream, Operation operation) {
        for (ByteBuffer buffer : operation.buffers()) {
            while (buffer.hasRemaining()) {
                int taken = stream.write(buffer);
                if (taken < 0) {
                    return taken;
                }
                if (taken == 0) {
                    return null;
                }
            }
        }
        return operation.bytes();
    }

    private static @Nullable Integer popped(StreamHandle stream, Operation operation) {
        int total = 0;
        for (ByteBuffer buffer : operation.buffers()) {
            if (!buffer.hasRemaining()) {
                continue;
            }
            int count = stream.read(buffer);
            if (count <= 0) {
                if (total > 0 || count == 0) {
                    break;
                }
                return count == StreamHandle.END ? 0 : (Integer) count;
            }
            total += count;
        }
        return total == 0 && operation.bytes() > 0 ? null : (Integer) total;
    }

    private long begin(Operation.Kind kind, int queue, ByteBuffer[] buffers) {
        int bytes = 0;
        for (ByteBuffer buffer : buffers) {
            bytes += buffer.remaining();
        }
        operations.put(nextToken, new Operation(kind, queue, buffers, bytes));
        return nextToken++;
    }

    private Queue queue(int queue) {
        Queue found = queues.get(queue);
        if (found == null) {
            throw new IllegalArgumentException("queue " + queue + " does not exist");
        }
        return found;
    }

    private Operation operation(long token) {
        Operation found = operations.get(token);
        if (found == null) {
            throw new IllegalArgumentException("token " + token + " does not exist or was waited for");
        }
        return found;
    }

    private static void require(boolean condition, String message, int queue) {
        if (!condition) {
            throw new IllegalArgumentException(message + ": queue " + queue);
        }
    }
}
