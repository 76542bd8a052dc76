package apps.hellopair;

import apps.common.Arguments;
import apps.httpclient.HttpLoad;
import apps.jettyhello.HelloServer;
import java.net.URI;

/**
 * {@code hello-pair [--host H] [--path P] [--requests N] [--warmup W] [--mode http|plain]}: starts the server on a port of the
 * system's choice, lets the client fetch P from it, prints the client's line and ends.
 */
public final class HelloPair {
    private HelloPair() {}

    /** Runs the pair. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, "host", "path", "requests", "warmup", "mode");
        String host = arguments.text("host", "127.0.0.1");
        HelloServer server = HelloServer.start(host, 0);
        try {
            URI uri = URI.create("http://" + host + ":" + server.port() + arguments.text("path", "/hello"));
            System.out.println(HttpLoad.run(
                    uri,
                    arguments.text("mode", "http"),
                    arguments.number("warmup", 2000),
                    arguments.number("requests", 5000)));
        } finally {
            server.stop();
        }
    }
}
