package apps.kafkalog;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/** A broker that is its own controller; it runs until the JVM ends. */
final class Broker {
    private Broker() {}

    /** Formats {@code data} and starts the broker in a thread of its own. */
    static void start(String host, int port, int controllerPort, Path data) throws IOException {
        Files.createDirectories(data);
        Path file = data.resolve("server.properties");
        try (OutputStream out = Files.newOutputStream(file)) {
            properties(host, port, controllerPort, data.resolve("log")).store(out, null);
        }
        String cluster = Uuid.randomUuid().toString();
        String[] format = {"format", "--cluster-id", cluster, "--config", file.toString()};
        if (StorageTool.execute(format, System.out) != 0) {
            throw new IOException("FAILED format of " + data);
        }
        Thread thread = new Thread(() -> Kafka.main(new String[] {file.toString()}), "broker");
        thread.setDaemon(true);
        thread.start();
    }

    private static Properties properties(String host, int port, int controllerPort, Path log) {
        Properties properties = new Properties();
        properties.setProperty("process.roles", "broker,controller");
        properties.setProperty("node.id", "1");
        properties.setProperty("controller.quorum.voters", "1@" + host + ":" + controllerPort);
        properties.setProperty(
                "listeners", "PLAINTEXT://" + host + ":" + port + ",CONTROLLER://" + host + ":" + controllerPort);
        properties.setProperty("controller.listener.names", "CONTROLLER");
        properties.setProperty("log.dirs", log.toString());
        for (String topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            properties.setProperty(topic + ".replication.factor", "1");
            properties.setProperty(topic + ".num.partitions", "2");
        }
        properties.setProperty("transaction.state.log.min.isr", "1");
        properties.setProperty("share.coordinator.state.topic.min.isr", "1");
        properties.setProperty("group.initial.rebalance.delay.ms", "0");
        properties.setProperty("auto.create.topics.enable", "false");
        return properties;
    }
}
