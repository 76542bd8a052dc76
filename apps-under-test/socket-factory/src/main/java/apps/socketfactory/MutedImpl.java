package apps.socketfactory;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketImpl;
import java.util.HashMap;
import java.util.Map;

/** A socket implementation that connects to nobody: its output is thrown away, its input is at its end. */
final class MutedImpl extends SocketImpl {
    private final Map<Integer, Object> options = new HashMap<>();

    @Override
    protected void create(boolean stream) {
        options.clear();
    }

    @Override
    protected void connect(String host, int wantedPort) {
        connect(new InetSocketAddress(host, wantedPort), 0);
    }

    @Override
    protected void connect(InetAddress to, int wantedPort) {
        connect(new InetSocketAddress(to, wantedPort), 0);
    }

    @Override
    protected void connect(SocketAddress remote, int timeoutMillis) {
        address = ((InetSocketAddress) remote).getAddress();
        port = ((InetSocketAddress) remote).getPort();
    }

    @Override
    protected void bind(InetAddress host, int wantedPort) {
        address = host;
        localport = wantedPort;
    }

    @Override
    protected void listen(int backlog) {
        options.clear();
    }

    @Override
    protected void accept(SocketImpl accepted) throws IOException {
        throw new IOException("nobody comes");
    }

    @Override
    protected InputStream getInputStream() {
        return InputStream.nullInputStream();
    }

    @Override
    protected OutputStream getOutputStream() {
        return OutputStream.nullOutputStream();
    }

    @Override
    protected int available() {
        return 0;
    }

    @Override
    protected void close() {
        options.clear();
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
        throw new IOException("not urgent");
    }

    @Override
    public void setOption(int option, Object value) {
        options.put(option, value);
    }

    @Override
    public Object getOption(int option) {
        return options.getOrDefault(option, 0);
    }
}
