package io.demijohn.spi;

import io.demijohn.engine.Ready;
import io.demijohn.engine.SignalHandle;
import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Accepts from a kernel listener on a daemon thread, so that its connections become ready like an engine's.
 *
 * <p>Owned by one {@link WildcardListener}. At most one accepted connection waits here; the rest stays in the kernel's own
 * backlog. A failed accept is handed over like a connection and thrown to the next caller. Any thread may poll and close.
 *
 * @param <T> what the kernel's accept gives
 */
public final class KernelAcceptPump<T> {
    /** The kernel listener. */
    public interface Acceptor<T> {
        /** Blocks until a connection comes; throws when the listener is closed. */
        T accept() throws IOException;

        /** Closes a connection that nobody will ask for; must not throw. */
        void discard(T connection);

        /** Closes the listener, so that {@link #accept} throws; idempotent, must not throw. */
        void close();
    }

    /** A thread inside of the kernel's accept keeps the port bound until it is out: it is waited for, at most this long. */
    private static final long END_MILLIS = 2_000;

    private final Acceptor<T> acceptor;
    private final SignalHandle signal = new SignalHandle();
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition taken = lock.newCondition();

    private @Nullable T connection;
    private @Nullable IOException failure;
    private boolean closed;

    /** @param name of the thread, behind a prefix of ours */
    public KernelAcceptPump(String name, Acceptor<T> acceptor) {
        this.acceptor = acceptor;
        this.thread = new Thread(null, this::run, "demijohn-accept-" + name, 0, false);
        thread.setDaemon(true);
    }

    /** Begins to accept; once, after the kernel listener listens. */
    public void start() {
        thread.start();
    }

    /** Returns what is ready for {@link Ready#ACCEPT} when {@link #poll} has an answer. */
    public SignalHandle handle() {
        return signal;
    }

    /**
     * Gives the connection that waits, or null if there is none now.
     *
     * @throws IOException what the kernel's accept threw
     */
    public @Nullable T poll() throws IOException {
        if ((signal.ready() & Ready.ACCEPT) == 0) {
            return null;
        }
        lock.lock();
        try {
            T ready = connection;
            IOException failed = failure;
            connection = null;
            failure = null;
            signal.clear(Ready.ACCEPT);
            taken.signal();
            if (failed != null) {
                throw failed;
            }
            return ready;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the hand-over, wakes who waits, closes the connection that nobody took and the kernel's listener; its port is free
     * on return. Idempotent.
     */
    public void close() {
        T unclaimed;
        lock.lock();
        try {
            closed = true;
            unclaimed = connection;
            connection = null;
            failure = null;
            taken.signal();
        } finally {
            lock.unlock();
        }
        signal.clear(Ready.ACCEPT);
        signal.signal(Ready.CLOSED);
        if (unclaimed != null) {
            acceptor.discard(unclaimed);
        }
        acceptor.close();
        awaitEnd();
    }

    private void awaitEnd() {
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(END_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true; // whoever interrupts now does not want to wait
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        boolean open = true;
        while (open) {
            T accepted = null;
            IOException failed = null;
            try {
                accepted = acceptor.accept();
            } catch (IOException e) {
                failed = e;
            } catch (RuntimeException e) {
                failed = JdkErrors.internal(e);
            }
            open = handOver(accepted, failed);
        }
    }

    /** Offers one result and waits until it is taken; returns false once closed. */
    private boolean handOver(@Nullable T accepted, @Nullable IOException failed) {
        boolean offered = false;
        lock.lock();
        try {
            if (!closed) {
                offered = true;
                connection = accepted;
                failure = failed;
                signal.signal(Ready.ACCEPT);
            }
            while (!closed && (connection != null || failure != null)) {
                taken.awaitUninterruptibly();
            }
            return !closed;
        } finally {
            lock.unlock();
            if (!offered && accepted != null) {
                acceptor.discard(accepted);
            }
        }
    }
}
