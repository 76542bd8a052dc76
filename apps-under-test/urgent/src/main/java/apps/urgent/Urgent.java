package apps.urgent;

import apps.common.Arguments;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;

/**
 * {@code urgent server --host H [--inline 1]} accepts one connection, reads it to its end and prints how many bytes of each kind
 * came; {@code urgent client --host H --port P [--bytes N]} sends N bytes {@code a}, an urgent {@code !} and N bytes {@code b}.
 */
public final class Urgent {
    private Urgent() {}

    /** Runs one end. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, "host", "port", "inline", "bytes");
        InetAddress host = InetAddress.getByName(arguments.text("host", "127.0.0.1"));
        if (arguments.command().equals("server")) {
            serve(host, arguments.number("inline", 0) == 1);
        } else {
            send(host, arguments.number("port", 0), arguments.number("bytes", 300_000));
        }
    }

    private static void serve(InetAddress host, boolean inline) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, host)) {
            System.out.println("ready " + server.getLocalPort());
            try (Socket accepted = server.accept()) {
                accepted.setOOBInline(inline);
                accepted.getOutputStream().write(1);
                int[] counts = new int[128];
                InputStream in = accepted.getInputStream();
                byte[] bytes = new byte[1 << 14];
                for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                    for (int i = 0; i < count; i++) {
                        counts[bytes[i]]++;
                    }
                }
                System.out.println("a=" + counts['a'] + " !=" + counts['!'] + " b=" + counts['b']);
            }
        }
    }

    private static void send(InetAddress host, int port, int bytes) throws IOException {
        byte[] block = new byte[bytes];
        try (Socket socket = new Socket(host, port)) {
            socket.getInputStream().read(); // the server chose how to read urgent data
            Arrays.fill(block, (byte) 'a');
            socket.getOutputStream().write(block);
            socket.sendUrgentData('!');
            Arrays.fill(block, (byte) 'b');
            socket.getOutputStream().write(block);
        }
        System.out.println("sent");
    }
}
