package sun.nio.ch;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * Opens the JDK's own channels with a provider of ours, and lends what {@code sun.nio.ch} keeps to itself.
 *
 * <p>Stateless; any thread.
 */
public final class DjKernelChannels {
    private DjKernelChannels() {}

    /** Opens a kernel socket; what it connects to may be of any address family of the host. */
    public static SocketChannel openSocketChannel(SelectorProvider provider) throws IOException {
        return new SocketChannelImpl(provider);
    }

    public static SocketChannel openSocketChannel(SelectorProvider provider, ProtocolFamily family) throws IOException {
        return new SocketChannelImpl(provider, family);
    }

    /** Opens a kernel listener whose accepted channels are the JDK's own with {@code provider}. */
    public static ServerSocketChannel openServerSocketChannel(SelectorProvider provider) throws IOException {
        return new ServerSocketChannelImpl(provider);
    }

    public static ServerSocketChannel openServerSocketChannel(SelectorProvider provider, ProtocolFamily family)
            throws IOException {
        return new ServerSocketChannelImpl(provider, family);
    }

    /** Returns the channel over the socket that this JVM was started with, or null; with the system-wide provider. */
    public static Channel inheritedChannel() throws IOException {
        return InheritedChannel.getChannel();
    }

    /** Returns the family of a channel that was opened without one. */
    public static ProtocolFamily defaultFamily() {
        return Net.isIPv6Available() ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    }

    /** Checks type, resolution and family of {@code address} and throws what the JDK's channels throw. */
    public static InetSocketAddress checkAddress(SocketAddress address, ProtocolFamily family) {
        return Net.checkAddress(address, family);
    }

    /** Returns the wildcard address of {@code family}. */
    public static InetAddress anyLocalAddress(ProtocolFamily family) {
        return Net.anyLocalAddress(family);
    }

    /** Returns the loopback address of the family of {@code wildcard}. */
    public static InetAddress loopbackLike(InetAddress wildcard) {
        return wildcard instanceof Inet4Address ? Net.inet4LoopbackAddress() : Net.inet6LoopbackAddress();
    }

    /** Returns the option that only socket adaptors use. */
    public static SocketOption<Boolean> oobInlineOption() {
        return ExtendedSocketOption.SO_OOBINLINE;
    }
}
