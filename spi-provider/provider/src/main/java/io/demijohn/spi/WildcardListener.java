package io.demijohn.spi;

import io.demijohn.engine.BoundPort;
import io.demijohn.engine.Engine;
import io.demijohn.engine.Idling;
import io.demijohn.engine.ListenerHandle;
import io.demijohn.engine.Ready;
import io.demijohn.engine.ReadySet;
import io.demijohn.engine.Registration;
import io.demijohn.engine.Status;
import io.demijohn.engine.StatusException;
import io.demijohn.engine.StreamHandle;
import io.demijohn.engine.StreamOptions;
import io.demijohn.engine.VirtualThreads;
import io.demijohn.spi.RouteCounters.Operation;
import io.demijohn.spi.config.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One listener over one or more engines and, for a wildcard address, the kernel as well.
 *
 * <p>Owned by one server socket or channel. Any thread may ask for readiness, register and close; one thread at a time
 * accepts or waits (the owner's accept lock). Who accepts takes from each side in turn, so that neither starves.
 *
 * @param <T> what the kernel's accept gives
 */
public final class WildcardListener<T> {
    private static final int MASK = Ready.ACCEPT | Ready.ERROR | Ready.CLOSED;

    private final List<ListenerHandle> listeners;
    private final @Nullable KernelAcceptPump<T> pump;
    private final RouteCounters counters;
    private final ReadySet waiting;
    private final List<Registration> waitingFor = new ArrayList<>();

    /** Index of the source that is asked first next time; the accepting thread's. */
    private int turn;

    private volatile @Nullable Thread waiter;
    private volatile boolean closed;

    /**
     * Listens on every engine of {@code bound} and begins to accept from the kernel.
     *
     * @param kernel the kernel's listener, which listens already, or null if there is none
     * @throws IOException if an engine has another listener there
     */
    public static <T> WildcardListener<T> open(
            PortReservation bound,
            int backlog,
            StreamOptions options,
            KernelAcceptPump.@Nullable Acceptor<T> kernel,
            RouteCounters counters)
            throws IOException {
        List<ListenerHandle> listeners = new ArrayList<>();
        boolean done = false;
        try {
            for (Engine engine : bound.engines()) {
                BoundPort port = bound.take(engine);
                if (port == null) {
                    throw JdkErrors.addressInUse();
                }
                listeners.add(engine.listen(port, backlog, options));
            }
            done = true;
        } catch (StatusException e) {
            throw JdkErrors.bind(e.status());
        } finally {
            if (!done) {
                listeners.forEach(ListenerHandle::close);
            }
        }
        KernelAcceptPump<T> pump = null;
        if (kernel != null) {
            pump = new KernelAcceptPump<>(Integer.toString(bound.port()), kernel);
            pump.start();
        }
        return new WildcardListener<>(bound.engines(), listeners, pump, counters);
    }

    /**
     * @param engines those of {@code listeners}, in the same order
     * @param pump already started, or null if the kernel does not listen
     */
    WildcardListener(
            List<Engine> engines,
            List<ListenerHandle> listeners,
            @Nullable KernelAcceptPump<T> pump,
            RouteCounters counters) {
        this.listeners = List.copyOf(listeners);
        this.pump = pump;
        this.counters = counters;
        this.waiting = new ReadySet(this::wake, engines);
    }

    /**
     * A connection from one side or the other.
     *
     * @param stream the engine's, or null
     * @param kernel the kernel's, or null
     */
    public record Accepted<T>(@Nullable StreamHandle stream, @Nullable T kernel) {}

    /** Returns {@link Ready#ACCEPT}, {@link Ready#CLOSED}, {@link Ready#ERROR} if every source failed, or 0. */
    public int ready() {
        if (closed) {
            return Ready.CLOSED;
        }
        int bits = pump == null ? 0 : pump.handle().ready();
        int failed = 0;
        for (ListenerHandle listener : listeners) {
            int ready = listener.ready();
            bits |= ready & Ready.ACCEPT;
            failed += (ready & Ready.ERROR) != 0 ? 1 : 0;
        }
        if (pump == null && failed == listeners.size()) {
            bits |= Ready.ERROR;
        }
        return bits & MASK;
    }

    /**
     * Returns the next connection, or null if there is none now or the listener is closed.
     *
     * @throws IOException what the kernel's accept threw, or that every engine failed
     */
    public @Nullable Accepted<T> accept() throws IOException {
        int sources = listeners.size() + (pump == null ? 0 : 1);
        for (int i = 0; i < sources; i++) {
            int source = (turn + i) % sources;
            Accepted<T> accepted = source < listeners.size() ? fromEngine(source) : fromKernel();
            if (accepted != null) {
                turn = (source + 1) % sources;
                return accepted;
            }
        }
        if ((ready() & Ready.ERROR) != 0) {
            throw JdkErrors.read(Status.ENGINE_FAILED);
        }
        return null;
    }

    /**
     * Waits until {@link #accept} has an answer or the listener is closed.
     *
     * @param timeoutNanos at most this long; {@link Long#MAX_VALUE} without end
     * @return the bits of {@link #ready}, 0 when the time passed, {@link Ready#INTERRUPTED} if the thread's interrupt status
     *     is set (it stays set)
     */
    public int await(long timeoutNanos) {
        int bits = ready();
        if (bits != 0 || timeoutNanos <= 0) {
            return bits;
        }
        if (pump == null && listeners.size() == 1) {
            return listeners.get(0).await(Ready.ACCEPT, timeoutNanos);
        }
        if (waitingFor.isEmpty()) {
            waitingFor.addAll(register(waiting, this));
        }
        try {
            return awaitAny(timeoutNanos);
        } finally {
            waiting.leave();
        }
    }

    /** Makes every source a member of {@code set}; whichever is posted, look at {@link #ready}. */
    public List<Registration> register(ReadySet set, Object attachment) {
        List<Registration> registrations = new ArrayList<>();
        for (ListenerHandle listener : listeners) {
            registrations.add(listener.register(set, attachment));
        }
        if (pump != null) {
            registrations.add(pump.handle().register(set, attachment));
        }
        return registrations;
    }

    /**
     * Stops listening on every side, the kernel's included, resets or closes what nobody accepted, and wakes every waiter;
     * idempotent.
     */
    public void close() {
        closed = true;
        for (ListenerHandle listener : listeners) {
            listener.close();
        }
        if (pump != null) {
            pump.close();
        }
        wake();
    }

    private @Nullable Accepted<T> fromEngine(int source) {
        StreamHandle stream = listeners.get(source).accept();
        if (stream == null) {
            return null;
        }
        counters.count(Operation.ACCEPT, Transport.INET, RouteReason.ACCEPTED);
        return new Accepted<>(stream, null);
    }

    private @Nullable Accepted<T> fromKernel() throws IOException {
        T connection = pump == null ? null : pump.poll();
        if (connection == null) {
            return null;
        }
        counters.count(Operation.ACCEPT, Transport.KERNEL, RouteReason.ACCEPTED);
        return new Accepted<>(null, connection);
    }

    private int awaitAny(long timeoutNanos) {
        boolean drives = !VirtualThreads.isCurrent();
        long startNanos = System.nanoTime();
        long idleSinceNanos = startNanos;
        int idlePasses = 0;
        while (true) {
            boolean worked = drives && waiting.drive();
            drain();
            int bits = ready();
            if (bits != 0) {
                return bits;
            }
            if (Thread.currentThread().isInterrupted()) {
                return Ready.INTERRUPTED;
            }
            long nowNanos = System.nanoTime();
            long leftNanos = timeoutNanos - (nowNanos - startNanos);
            if (leftNanos <= 0) {
                return 0;
            }
            if (worked) {
                idlePasses = 0;
                idleSinceNanos = nowNanos;
            } else if (!drives || nowNanos - idleSinceNanos >= waiting.spinNanos()) {
                sleep(leftNanos, timeoutNanos == Long.MAX_VALUE);
            } else {
                Idling.pause(++idlePasses);
            }
        }
    }

    private void sleep(long leftNanos, boolean endless) {
        waiter = Thread.currentThread();
        if (waiting.beginSleep() && ready() == 0) {
            if (endless) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, leftNanos);
            }
        }
        waiting.endSleep();
        waiter = null;
    }

    /** Takes every post, so that the next change posts again; readiness itself is looked at afterwards. */
    private void drain() {
        while (waiting.poll() != null) {
            Thread.onSpinWait();
        }
    }

    private void wake() {
        Thread thread = waiter;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }
}
