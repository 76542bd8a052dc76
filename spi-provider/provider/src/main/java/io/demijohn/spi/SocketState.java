package io.demijohn.spi;

import io.demijohn.device.Require;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOptions;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link DemijohnSocketImpl} is at the moment, and what it holds for that.
 *
 * <p>Owned by one implementation and shared with its {@link SocketSettings}. Any thread; {@link #lock} guards every change and
 * is never held while a peer is waited for.
 */
final class SocketState {
    final ReentrantLock lock = new ReentrantLock();

    volatile SocketPhase phase = SocketPhase.NEW;
    volatile int timeoutMillis;

    /** The JDK's implementation: holds the options while undecided or listening, everything in phase KERNEL. */
    volatile @Nullable SocketImpl inner;

    volatile @Nullable InetSocket stream;
    volatile @Nullable InetServer listening;

    @Nullable
    PortReservation reservation;

    /** The options of the bypassed stream. */
    @Nullable
    InetOptions options;

    /** Whether an option of the inner socket was set. */
    boolean optionsChanged;

    /** Goes on to the next phase; under the lock. */
    void become(SocketPhase next) {
        Require.that(phase.mayBecome(next), "socket phase");
        phase = next;
    }

    /** Leaves everything to the inner socket from now on, and returns it. */
    SocketImpl becomeKernel() throws SocketException {
        lock.lock();
        try {
            if (phase == SocketPhase.CLOSED) {
                throw JdkErrors.socketClosed();
            }
            SocketImpl kernel = kernel();
            if (timeoutMillis != 0) {
                kernel.setOption(SocketOptions.SO_TIMEOUT, timeoutMillis);
            }
            releaseReservation();
            become(SocketPhase.KERNEL);
            return kernel;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the inner socket where there must be one. */
    SocketImpl kernel() {
        SocketImpl kernel = inner;
        if (kernel == null) {
            throw new IllegalStateException("bug: no inner socket");
        }
        return kernel;
    }

    /** Returns the stream, or throws what the JDK does without one. */
    InetSocket connected() throws SocketException {
        SocketPhase now = phase;
        InetSocket open = stream;
        if (now == SocketPhase.CLOSED) {
            throw JdkErrors.socketClosed();
        }
        if (open == null || now == SocketPhase.CONNECTING) {
            throw JdkErrors.notConnected();
        }
        return open;
    }

    /** Returns the stream even if it was closed, to whoever reads or writes on; or throws what the JDK does without one. */
    InetSocket everConnected() throws SocketException {
        InetSocket open = stream;
        return open != null && phase == SocketPhase.CLOSED ? open : connected();
    }

    void ensureOpen() throws SocketException {
        if (phase == SocketPhase.NEW) {
            throw JdkErrors.notCreated();
        }
        if (phase == SocketPhase.CLOSED) {
            throw JdkErrors.socketClosed();
        }
    }

    /** Notes that an option of the inner socket changed; under the lock. */
    void innerOptionsChanged() throws SocketException {
        optionsChanged = true;
        InetServer accepting = listening;
        if (accepting != null) {
            try {
                accepting.optionsChanged();
            } catch (IOException e) {
                throw JdkErrors.internal(e);
            }
        }
    }

    /** Lets the port go that bind reserved; under the lock. */
    void releaseReservation() {
        PortReservation reserved = reservation;
        if (reserved != null) {
            reserved.close();
        }
    }
}
