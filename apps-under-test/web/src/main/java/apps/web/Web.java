package apps.web;

import apps.common.Arguments;
import apps.common.Lifetime;
import apps.common.Tls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Web servers and clients; {@code --keys} is a PKCS 12 file with the password {@code password}.
 *
 * <ul>
 *   <li>{@code serve --server S --host H --keys F}: prints {@code ready PORT TLSPORT} and serves until standard input closes
 *   <li>{@code visit --client C --keys F --urls V@URL,...}: visits each URL with HTTP version V (1 or 2), prints {@code visited}
 *       and keeps its connections until standard input closes
 *   <li>{@code pair --server S --client C --versions V@SCHEME,... --host H --keys F}: both in one JVM
 * </ul>
 */
public final class Web {
    private static final int SECONDS_MAX = 600;

    private Web() {}

    /** Runs the command. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, "server", "client", "host", "keys", "urls", "versions");
        Tls tls = Tls.read(Path.of(arguments.text("keys", "keys.p12")));
        String host = arguments.text("host", "127.0.0.1");
        String server = arguments.text("server", "jdk");
        String client = arguments.text("client", "jdk");
        switch (arguments.command()) {
            case "serve" -> {
                WebServer started = WebServer.start(server, host, tls);
                System.out.println("ready " + started.port() + " " + started.tlsPort());
                Lifetime.await(SECONDS_MAX);
                stop(started);
            }
            case "visit" ->
                visit(client, tls, List.of(arguments.text("urls", "").split(",", -1)));
            case "pair" -> {
                WebServer started = WebServer.start(server, host, tls);
                List<String> urls = new ArrayList<>();
                for (String version : arguments.text("versions", "1@http").split(",", -1)) {
                    int port = version.endsWith("https") ? started.tlsPort() : started.port();
                    urls.add(version + "://" + host + ":" + port);
                }
                try {
                    visit(client, tls, urls);
                } finally {
                    stop(started);
                }
            }
            default -> throw new IllegalArgumentException("command: one of serve, visit, pair");
        }
    }

    private static void visit(String name, Tls tls, List<String> urls) throws Exception {
        List<WebClient> clients = new ArrayList<>();
        try {
            for (String url : urls) {
                WebClient client = WebClient.open(name, url.startsWith("2@"), tls);
                clients.add(client);
                new Visit(client, url.substring(url.indexOf('@') + 1)).run();
            }
            System.out.println("visited");
            Lifetime.await(SECONDS_MAX);
        } finally {
            for (WebClient client : clients) {
                client.close();
            }
        }
        System.out.println("closed");
    }

    private static void stop(WebServer server) throws Exception {
        server.stop();
        System.out.println("stopped");
    }
}
