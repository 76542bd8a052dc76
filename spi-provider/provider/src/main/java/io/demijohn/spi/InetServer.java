package io.demijohn.spi;

import io.demijohn.engine.Ready;
import java.io.IOException;
import java.net.DjSocketImpls;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The listening half of a {@link DemijohnSocketImpl} that listens on an engine, with the blocking semantics of java.net.
 *
 * <p>Any thread; accepting threads take turns under a lock of their own, which closing never needs.
 */
final class InetServer {
    private final SocketImpl inner;
    private final WildcardListener<SocketImpl> listener;
    private final Datapath datapath;
    private final ReentrantLock acceptLock = new ReentrantLock();

    private volatile InetOptions acceptedOptions;

    private InetServer(
            SocketImpl inner, WildcardListener<SocketImpl> listener, Datapath datapath, InetOptions acceptedOptions) {
        this.inner = inner;
        this.listener = listener;
        this.datapath = datapath;
        this.acceptedOptions = acceptedOptions;
    }

    /**
     * Listens wherever {@code bound} is.
     *
     * @param inner holds the options, and listens too if {@code bound} includes the kernel; has no timeout
     */
    static InetServer listen(PortReservation bound, int backlog, SocketImpl inner, Datapath datapath)
            throws IOException {
        InetOptions accepted = acceptedOptions(inner, datapath);
        if (bound.onKernel()) {
            DjSocketImpls.listen(inner, backlog);
        }
        WildcardListener<SocketImpl> listener = WildcardListener.open(
                bound,
                backlog,
                accepted.streamOptions(datapath.optionDefaults().client()),
                bound.onKernel() ? new InnerAcceptor(inner) : null,
                datapath.counters());
        return new InetServer(inner, listener, datapath, accepted);
    }

    /** Returns the options of the next connection; the caller copies them. */
    InetOptions acceptedOptions() {
        return acceptedOptions;
    }

    /** To be called when an option of the inner socket changed. */
    void optionsChanged() throws IOException {
        acceptedOptions = acceptedOptions(inner, datapath);
    }

    /**
     * Waits for a connection.
     *
     * @param timeoutMillis for the lock and the connection together; 0 for none
     */
    WildcardListener.Accepted<SocketImpl> accept(int timeoutMillis) throws IOException {
        long timeoutNanos = Waits.lock(acceptLock, Waits.nanos(timeoutMillis));
        if (timeoutNanos <= 0) {
            throw JdkErrors.acceptTimedOut();
        }
        try {
            return acceptLocked(timeoutNanos);
        } finally {
            acceptLock.unlock();
        }
    }

    private WildcardListener.Accepted<SocketImpl> acceptLocked(long timeoutNanos) throws IOException {
        long startNanos = System.nanoTime();
        while (true) {
            WildcardListener.Accepted<SocketImpl> connection = listener.accept();
            if (connection != null) {
                return connection;
            }
            int bits = Waits.await(listener, Waits.left(timeoutNanos, startNanos));
            if (bits == 0) {
                throw JdkErrors.acceptTimedOut();
            }
            if (bits == Ready.INTERRUPTED) {
                throw JdkErrors.interrupted();
            }
            if ((bits & Ready.CLOSED) != 0) {
                throw JdkErrors.socketClosed();
            }
        }
    }

    /** Stops listening everywhere and wakes every accept; the owner closes the inner socket right after. */
    void close() {
        listener.close();
    }

    /** Returns what a connection starts with that {@code inner} accepts: Linux lets it inherit these. */
    private static InetOptions acceptedOptions(SocketImpl inner, Datapath datapath) throws IOException {
        InetOptions accepted = new InetOptions(datapath.optionDefaults().client());
        Map<SocketOption<?>, Object> own = OptionDefaults.read(inner);
        accepted.inherit(StandardSocketOptions.SO_RCVBUF, own);
        accepted.inherit(StandardSocketOptions.SO_REUSEADDR, own);
        accepted.inherit(StandardSocketOptions.SO_REUSEPORT, own);
        accepted.inherit(StandardSocketOptions.IP_TOS, own);
        accepted.inheritKeepAliveTimes(own);
        return accepted;
    }
}
