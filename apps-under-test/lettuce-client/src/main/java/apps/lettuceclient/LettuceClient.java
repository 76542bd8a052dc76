package apps.lettuceclient;

import apps.common.Arguments;
import apps.common.Bytes;
import apps.common.Lifetime;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code lettuce-client [--host H] [--port P]}: works against a Redis server, checks every answer, prints one {@code ... OK} line
 * for each thing that held and then {@code visited}, and keeps its connections until standard input closes.
 */
public final class LettuceClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int[] SIZES = {1, 100, 1460, 10_240, 65_536, 1_048_576};
    private static final int PIPELINED = 10_000;
    private static final int MESSAGES = 1000;
    private static final int CONNECTIONS = 50;
    private static final int SECONDS_MAX = 600;

    private final RedisClient client;

    private LettuceClient(RedisClient client) {
        this.client = client;
    }

    /** Runs all of it. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, "host", "port");
        RedisClient redis = RedisClient.create(RedisURI.builder()
                .withHost(arguments.text("host", "127.0.0.1"))
                .withPort(arguments.number("port", 6379))
                .withTimeout(TIMEOUT)
                .build());
        try {
            LettuceClient client = new LettuceClient(redis);
            client.setGet();
            client.pipeline();
            client.publishSubscribe();
            List<StatefulRedisConnection<String, String>> held = client.manyConnections();
            System.out.println("visited");
            Lifetime.await(SECONDS_MAX);
            held.forEach(StatefulRedisConnection::close);
        } finally {
            redis.shutdown();
        }
        System.out.println("closed");
    }

    private void setGet() {
        try (StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE)) {
            for (int size : SIZES) {
                byte[] key = Bytes.range(0, 8);
                byte[] value = Bytes.range(size % 7, size);
                check("OK".equals(connection.sync().set(key, value)), "set " + size);
                check(Arrays.equals(value, connection.sync().get(key)), "get " + size);
                System.out.println("setget " + size + " OK");
            }
        }
    }

    private void pipeline() throws Exception {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.setAutoFlushCommands(false);
            List<RedisFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < PIPELINED; i++) {
                check(!connection.async().set("key-" + i, "value-" + i).isCancelled(), "pipelined set");
                answers.add(connection.async().get("key-" + i));
            }
            connection.flushCommands();
            for (int i = 0; i < PIPELINED; i++) {
                String answer = answers.get(i).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
                check(("value-" + i).equals(answer), "pipelined get " + i);
            }
            System.out.println("pipeline " + PIPELINED + " OK");
        }
    }

    private void publishSubscribe() throws InterruptedException {
        CountingListener listener = new CountingListener(MESSAGES);
        try (StatefulRedisPubSubConnection<String, String> subscribed = client.connectPubSub();
                StatefulRedisConnection<String, String> publisher = client.connect()) {
            subscribed.addListener(listener);
            subscribed.sync().subscribe(CountingListener.CHANNEL);
            for (int i = 0; i < MESSAGES; i++) {
                check(publisher.sync().publish(CountingListener.CHANNEL, "message-" + i) == 1, "publish");
            }
            check(listener.awaitAll(TIMEOUT), "messages in order: " + listener.inOrder());
        }
        System.out.println("pubsub " + MESSAGES + " OK");
    }

    private List<StatefulRedisConnection<String, String>> manyConnections() {
        List<StatefulRedisConnection<String, String>> connections = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(client.connect());
        }
        for (int i = 0; i < CONNECTIONS; i++) {
            check("PONG".equals(connections.get(i).sync().ping()), "ping " + i);
        }
        System.out.println("connections " + CONNECTIONS + " OK");
        return connections;
    }

    private static void check(boolean held, String what) {
        if (!held) {
            throw new IllegalStateException("FAILED " + what);
        }
    }
}
