package apps.virtualthreads;

import apps.common.Arguments;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import org.jspecify.annotations.Nullable;

/**
 * {@code virtual-threads [--host H] [--readers N] [--selectors N]}: N virtual threads block in read at both ends of N/2
 * sockets, then as many in channels, then some in selectors; once all are blocked each gets a byte, twice. Prints how many
 * were blocked and how many went on, and how many times the flight recorder saw one that held its carrier. A JDK without
 * virtual threads prints {@code none}.
 */
public final class VirtualThreads {
    private static final int FIRST = 21;
    private static final int ROUNDS = 2;
    private static final int WARM_UP = 20;
    private static final long PATIENCE_SECONDS = 80;

    private final InetAddress host;
    private final List<Thread> threads = new ArrayList<>();
    private final BlockingQueue<Integer> heard = new LinkedBlockingQueue<>();
    private final List<Sender> senders = new ArrayList<>();

    private VirtualThreads(InetAddress host) {
        this.host = host;
    }

    /** Sends one byte to one blocked reader, or closes its connection. */
    private interface Sender {
        void send(boolean last) throws IOException;
    }

    /** Blocks until a byte comes and returns it, or a negative value at the end. */
    private interface Receiver {
        int receive() throws IOException;
    }

    /** Runs the program. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, "host", "readers", "selectors");
        if (Runtime.version().feature() < FIRST) {
            System.out.println("none");
            return;
        }
        InetAddress host = InetAddress.getByName(arguments.text("host", "127.0.0.1"));
        int readers = arguments.number("readers", 1000);
        int selectors = arguments.number("selectors", 50);
        run(host, WARM_UP, WARM_UP, "warm-up "); // classes that load while a virtual thread blocks hold its carrier
        PinWatch watch = PinWatch.start();
        run(host, readers, selectors, "");
        List<RecordedEvent> pinned = watch.stop();
        System.out.println("pinned " + pinned.size());
        pinned.stream().limit(3).forEach(System.out::println);
    }

    private static void run(InetAddress host, int readers, int selectors, String prefix) throws Exception {
        VirtualThreads sockets = new VirtualThreads(host);
        sockets.openSockets(readers / 2);
        sockets.drive(prefix + "sockets");
        VirtualThreads channels = new VirtualThreads(host);
        channels.openChannels(readers / 2);
        channels.drive(prefix + "channels");
        VirtualThreads selecting = new VirtualThreads(host);
        selecting.openSelectors(selectors);
        selecting.drive(prefix + "selectors");
    }

    private void openSockets(int count) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 0, host)) {
            BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();
            Thread acceptor = startVirtual(() -> {
                for (int i = 0; i < count; i++) {
                    accepted.add(accept(server));
                }
            });
            for (int i = 0; i < count; i++) {
                Socket client = new Socket(host, server.getLocalPort());
                Socket other = taken(accepted);
                read(() -> client.getInputStream().read());
                read(() -> other.getInputStream().read());
                senders.add(last -> send(other, last));
                senders.add(last -> send(client, last));
            }
            acceptor.join();
        }
    }

    private static void send(Socket socket, boolean last) throws IOException {
        if (last) {
            socket.close();
        } else {
            socket.getOutputStream().write(1);
        }
    }

    private void openChannels(int count) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(host, 0));
            BlockingQueue<SocketChannel> accepted = new LinkedBlockingQueue<>();
            Thread acceptor = startVirtual(() -> {
                for (int i = 0; i < count; i++) {
                    accepted.add(accept(server));
                }
            });
            for (int i = 0; i < count; i++) {
                SocketChannel client = SocketChannel.open(server.getLocalAddress());
                SocketChannel other = taken(accepted);
                read(() -> receive(client));
                read(() -> receive(other));
                senders.add(last -> send(other, last));
                senders.add(last -> send(client, last));
            }
            acceptor.join();
        }
    }

    private void openSelectors(int count) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(host, 0));
            for (int i = 0; i < count; i++) {
                SocketChannel client = SocketChannel.open(server.getLocalAddress());
                SocketChannel other = server.accept();
                Selector selector = Selector.open();
                other.configureBlocking(false);
                other.register(selector, SelectionKey.OP_READ);
                read(() -> select(selector, other));
                senders.add(last -> send(client, last));
            }
        }
    }

    private static int select(Selector selector, SocketChannel channel) throws IOException {
        selector.select();
        selector.selectedKeys().clear();
        int octet = receive(channel);
        if (octet < 0) {
            channel.close();
            selector.close();
        }
        return octet;
    }

    private static int receive(SocketChannel channel) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        return channel.read(one) < 0 ? -1 : one.get(0);
    }

    private static void send(SocketChannel channel, boolean last) throws IOException {
        if (last) {
            channel.close();
        } else {
            channel.write(ByteBuffer.wrap(new byte[] {1}));
        }
    }

    /** Starts a virtual thread that tells of each byte until the end comes. */
    private void read(Receiver receiver) throws Exception {
        threads.add(startVirtual(() -> {
            try {
                int octet = receiver.receive();
                while (octet >= 0) {
                    heard.add(octet);
                    octet = receiver.receive();
                }
            } catch (IOException e) {
                heard.add(-1); // closed at this end before the other's end was read
            }
        }));
    }

    /** Waits until every thread is blocked, sends each a byte, and again; then closes everything. */
    private void drive(String name) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            System.out.println(name + " blocked " + awaitBlocked());
            for (Sender sender : senders) {
                sender.send(false);
            }
            int progressed = 0;
            while (progressed < threads.size() && poll(heard) != null) {
                progressed++;
            }
            System.out.println(name + " progressed " + progressed);
        }
        awaitBlocked();
        for (Sender sender : senders) {
            sender.send(true);
        }
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        }
        System.out.println(name + " ended "
                + threads.stream().filter(thread -> !thread.isAlive()).count());
    }

    private int awaitBlocked() {
        long startNanos = System.nanoTime();
        int blocked = 0;
        while (blocked < threads.size()
                && System.nanoTime() - startNanos < TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
            blocked = (int) threads.stream()
                    .filter(thread -> thread.getState() == Thread.State.WAITING)
                    .count();
            Thread.onSpinWait();
        }
        return blocked;
    }

    private static Socket accept(ServerSocket server) {
        try {
            return server.accept();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SocketChannel accept(ServerSocketChannel server) {
        try {
            return server.accept();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T taken(BlockingQueue<T> queue) throws InterruptedException {
        T element = poll(queue);
        if (element == null) {
            throw new IllegalStateException("nothing was accepted");
        }
        return element;
    }

    private static <T> @Nullable T poll(BlockingQueue<T> queue) throws InterruptedException {
        return queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** The JDK that compiles this has no virtual threads yet. */
    private static Thread startVirtual(Runnable action) throws ReflectiveOperationException {
        return (Thread)
                Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, action);
    }
}
