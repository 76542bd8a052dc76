package apps.echo;

import apps.common.Arguments;
import apps.common.Lifetime;

/**
 * Echo on java.net sockets.
 *
 * <ul>
 *   <li>{@code server}: prints {@code ready PORT}, echoes every connection and prints how each ended
 *   <li>{@code stall}: as server, but never reads what comes
 *   <li>{@code client}: ping-pong of R rounds of N bytes, then a stream of B bytes through, all compared
 *   <li>{@code pair}: server and client in one JVM
 *   <li>{@code wait}: connects, writes N bytes, and prints how a blocked read ends
 *   <li>{@code chat}: connects, writes and reads for ever, and prints how that ends
 * </ul>
 */
public final class Echo {
    private static final int SECONDS_DEFAULT = 600;

    private Echo() {}

    /** Runs the command. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, "host", "port", "rounds", "size", "stream", "seconds");
        String host = arguments.text("host", "127.0.0.1");
        int port = arguments.number("port", 0);
        switch (arguments.command()) {
            case "server" -> serve(host, port, true, arguments.number("seconds", SECONDS_DEFAULT));
            case "stall" -> serve(host, port, false, arguments.number("seconds", SECONDS_DEFAULT));
            case "client" -> client(host, port, arguments);
            case "pair" -> {
                try (EchoServer server = EchoServer.start(host, port, true)) {
                    client(host, server.port(), arguments);
                }
            }
            case "wait" -> EchoClient.waitForEnd(host, port, arguments.number("size", 1));
            case "chat" -> EchoClient.chatUntilEnd(host, port, arguments.number("size", 64));
            default -> throw new IllegalArgumentException("command: one of server, stall, client, pair, wait, chat");
        }
    }

    private static void serve(String host, int port, boolean reads, int seconds) throws Exception {
        try (EchoServer server = EchoServer.start(host, port, reads)) {
            System.out.println("ready " + server.port());
            Lifetime.await(seconds);
        }
    }

    private static void client(String host, int port, Arguments arguments) throws Exception {
        EchoClient.pingPong(host, port, arguments.number("rounds", 1000), arguments.number("size", 64));
        EchoClient.stream(host, port, arguments.number("stream", 1 << 20));
    }
}
