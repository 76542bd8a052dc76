package apps.grpcecho;

import apps.common.Arguments;
import apps.common.Lifetime;
import apps.common.Tls;
import java.nio.file.Path;

/**
 * Echo on gRPC; {@code --keys} is a PKCS 12 file with the password {@code password}.
 *
 * <ul>
 *   <li>{@code serve --host H --keys F}: prints {@code ready PORT TLSPORT} and serves until standard input closes
 *   <li>{@code visit --host H --port P --tlsport P --keys F}: calls every method with and without TLS, prints {@code visited} and
 *       keeps its connections until standard input closes
 *   <li>{@code pair --host H --keys F}: both in one JVM
 * </ul>
 */
public final class GrpcEcho {
    private static final int SECONDS_MAX = 600;

    private GrpcEcho() {}

    /** Runs the command. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, "host", "port", "tlsport", "keys");
        Tls tls = Tls.read(Path.of(arguments.text("keys", "keys.p12")));
        String host = arguments.text("host", "127.0.0.1");
        switch (arguments.command()) {
            case "serve" -> {
                try (EchoService service = EchoService.start(host, tls)) {
                    System.out.println("ready " + service.port() + " " + service.tlsPort());
                    Lifetime.await(SECONDS_MAX);
                }
                System.out.println("stopped");
            }
            case "visit" -> visit(host, arguments.number("port", 0), arguments.number("tlsport", 0), tls);
            case "pair" -> {
                try (EchoService service = EchoService.start(host, tls)) {
                    visit(host, service.port(), service.tlsPort(), tls);
                }
                System.out.println("stopped");
            }
            default -> throw new IllegalArgumentException("command: one of serve, visit, pair");
        }
    }

    private static void visit(String host, int port, int tlsPort, Tls tls) throws Exception {
        try (EchoCalls plain = EchoCalls.plain(host, port);
                EchoCalls secure = EchoCalls.secure(host, tlsPort, tls)) {
            plain.run();
            secure.run();
            System.out.println("visited");
            Lifetime.await(SECONDS_MAX);
        }
        System.out.println("closed");
    }
}
