package io.demijohn.spi;

import io.demijohn.device.DeviceException;
import io.demijohn.spi.config.Configuration;
import io.demijohn.spi.config.ConfigurationException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.channels.spi.SelectorProvider;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.DjHooks;

/** The worlds in which the contract of java.net's sockets must hold: plain {@code new Socket()} means something else in each. */
@SuppressWarnings("ImmutableEnumChecker") // each opens its datapath once, when it is first entered
enum SocketWorld {
    /** The JDK as it is. */
    STOCK(null, "127.0.0.1", Loopback.IPV4),
    /** The same over IPv6. */
    STOCK_IPV6(null, "::1", Loopback.IPV6),
    /** Ours, with nothing configured: everything is passed on to the kernel. */
    KERNEL("", "127.0.0.1", Loopback.IPV4),
    /** The same over IPv6. */
    KERNEL_IPV6("", "::1", Loopback.IPV6),
    /** Ours, over the in-process device. */
    LOOP("loop=on,connect=127.0.0.0/8:* -> inet", "127.0.0.1", Loopback.IPV4),
    /** The same over IPv6. */
    LOOP_IPV6("loop=on,connect=[::1]:* -> inet", "::1", Loopback.IPV6),
    /** Ours, with listeners on the device and the kernel together; the client comes over the device. */
    WILDCARD("loop=on,connect=127.0.0.0/8:* -> inet", "0.0.0.0", Loopback.IPV4),
    /** The same with a client over IPv6: the wildcard of the one family serves both. */
    WILDCARD_IPV6("loop=on,connect=[::1]:* -> inet", "0.0.0.0", Loopback.IPV6),
    /** Ours, with listeners on the device and the kernel together; the client comes over the kernel. */
    WILDCARD_KERNEL("loop=on,connect=127.0.0.0/8:* -> kernel", "0.0.0.0", Loopback.IPV4);

    private final @Nullable String options;
    private final String listenAddress;
    private final Loopback loopback;
    private @Nullable Datapath datapath;

    SocketWorld(@Nullable String options, String listenAddress, Loopback loopback) {
        this.options = options;
        this.listenAddress = listenAddress;
        this.loopback = loopback;
    }

    /** Makes this world's sockets those of the JVM until {@link #leave}. */
    synchronized void enter() throws Exception {
        loopback(); // which skips where the host has none
        HookAgent.hook();
        DjHooks.install(
                options == null
                        ? null
                        : new JdkHooks(
                                datapath(), SelectorProvider.provider(), AsynchronousChannelProvider.provider()));
    }

    void leave() {
        DjHooks.install(null);
    }

    /** Returns whether connected sockets are streams of an engine. */
    boolean bypasses() {
        return this == LOOP || this == LOOP_IPV6 || this == WILDCARD || this == WILDCARD_IPV6;
    }

    synchronized Datapath datapath() throws ConfigurationException, DeviceException {
        Datapath open = datapath;
        if (open == null) {
            open = Datapath.open(Configuration.read(options, new Properties()));
            datapath = open;
        }
        return open;
    }

    InetAddress listenAddress() throws IOException {
        return InetAddress.getByName(listenAddress);
    }

    ServerSocket listen() throws IOException {
        return new ServerSocket(0, 50, listenAddress());
    }

    /** Returns the loopback address of this world's family. */
    InetAddress loopback() {
        return loopback.address();
    }

    InetSocketAddress addressOf(ServerSocket server) {
        return new InetSocketAddress(loopback(), server.getLocalPort());
    }

    Socket connect(ServerSocket server) throws IOException {
        Socket socket = new Socket();
        socket.connect(addressOf(server));
        return socket;
    }
}
