package apps.socketfactory;

import apps.common.Arguments;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code socket-factory [--host H]}: sets factories for the implementations of its sockets, first of clients and then of
 * servers, and prints what each kind of socket does then.
 */
@SuppressWarnings("deprecation") // the factories are what is shown
public final class SocketFactory {
    private static final AtomicInteger MADE = new AtomicInteger();

    private SocketFactory() {}

    /** One thing to try. */
    private interface Attempt {
        String run() throws IOException;
    }

    /** Runs the program. */
    public static void main(String[] args) throws Exception {
        InetAddress host = InetAddress.getByName(Arguments.parse(args, "host").text("host", "127.0.0.1"));
        report("before, real", () -> exchange(host));
        Socket.setSocketImplFactory(SocketFactory::make);
        report("set again", () -> {
            Socket.setSocketImplFactory(SocketFactory::make);
            return "set";
        });
        report("client", () -> muted(new Socket(), host));
        report("client without proxy", () -> muted(new Socket(Proxy.NO_PROXY), host));
        report("client by address", () -> {
            try (Socket socket = new Socket(host, 7)) {
                return "reads " + socket.getInputStream().read();
            }
        });
        report("listener, real", () -> exchangeWithChannel(host));
        report("client behind SOCKS", () -> {
            int before = MADE.get();
            try (ServerSocket proxy = new ServerSocket(0, 1, host);
                    Socket socket = new Socket(new Proxy(Proxy.Type.SOCKS, proxy.getLocalSocketAddress()))) {
                socket.setSoTimeout(100);
                socket.connect(new InetSocketAddress(host, 7), 100);
                return "connected";
            } finally {
                System.out.println("implementations made: " + (MADE.get() - before));
            }
        });
        ServerSocket.setSocketFactory(SocketFactory::make);
        report("listener", () -> {
            try (ServerSocket listener = new ServerSocket(9, 1, host)) {
                return "accepted " + listener.accept();
            }
        });
        report("channels, real", () -> {
            try (var listener = java.nio.channels.ServerSocketChannel.open()) {
                listener.bind(new InetSocketAddress(host, 0));
                try (SocketChannel client = SocketChannel.open(listener.getLocalAddress());
                        SocketChannel accepted = listener.accept()) {
                    client.write(ByteBuffer.wrap(new byte[] {1}));
                    return "reads " + accepted.read(ByteBuffer.allocate(2));
                }
            }
        });
        System.out.println("implementations made in all: " + MADE.get());
    }

    private static MutedImpl make() {
        MADE.incrementAndGet();
        return new MutedImpl();
    }

    private static String exchange(InetAddress host) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, host);
                Socket client = new Socket(host, listener.getLocalPort());
                Socket accepted = listener.accept()) {
            client.getOutputStream().write(5);
            return "reads " + accepted.getInputStream().read();
        }
    }

    private static String exchangeWithChannel(InetAddress host) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, host);
                SocketChannel client = SocketChannel.open(listener.getLocalSocketAddress());
                Socket accepted = listener.accept()) {
            client.write(ByteBuffer.wrap(new byte[] {6}));
            return "reads " + accepted.getInputStream().read();
        }
    }

    private static String muted(Socket unconnected, InetAddress host) throws IOException {
        try (Socket socket = unconnected) {
            socket.connect(new InetSocketAddress(host, 7));
            return "reads " + socket.getInputStream().read();
        }
    }

    private static void report(String what, Attempt attempt) {
        String outcome;
        try {
            outcome = attempt.run();
        } catch (IOException e) {
            outcome = e.getClass().getName() + ": " + e.getMessage();
        }
        System.out.println(what + ": " + outcome);
    }
}
