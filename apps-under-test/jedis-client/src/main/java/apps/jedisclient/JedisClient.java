package apps.jedisclient;

import apps.common.Arguments;
import apps.common.Bytes;
import apps.common.Lifetime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;

/**
 * {@code jedis-client setget|pipeline|pubsub|all [--host H] [--port P] [--sizes N,N] [--count N]}: works against a Redis server,
 * checks every answer and prints one {@code ... OK} line for each thing that held; {@code all} then prints {@code visited} and
 * keeps some connections until standard input closes.
 */
public final class JedisClient {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int HELD_CONNECTIONS = 50;
    private static final int SECONDS_MAX = 600;
    private static final String SIZES_DEFAULT = "1,100,1460,10240,65536,1048576";

    private final String host;
    private final int port;

    private JedisClient(String host, int port) {
        this.host = host;
        this.port = port;
    }

    /** Runs the command. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, "host", "port", "sizes", "count");
        JedisClient client = new JedisClient(arguments.text("host", "127.0.0.1"), arguments.number("port", 6379));
        List<String> sizes = List.of(arguments.text("sizes", SIZES_DEFAULT).split(","));
        int count = arguments.number("count", 10_000);
        switch (arguments.command()) {
            case "setget" -> client.setGet(sizes);
            case "pipeline" -> client.pipeline(count);
            case "pubsub" -> client.publishSubscribe(count);
            case "all" -> {
                client.setGet(sizes);
                client.pipeline(count);
                client.publishSubscribe(count);
                client.hold();
            }
            default -> throw new IllegalArgumentException("command: one of setget, pipeline, pubsub, all");
        }
    }

    private void setGet(List<String> sizes) {
        try (Jedis jedis = connect()) {
            for (String size : sizes) {
                byte[] key = Bytes.range(0, 8);
                byte[] value = Bytes.range(size.length(), Integer.parseInt(size));
                check("OK".equals(jedis.set(key, value)), "set " + size);
                byte[] got = jedis.get(key);
                check(Arrays.equals(value, got), "get " + size);
                System.out.println("setget " + size + " OK " + Bytes.sha256(got));
            }
        }
    }

    private void pipeline(int count) {
        try (Jedis jedis = connect();
                Pipeline pipeline = jedis.pipelined()) {
            for (int i = 0; i < count; i++) {
                pipeline.set("key-" + i, "value-" + i);
            }
            pipeline.sync();
            List<Response<String>> answers = IntStream.range(0, count)
                    .mapToObj(i -> pipeline.get("key-" + i))
                    .toList();
            pipeline.sync();
            for (int i = 0; i < count; i++) {
                check(("value-" + i).equals(answers.get(i).get()), "pipelined get " + i);
            }
            System.out.println("pipeline " + count + " OK");
        }
    }

    private void publishSubscribe(int count) throws InterruptedException {
        CountingSubscriber subscriber = new CountingSubscriber(count);
        try (Jedis subscribed = connect();
                Jedis publisher = connect()) {
            Thread thread =
                    new Thread(() -> subscribed.subscribe(subscriber, CountingSubscriber.CHANNEL), "subscriber");
            thread.setDaemon(true);
            thread.start();
            subscriber.awaitSubscribed();
            for (int i = 0; i < count; i++) {
                publisher.publish(CountingSubscriber.CHANNEL, "message-" + i);
            }
            thread.join(TIMEOUT_MILLIS);
            check(!thread.isAlive(), "subscriber ended");
        }
        check(subscriber.inOrder() == count, "messages in order: " + subscriber.inOrder());
        System.out.println("pubsub " + count + " OK");
    }

    private void hold() throws InterruptedException {
        List<Jedis> connections =
                IntStream.range(0, HELD_CONNECTIONS).mapToObj(i -> connect()).toList();
        for (Jedis connection : connections) {
            check("PONG".equals(connection.ping()), "ping");
        }
        System.out.println("connections " + HELD_CONNECTIONS + " OK");
        System.out.println("visited");
        Lifetime.await(SECONDS_MAX);
        connections.forEach(Jedis::close);
        System.out.println("closed");
    }

    private Jedis connect() {
        return new Jedis(host, port, TIMEOUT_MILLIS);
    }

    private static void check(boolean held, String what) {
        if (!held) {
            throw new IllegalStateException("FAILED " + what);
        }
    }
}
