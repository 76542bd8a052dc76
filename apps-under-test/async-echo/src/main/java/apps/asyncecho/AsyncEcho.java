package apps.asyncecho;

import apps.common.Arguments;
import apps.common.Lifetime;

/**
 * Echo on the asynchronous channels of java.nio.
 *
 * <ul>
 *   <li>{@code server}: prints {@code ready PORT}, echoes every connection and prints how each ended
 *   <li>{@code client}: ping-pong of R rounds of N bytes by futures, then a stream of B bytes by handlers, all compared, then
 *       a read that nobody answers in time
 *   <li>{@code pair}: server and client in one JVM
 *   <li>{@code wait}: connects, writes N bytes, and prints how the read after the echo ends
 * </ul>
 */
public final class AsyncEcho {
    private static final int SECONDS_DEFAULT = 600;

    private AsyncEcho() {}

    /** Runs the command. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, "host", "port", "rounds", "size", "stream", "seconds", "threads");
        String host = arguments.text("host", "127.0.0.1");
        int port = arguments.number("port", 0);
        int threads = arguments.number("threads", 2);
        switch (arguments.command()) {
            case "server" -> {
                try (AsyncEchoServer server = AsyncEchoServer.start(host, port, threads)) {
                    System.out.println("ready " + server.port());
                    Lifetime.await(arguments.number("seconds", SECONDS_DEFAULT));
                }
            }
            case "client" -> client(host, port, arguments);
            case "pair" -> {
                try (AsyncEchoServer server = AsyncEchoServer.start(host, port, threads)) {
                    client(host, server.port(), arguments);
                }
            }
            case "wait" -> AsyncEchoClient.waitForEnd(host, port, arguments.number("size", 1));
            default -> throw new IllegalArgumentException("command: one of server, client, pair, wait");
        }
    }

    private static void client(String host, int port, Arguments arguments) throws Exception {
        AsyncEchoClient.pingPong(host, port, arguments.number("rounds", 1000), arguments.number("size", 64));
        AsyncEchoClient.stream(host, port, arguments.number("stream", 1 << 20));
        AsyncEchoClient.timeOut(host, port);
    }
}
