package java.net;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Set;

/**
 * Calls the protected methods of a {@link SocketImpl} for those who stand outside of {@code java.net}.
 *
 * <p>Stateless; any thread; adds nothing to what the method called does.
 */
public final class DjSocketImpls {
    private DjSocketImpls() {}

    public static void create(SocketImpl impl, boolean stream) throws IOException {
        impl.create(stream);
    }

    public static void connect(SocketImpl impl, String host, int port) throws IOException {
        impl.connect(host, port);
    }

    public static void connect(SocketImpl impl, InetAddress address, int port) throws IOException {
        impl.connect(address, port);
    }

    public static void connect(SocketImpl impl, SocketAddress address, int timeoutMillis) throws IOException {
        impl.connect(address, timeoutMillis);
    }

    public static void bind(SocketImpl impl, InetAddress address, int port) throws IOException {
        impl.bind(address, port);
    }

    public static void listen(SocketImpl impl, int backlog) throws IOException {
        impl.listen(backlog);
    }

    public static void accept(SocketImpl impl, SocketImpl accepted) throws IOException {
        impl.accept(accepted);
    }

    public static InputStream getInputStream(SocketImpl impl) throws IOException {
        return impl.getInputStream();
    }

    public static OutputStream getOutputStream(SocketImpl impl) throws IOException {
        return impl.getOutputStream();
    }

    public static int available(SocketImpl impl) throws IOException {
        return impl.available();
    }

    public static void close(SocketImpl impl) throws IOException {
        impl.close();
    }

    public static void shutdownInput(SocketImpl impl) throws IOException {
        impl.shutdownInput();
    }

    public static void shutdownOutput(SocketImpl impl) throws IOException {
        impl.shutdownOutput();
    }

    public static boolean supportsUrgentData(SocketImpl impl) {
        return impl.supportsUrgentData();
    }

    public static void sendUrgentData(SocketImpl impl, int data) throws IOException {
        impl.sendUrgentData(data);
    }

    public static FileDescriptor getFileDescriptor(SocketImpl impl) {
        return impl.getFileDescriptor();
    }

    public static InetAddress getInetAddress(SocketImpl impl) {
        return impl.getInetAddress();
    }

    public static int getPort(SocketImpl impl) {
        return impl.getPort();
    }

    public static int getLocalPort(SocketImpl impl) {
        return impl.getLocalPort();
    }

    public static void setPort(SocketImpl impl, int port) {
        impl.port = port;
    }

    public static <T> void setOption(SocketImpl impl, SocketOption<T> name, T value) throws IOException {
        impl.setOption(name, value);
    }

    public static <T> T getOption(SocketImpl impl, SocketOption<T> name) throws IOException {
        return impl.getOption(name);
    }

    public static Set<SocketOption<?>> supportedOptions(SocketImpl impl) {
        return impl.supportedOptions();
    }

    public static void setPerformancePreferences(SocketImpl impl, int connectionTime, int latency, int bandwidth) {
        impl.setPerformancePreferences(connectionTime, latency, bandwidth);
    }
}
