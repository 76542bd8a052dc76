package apps.many;

import apps.common.Arguments;
import apps.common.Lifetime;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code many [self] --host H --port P [--connections N] [--seconds S]}: opens N connections, each sends one byte; half of them are
 * channels in one selector, half are sockets, each with a thread that is blocked in read. Prints {@code open N} and then does
 * nothing until standard input closes or S seconds have passed; it ends without closing any of them. With the command word
 * {@code self} it is the peer as well: it accepts on a port of the system's choice and holds what it accepted in the selector.
 */
public final class Many {
    private final List<Socket> sockets = new ArrayList<>();
    private final Selector selector;

    private Many(Selector selector) {
        this.selector = selector;
    }

    /** Runs the program. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, "host", "port", "connections", "seconds");
        InetSocketAddress peer =
                new InetSocketAddress(arguments.text("host", "127.0.0.1"), arguments.number("port", 0));
        int connections = arguments.number("connections", 100);
        Many many = new Many(Selector.open());
        daemon(many::selectForEver, "selector");
        if (arguments.command().equals("self")) {
            peer = many.listen(peer, connections);
        }
        for (int i = 0; i < connections; i++) {
            if (i % 2 == 0) {
                many.openChannel(peer);
            } else {
                many.openSocket(peer);
            }
        }
        System.out.println("open " + connections);
        Lifetime.await(arguments.number("seconds", 600));
        System.out.println(
                "leaving " + (many.sockets.size() + many.selector.keys().size()) + " connections open");
    }

    private InetSocketAddress listen(InetSocketAddress local, int backlog) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(local, backlog);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        selector.wakeup();
        return (InetSocketAddress) listener.getLocalAddress();
    }

    private void openChannel(InetSocketAddress peer) throws IOException {
        SocketChannel channel = SocketChannel.open(peer);
        channel.write(ByteBuffer.wrap(new byte[] {1}));
        hold(channel);
    }

    private void hold(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        selector.wakeup();
    }

    private void openSocket(InetSocketAddress peer) throws IOException {
        Socket socket = new Socket(peer.getAddress(), peer.getPort());
        socket.getOutputStream().write(1);
        sockets.add(socket);
        daemon(() -> readForEver(socket), "reader-" + sockets.size());
    }

    private void selectForEver() {
        try {
            ByteBuffer buffer = ByteBuffer.allocate(64);
            while (selector.isOpen()) {
                selector.select(key -> step(key, buffer));
            }
        } catch (IOException e) {
            System.out.println("select: " + e);
        }
    }

    private void step(SelectionKey key, ByteBuffer buffer) {
        try {
            if (key.channel() instanceof ServerSocketChannel listener) {
                hold(listener.accept());
            } else if (((SocketChannel) key.channel()).read(buffer.clear()) < 0) {
                key.cancel();
            }
        } catch (IOException e) {
            System.out.println("channel: " + e);
            key.cancel();
        }
    }

    private static void readForEver(Socket socket) {
        try {
            int last = socket.getInputStream().read();
            while (last >= 0) {
                last = socket.getInputStream().read();
            }
        } catch (IOException e) {
            System.out.println("socket: " + e);
        }
    }

    private static void daemon(Runnable body, String name) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }
}
