package io.demijohn.engine;

import io.demijohn.stack.IpAddress;
import java.net.InetSocketAddress;

/**
 * A local port that is reserved but not used yet: what {@code bind} returns.
 *
 * <p>Passed on to a connect or a listen, or closed. The reservation ends with whatever uses it. Any thread.
 */
public final class BoundPort implements AutoCloseable {
    private final Driver driver;
    private final IpAddress ip;
    private final int port;
    private final boolean ipv4Only;
    private final InetSocketAddress address;
    private boolean released;

    BoundPort(Driver driver, IpAddress ip, int port, boolean ipv4Only) {
        this.driver = driver;
        this.ip = ip;
        this.port = port;
        this.ipv4Only = ipv4Only;
        this.address = driver.socketAddress(ip, port);
    }

    public InetSocketAddress address() {
        return address;
    }

    /** Gives the port back if nothing uses it; idempotent. */
    @Override
    public void close() {
        driver.lock();
        try {
            releaseUnderToken();
        } finally {
            driver.unlock();
        }
    }

    IpAddress ip() {
        return ip;
    }

    int port() {
        return port;
    }

    /** Returns whether the wildcard address means those of IPv4 alone. */
    boolean ipv4Only() {
        return ipv4Only;
    }

    void releaseUnderToken() {
        if (!released) {
            released = true;
            driver.stack().tcp().releasePort(ip, port, ipv4Only);
        }
    }
}
