package io.demijohn.spi;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A proxy of few words: SOCKS 5 (RFC 1928) without authentication, SOCKS 4, or HTTP CONNECT, each for good clients.
 *
 * <p>Made of the sockets of the world that it is started in; a daemon thread for each connection and direction.
 */
final class TestProxy implements AutoCloseable {
    private static final int SOCKS5_IPV4 = 1;
    private static final int SOCKS5_NAME = 3;
    private static final int SOCKS5_REFUSED = 5;
    private static final int SOCKS4_GRANTED = 90;
    private static final int SOCKS4_REJECTED = 91;

    /** What the proxy speaks. */
    enum Kind {
        SOCKS_5,
        SOCKS_4,
        HTTP
    }

    private final SocketWorld world;
    private final Kind kind;
    private final ServerSocket server;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Map<String, InetAddress> names = new ConcurrentHashMap<>();

    private TestProxy(SocketWorld world, Kind kind) throws IOException {
        this.world = world;
        this.kind = kind;
        this.server = world.listen();
    }

    static TestProxy start(SocketWorld world, Kind kind) throws IOException {
        TestProxy proxy = new TestProxy(world, kind);
        Background.start(() -> {
            proxy.serve();
            return 0;
        });
        return proxy;
    }

    InetSocketAddress address() {
        return world.addressOf(server);
    }

    /** Returns what was asked for, in order. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    /** Makes the proxy know a name. */
    void resolve(String name, InetAddress address) {
        names.put(name, address);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void serve() throws IOException {
        while (!server.isClosed()) {
            Socket client;
            try {
                client = server.accept();
            } catch (SocketException e) {
                return; // closed
            }
            Background.start(() -> {
                try (client) {
                    handle(client);
                }
                return 0;
            });
        }
    }

    private void handle(Socket client) throws Exception {
        DataInputStream in = new DataInputStream(client.getInputStream());
        switch (kind) {
            case SOCKS_5 -> socks5(client, in);
            case SOCKS_4 -> socks4(client, in);
            case HTTP -> http(client, in);
        }
    }

    private void socks5(Socket client, DataInputStream in) throws Exception {
        in.readByte();
        in.readNBytes(in.readUnsignedByte());
        OutputStream out = client.getOutputStream();
        out.write(new byte[] {5, 0});
        in.readNBytes(3); // version, CONNECT, reserved
        InetAddress address =
                switch (in.readUnsignedByte()) {
                    case SOCKS5_IPV4 -> InetAddress.getByAddress(in.readNBytes(4));
                    case SOCKS5_NAME ->
                        names.get(new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.US_ASCII));
                    default -> InetAddress.getByAddress(in.readNBytes(16));
                };
        InetSocketAddress target = new InetSocketAddress(address, in.readUnsignedShort());
        requests.add("5 " + target);
        try (Socket onward = new Socket(Proxy.NO_PROXY)) {
            try {
                onward.connect(target);
            } catch (IOException e) {
                out.write(new byte[] {5, SOCKS5_REFUSED, 0, SOCKS5_IPV4, 0, 0, 0, 0, 0, 0});
                return;
            }
            out.write(new byte[] {5, 0, 0, SOCKS5_IPV4, 0, 0, 0, 0, 0, 0});
            relay(client, onward);
        }
    }

    /** Answers version 5 with a refusal of version 4, upon which the JDK speaks that on the same connection. */
    private void socks4(Socket client, DataInputStream in) throws Exception {
        OutputStream out = client.getOutputStream();
        if (in.readByte() != 4) {
            in.readNBytes(in.readUnsignedByte());
            out.write(new byte[] {0, SOCKS4_REJECTED});
            in.readByte();
        }
        in.readByte();
        int port = in.readUnsignedShort();
        InetSocketAddress target = new InetSocketAddress(InetAddress.getByAddress(in.readNBytes(4)), port);
        while (in.readByte() != 0) {
            Thread.onSpinWait(); // the user's name
        }
        requests.add("4 " + target);
        try (Socket onward = new Socket(Proxy.NO_PROXY)) {
            onward.connect(target);
            out.write(new byte[] {0, SOCKS4_GRANTED, 0, 0, 0, 0, 0, 0});
            relay(client, onward);
        }
    }

    private void http(Socket client, InputStream in) throws Exception {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        String request = head.substring(0, head.indexOf("\r\n"));
        requests.add(request);
        String authority = request.split(" ", -1)[1];
        int colon = authority.lastIndexOf(':');
        InetAddress address = InetAddress.getByName(authority.substring(0, colon));
        OutputStream out = client.getOutputStream();
        try (Socket onward = new Socket(Proxy.NO_PROXY)) {
            try {
                onward.connect(new InetSocketAddress(address, Integer.parseInt(authority.substring(colon + 1))));
            } catch (IOException e) {
                out.write("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                return;
            }
            out.write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            relay(client, onward);
        }
    }

    private static void relay(Socket client, Socket onward) throws Exception {
        Background<Integer> back = Background.start(() -> {
            pump(onward, client);
            return 0;
        });
        pump(client, onward);
        back.get();
    }

    private static void pump(Socket from, Socket to) throws IOException {
        from.getInputStream().transferTo(to.getOutputStream());
        to.shutdownOutput();
    }
}
