package apps.jettyhello;

import apps.common.Arguments;
import apps.common.Lifetime;

/**
 * {@code jetty-hello [--host H] [--port P] [--seconds S]}: serves until standard input closes or S seconds have passed, and
 * prints {@code ready PORT} once it listens.
 */
public final class JettyHello {
    private static final int SECONDS_DEFAULT = 600;

    private JettyHello() {}

    /** Runs the server. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, "host", "port", "seconds");
        HelloServer server = HelloServer.start(arguments.text("host", "127.0.0.1"), arguments.number("port", 0));
        try {
            System.out.println("ready " + server.port());
            Lifetime.await(arguments.number("seconds", SECONDS_DEFAULT));
        } finally {
            server.stop();
        }
        System.out.println("stopped");
    }
}
