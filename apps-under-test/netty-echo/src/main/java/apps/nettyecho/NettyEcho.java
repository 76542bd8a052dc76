package apps.nettyecho;

import apps.common.Arguments;
import apps.common.Lifetime;
import apps.common.Tls;
import java.nio.file.Path;

/**
 * Echo on Netty; {@code --keys} is a PKCS 12 file with the password {@code password}.
 *
 * <ul>
 *   <li>{@code serve --host H --keys F}: prints {@code ready PORT TLSPORT} and echoes until standard input closes
 *   <li>{@code visit --host H --port P --tlsport P --keys F}: echoes in turns, in streams, over TLS and from a file, prints
 *       {@code visited} and keeps a few connections until standard input closes
 *   <li>{@code pair --host H --keys F}: both in one JVM
 * </ul>
 */
public final class NettyEcho {
    private static final int SECONDS_MAX = 600;

    private NettyEcho() {}

    /** Runs the command. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, "host", "port", "tlsport", "keys");
        Tls tls = Tls.read(Path.of(arguments.text("keys", "keys.p12")));
        String host = arguments.text("host", "127.0.0.1");
        switch (arguments.command()) {
            case "serve" -> {
                try (EchoServer server = EchoServer.start(host, tls)) {
                    System.out.println("ready " + server.port() + " " + server.tlsPort());
                    Lifetime.await(SECONDS_MAX);
                }
                System.out.println("stopped");
            }
            case "visit" -> visit(host, arguments.number("port", 0), arguments.number("tlsport", 0), tls);
            case "pair" -> {
                try (EchoServer server = EchoServer.start(host, tls)) {
                    visit(host, server.port(), server.tlsPort(), tls);
                }
                System.out.println("stopped");
            }
            default -> throw new IllegalArgumentException("command: one of serve, visit, pair");
        }
    }

    private static void visit(String host, int port, int tlsPort, Tls tls) throws Exception {
        try (EchoClient client = new EchoClient(host, tls)) {
            client.turns(port);
            client.streams(port);
            client.secured(tlsPort);
            client.file(port);
            client.hold(port);
            System.out.println("visited");
            Lifetime.await(SECONDS_MAX);
        }
        System.out.println("closed");
    }
}
