package io.demijohn.stack.tcp;

import io.demijohn.stack.IpAddress;
import io.demijohn.stack.tcp.TcpConnection.Ownership;
import org.jspecify.annotations.Nullable;

/**
 * One listening port and the connections that wait to be accepted.
 *
 * <p>Made by {@link Tcp#listen}, ended by {@link Tcp#close(TcpListener, long)}; driver only.
 */
public final class TcpListener {
    /** Whatever the engine hangs here; TCP never looks at it. */
    public @Nullable Object attachment;

    final TcpOptions options;
    final Connections connections;

    /** Whether a wildcard address means those of IPv4 alone. */
    final boolean ipv4Only;

    /** Connections of ours in SYN_RECEIVED. */
    int halfOpen;

    /** When a SYN last found no room for a half-open connection, if ever. */
    boolean overflowed;

    long overflowNanos;

    boolean touched;
    /** The port table's chain. */
    @Nullable
    TcpListener nextInBucket;

    @Nullable
    TcpListener nextTouched;

    private final IpAddress localAddress;
    private final int localPort;
    private final int backlog;
    private @Nullable TcpConnection first;
    private @Nullable TcpConnection last;
    private int waiting;

    TcpListener(
            Connections connections,
            IpAddress localAddress,
            int localPort,
            boolean ipv4Only,
            int backlog,
            TcpOptions options) {
        this.connections = connections;
        this.localAddress = localAddress;
        this.localPort = localPort;
        this.ipv4Only = ipv4Only;
        this.backlog = Math.max(1, backlog);
        this.options = options;
    }

    /** Gives the oldest connection that is established and not accepted, or null. It may have failed meanwhile. */
    public @Nullable TcpConnection accept() {
        TcpConnection connection = first;
        if (connection == null) {
            return null;
        }
        first = connection.nextAccept;
        if (first == null) {
            last = null;
        }
        connection.nextAccept = null;
        waiting--;
        connection.ownership = Ownership.USER;
        if (connection.events != 0) {
            connections.touch(connection);
        }
        return connection;
    }

    /** Returns whether {@link #accept} would give one. */
    public boolean pending() {
        return first != null;
    }

    /** Returns the address that it listens on; {@link IpAddress#ANY} for all. */
    public IpAddress localAddress() {
        return localAddress;
    }

    public int localPort() {
        return localPort;
    }

    /** Returns whether no further connection may wait. */
    boolean isFull() {
        return waiting >= backlog;
    }

    /** Returns the bound of half-open connections. */
    int halfOpenMax() {
        return backlog;
    }

    /** Adds a connection that has just been established. */
    void offer(TcpConnection connection) {
        TcpConnection before = last;
        if (before == null) {
            first = connection;
        } else {
            before.nextAccept = connection;
        }
        last = connection;
        waiting++;
        connections.touch(this);
    }
}
