package apps.kafkalog;

import apps.common.Arguments;
import apps.common.Lifetime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;

/**
 * Kafka.
 *
 * <ul>
 *   <li>{@code broker --host H --port P --controller C --data FOLDER}: formats the folder and runs Kafka's own main until standard
 *       input closes
 *   <li>{@code visit --host H --port P}: waits for the broker, produces and consumes, prints {@code visited} and keeps a producer
 *       until standard input closes
 *   <li>{@code pair --host H --data FOLDER}: both in one JVM on free ports
 * </ul>
 */
public final class KafkaLog {
    private static final int SECONDS_MAX = 600;

    private KafkaLog() {}

    /** Runs the command. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, "host", "port", "controller", "data");
        String host = arguments.text("host", "127.0.0.1");
        Path data = Path.of(arguments.text("data", "kafka-data"));
        switch (arguments.command()) {
            case "broker" -> {
                Broker.start(host, arguments.number("port", 9092), arguments.number("controller", 9093), data);
                System.out.println("started");
                Lifetime.await(SECONDS_MAX);
            }
            case "visit" -> visit(host, arguments.number("port", 9092));
            case "pair" -> {
                int[] ports = freePorts(host);
                Broker.start(host, ports[0], ports[1], data);
                visit(host, ports[0]);
            }
            default -> throw new IllegalArgumentException("command: one of broker, visit, pair");
        }
        System.exit(0); // Kafka's own way to end: it stops in a shutdown hook
    }

    private static void visit(String host, int port) throws Exception {
        try (LogClient client = new LogClient(host + ":" + port)) {
            client.create();
            client.produce();
            client.consume();
            client.transactions();
            System.out.println("visited");
            Lifetime.await(SECONDS_MAX);
        }
        System.out.println("closed");
    }

    private static int[] freePorts(String host) throws IOException {
        try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getByName(host));
                ServerSocket second = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return new int[] {first.getLocalPort(), second.getLocalPort()};
        }
    }
}
