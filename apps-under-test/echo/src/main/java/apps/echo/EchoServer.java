package apps.echo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A server with one daemon thread for each connection; made and closed by the program's main thread. */
final class EchoServer implements AutoCloseable {
    private static final int BACKLOG = 200;
    private static final int CHUNK_BYTES = 16 << 10;

    private final ServerSocket listener;
    private final boolean reads;

    private EchoServer(ServerSocket listener, boolean reads) {
        this.listener = listener;
        this.reads = reads;
    }

    /** Listens on {@code host}; port 0 lets the system choose. A server that does not read leaves all input where it is. */
    static EchoServer start(String host, int port, boolean reads) throws IOException {
        EchoServer server = new EchoServer(new ServerSocket(port, BACKLOG, InetAddress.getByName(host)), reads);
        daemon(server::acceptAll, "acceptor");
        return server;
    }

    int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void acceptAll() {
        for (int number = 1; !listener.isClosed(); number++) {
            try {
                Socket socket = listener.accept();
                int connection = number;
                System.out.println("accepted " + connection + " from "
                        + socket.getInetAddress().getHostAddress());
                if (reads) {
                    daemon(() -> echo(socket, connection), "echo-" + connection);
                } else {
                    daemon(() -> hold(socket), "hold-" + connection);
                }
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    System.out.println("listener: " + e);
                }
            }
        }
    }

    private static void hold(Socket socket) {
        try (socket) {
            Thread.currentThread().join();
        } catch (IOException | InterruptedException e) {
            System.out.println("hold: " + e);
        }
    }

    private static void echo(Socket socket, int connection) {
        long echoedBytes = 0;
        String end = "eof";
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                out.write(chunk, 0, count);
                echoedBytes += count;
            }
        } catch (IOException e) {
            end = e.toString();
        }
        System.out.println("end " + connection + " bytes=" + echoedBytes + " " + end);
    }

    private static void daemon(Runnable body, String name) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }
}
