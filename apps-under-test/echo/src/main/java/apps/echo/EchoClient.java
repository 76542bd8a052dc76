package apps.echo;

import apps.common.Bytes;
import apps.common.Latencies;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.Arrays;

/** What a client does on one connection; each method connects, works, prints one line and closes. */
final class EchoClient {
    private static final int CHUNK_BYTES = 16 << 10;

    private EchoClient() {}

    /** Sends {@code size} bytes, waits for them, and so on; prints the round-trip times. */
    static void pingPong(String host, int port, int rounds, int size) throws IOException {
        try (Socket socket = new Socket(host, port)) {
            socket.setTcpNoDelay(true);
            Latencies latencies = new Latencies(rounds);
            byte[] sent = Bytes.range(0, size);
            for (int i = 0; i < rounds; i++) {
                long startNanos = System.nanoTime();
                socket.getOutputStream().write(sent);
                byte[] got = socket.getInputStream().readNBytes(size);
                latencies.add(System.nanoTime() - startNanos);
                if (!Arrays.equals(sent, got)) {
                    throw new IOException("FAILED round " + i + ": " + got.length + " bytes came back");
                }
            }
            System.out.println("pingpong OK rounds=" + rounds + " size=" + size + " " + latencies.summary());
        }
    }

    /** Sends {@code total} bytes on a thread of their own while it reads them back; closes its output first. */
    static void stream(String host, int port, int total) throws Exception {
        try (Socket socket = new Socket(host, port)) {
            Thread writer = new Thread(() -> writeAll(socket, total), "writer");
            writer.start();
            MessageDigest digest = Bytes.digest();
            long gotBytes = 0;
            InputStream in = socket.getInputStream();
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                digest.update(chunk, 0, count);
                gotBytes += count;
            }
            writer.join();
            String got = Bytes.hex(digest);
            if (gotBytes != total || !got.equals(Bytes.sha256(Bytes.range(0, total)))) {
                throw new IOException("FAILED stream: " + gotBytes + " of " + total + " bytes came back");
            }
            System.out.println("stream OK bytes=" + gotBytes + " sha256=" + got);
        }
    }

    private static void writeAll(Socket socket, int total) {
        try {
            OutputStream out = socket.getOutputStream();
            for (int sent = 0; sent < total; ) {
                byte[] chunk = Bytes.range(sent, Math.min(CHUNK_BYTES, total - sent));
                out.write(chunk);
                sent += chunk.length;
            }
            socket.shutdownOutput();
        } catch (IOException e) {
            System.out.println("FAILED write: " + e);
        }
    }

    /** Writes {@code size} bytes, reads as many, and blocks in the next read until that ends. */
    static void waitForEnd(String host, int port, int size) throws IOException {
        try (Socket socket = new Socket(host, port)) {
            socket.getOutputStream().write(Bytes.range(0, size));
            System.out.println("connected");
            System.out.println("read ended: " + endOfReads(socket));
        }
    }

    private static String endOfReads(Socket socket) {
        try {
            byte[] chunk = new byte[CHUNK_BYTES];
            InputStream in = socket.getInputStream();
            int count = in.read(chunk);
            while (count >= 0) {
                count = in.read(chunk);
            }
            return "eof";
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Writes {@code size} bytes and reads them back until that fails. */
    static void chatUntilEnd(String host, int port, int size) throws IOException {
        try (Socket socket = new Socket(host, port)) {
            byte[] sent = Bytes.range(0, size);
            System.out.println("connected");
            String end = "";
            while (end.isEmpty()) {
                end = chatOnce(socket, sent);
            }
            System.out.println("chat ended: " + end);
        }
    }

    private static String chatOnce(Socket socket, byte[] sent) {
        try {
            socket.getOutputStream().write(sent);
            return socket.getInputStream().readNBytes(sent.length).length == sent.length ? "" : "eof";
        } catch (IOException e) {
            return e.toString();
        }
    }
}
