package apps.trouble;

import apps.common.Arguments;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * {@code trouble --host H [--closed H:P]}: provokes the errors that every network program meets, through both APIs, and prints
 * each exception's class and message; ports never appear in them.
 */
public final class Trouble {
    private static final long CONNECT_MILLIS_MAX = 30_000;

    private Trouble() {}

    /** One attempt that ought to fail. */
    private interface Attempt {
        void run() throws IOException;
    }

    /** Runs all attempts. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, "host", "closed");
        InetAddress host = InetAddress.getByName(arguments.text("host", "127.0.0.1"));
        addressInUse(host);
        InetSocketAddress closed = closedPort(arguments, host);
        report("refused socket", () -> new Socket(closed.getAddress(), closed.getPort()).close());
        report("refused channel", () -> SocketChannel.open(closed).close());
        report("refused selector", () -> connectBySelector(closed));
        report("afterwards", () -> {
            try (ServerSocket again = new ServerSocket(0, 1, host)) {
                new Socket(host, again.getLocalPort()).close();
            }
        });
    }

    private static void addressInUse(InetAddress host) throws IOException {
        try (ServerSocket first = new ServerSocket(0, 1, host)) {
            InetSocketAddress taken = new InetSocketAddress(host, first.getLocalPort());
            report("in-use socket", () -> new ServerSocket(taken.getPort(), 1, host).close());
            report("in-use channel", () -> {
                try (ServerSocketChannel second = ServerSocketChannel.open()) {
                    second.bind(taken);
                }
            });
        }
    }

    private static InetSocketAddress closedPort(Arguments arguments, InetAddress host) throws IOException {
        String given = arguments.text("closed", "");
        if (!given.isEmpty()) {
            int colon = given.lastIndexOf(':');
            return new InetSocketAddress(given.substring(0, colon), Integer.parseInt(given.substring(colon + 1)));
        }
        try (ServerSocket listener = new ServerSocket(0, 1, host)) {
            return new InetSocketAddress(host, listener.getLocalPort());
        }
    }

    private static void connectBySelector(InetSocketAddress peer) throws IOException {
        try (Selector selector = Selector.open();
                SocketChannel channel = SocketChannel.open()) {
            channel.configureBlocking(false);
            if (!channel.connect(peer)) {
                channel.register(selector, SelectionKey.OP_CONNECT);
                selector.select(CONNECT_MILLIS_MAX);
                channel.finishConnect();
            }
        }
    }

    private static void report(String what, Attempt attempt) {
        String outcome = "no exception";
        try {
            attempt.run();
        } catch (IOException e) {
            outcome = e.toString();
        }
        System.out.println(what + ": " + outcome);
    }
}
