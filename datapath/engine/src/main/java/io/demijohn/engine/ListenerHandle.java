package io.demijohn.engine;

import io.demijohn.stack.tcp.Ev;
import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpListener;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A listening port of one engine.
 *
 * <p>Any thread may accept and close. Accepting takes the engine's token for a moment: connections wait in the stack's own
 * bounded queue until somebody wants them.
 */
public final class ListenerHandle extends Handle {
    private final Driver driver;
    private final TcpListener listener;
    private final StreamOptions options;
    private final InetSocketAddress local;
    private final BoundPort port;

    private volatile int state;

    ListenerHandle(Driver driver, TcpListener listener, StreamOptions options, BoundPort port) {
        super(driver);
        this.driver = driver;
        this.listener = listener;
        this.options = options;
        this.port = port;
        this.local = port.address();
    }

    @Override
    public int ready() {
        return state;
    }

    /** Returns the next connection whose handshake is complete, or null if there is none now. */
    public @Nullable StreamHandle accept() {
        if (state != Ready.ACCEPT) {
            return null;
        }
        driver.lock();
        try {
            TcpConnection connection = listener.accept();
            if (!listener.pending() && state == Ready.ACCEPT) {
                state = 0;
            }
            if (connection == null) {
                return null;
            }
            StreamHandle stream = new StreamHandle(driver, connection, options, null);
            connection.attachment = stream;
            driver.handles().add(stream);
            driver.counters().connections++;
            stream.execute(Commands.OPTIONS, System.nanoTime());
            stream.onEvents(connection.takeEvents() | Ev.CONNECTED);
            return stream;
        } finally {
            driver.unlock();
        }
    }

    public InetSocketAddress local() {
        return local;
    }

    /** Stops listening and resets what nobody accepted; idempotent, wakes every waiter. */
    public void close() {
        driver.lock();
        try {
            if ((state & Ready.CLOSED) != 0) {
                return;
            }
            state = Ready.CLOSED;
            if (!driver.failed()) {
                driver.stack().tcp().close(listener, System.nanoTime());
            }
            port.releaseUnderToken();
            driver.handles().remove(this);
        } finally {
            driver.unlock();
        }
        VarHandle.fullFence();
        signal();
    }

    void onPending() {
        if (state == 0 && listener.pending()) {
            state = Ready.ACCEPT;
        }
    }

    @Override
    void fail(int status) {
        if ((state & Ready.CLOSED) == 0) {
            state = Ready.ERROR;
        }
    }
}
