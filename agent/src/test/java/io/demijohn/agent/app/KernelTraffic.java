package io.demijohn.agent.app;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Future;

/** Uses the kernel's loopback through each of the JDK's interfaces and prints a line for each that worked. */
public final class KernelTraffic {
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

    private KernelTraffic() {}

    public static void main(String[] arguments) throws Exception {
        sockets();
        Output.line("sockets");
        channels();
        Output.line("channels");
        asynchronous();
        Output.line("asynchronous");
        datagrams();
        Output.line("datagrams");
        http();
        Output.line("http");
    }

    private static void sockets() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket accepted = server.accept()) {
            client.getOutputStream().write(HELLO);
            client.shutdownOutput();
            require(new String(accepted.getInputStream().readAllBytes(), StandardCharsets.UTF_8).equals("hello"));
        }
    }

    private static void channels() throws IOException {
        try (Selector selector = Selector.open();
                ServerSocketChannel server = ServerSocketChannel.open().bind(loopback());
                SocketChannel client = SocketChannel.open()) {
            server.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
            client.configureBlocking(false);
            client.register(selector, SelectionKey.OP_CONNECT);
            client.connect(server.getLocalAddress());
            ByteBuffer received = ByteBuffer.allocate(HELLO.length);
            while (received.hasRemaining()) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.isAcceptable()) {
                        server.accept().configureBlocking(false).register(selector, SelectionKey.OP_READ);
                        key.interestOps(0);
                    } else if (key.isConnectable()) {
                        require(client.finishConnect());
                        key.interestOps(0);
                        client.write(ByteBuffer.wrap(HELLO));
                    } else if (key.isReadable()) {
                        require(((SocketChannel) key.channel()).read(received) > 0);
                    }
                }
                selector.selectedKeys().clear();
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        }
    }

    private static void asynchronous() throws Exception {
        try (AsynchronousServerSocketChannel server =
                        AsynchronousServerSocketChannel.open().bind(loopback());
                AsynchronousSocketChannel client = AsynchronousSocketChannel.open()) {
            require(client.provider() == AsynchronousChannelProvider.provider());
            Future<AsynchronousSocketChannel> accepted = server.accept();
            client.connect(server.getLocalAddress()).get();
            try (AsynchronousSocketChannel peer = accepted.get()) {
                ByteBuffer received = ByteBuffer.allocate(HELLO.length);
                Future<Integer> read = peer.read(received);
                require(client.write(ByteBuffer.wrap(HELLO)).get() == HELLO.length);
                require(read.get() == HELLO.length);
                require(received.flip().equals(ByteBuffer.wrap(HELLO)));
            }
        }
    }

    private static void datagrams() throws IOException {
        try (DatagramSocket receiver = new DatagramSocket(loopback());
                DatagramSocket sender = new DatagramSocket(loopback())) {
            sender.send(new DatagramPacket(HELLO, HELLO.length, receiver.getLocalSocketAddress()));
            DatagramPacket packet = new DatagramPacket(new byte[16], 16);
            receiver.receive(packet);
            require(packet.getLength() == HELLO.length);
        }
    }

    private static void http() throws IOException, InterruptedException {
        HttpServer server = HttpServer.create(loopback(), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, HELLO.length);
            exchange.getResponseBody().write(HELLO);
            exchange.close();
        });
        server.start();
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        String body = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        server.stop(0);
        require(body.equals("hello"));
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalStateException("not what was sent");
        }
    }
}
