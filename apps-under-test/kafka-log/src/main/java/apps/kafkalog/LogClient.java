package apps.kafkalog;

import apps.common.Bytes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Producers and consumers of one broker; prints one line for each method that held. Closed by the program's main thread. */
final class LogClient implements AutoCloseable {
    private static final String TOPIC = "log";
    private static final String TRANSACTED = "transacted";
    private static final int PARTITIONS = 4;
    private static final int RECORDS = 20_000;
    private static final int RECORD_BYTES = 1000;
    private static final int LARGE_BYTES = 900_000;
    private static final int CONSUMERS = 2;
    private static final int TRANSACTION_RECORDS = 100;
    private static final int SECONDS_MAX = 80;
    private static final Duration POLL = Duration.ofMillis(200);

    private final String servers;
    private final Admin admin;
    private final KafkaProducer<String, byte[]> producer;

    LogClient(String servers) {
        this.servers = servers;
        this.admin = Admin.create(Map.of("bootstrap.servers", servers));
        this.producer = producer(Map.of("acks", "all", "linger.ms", "5"));
    }

    private KafkaProducer<String, byte[]> producer(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", servers);
        return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }

    private KafkaConsumer<String, byte[]> consumer(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", servers);
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /** Waits for the broker and makes the topics. */
    void create() throws Exception {
        admin.describeCluster().nodes().get(SECONDS_MAX, TimeUnit.SECONDS);
        admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1), new NewTopic(TRANSACTED, 1, (short) 1)))
                .all()
                .get(SECONDS_MAX, TimeUnit.SECONDS);
        System.out.println("create OK");
    }

    /** Sends many records and a large one, and waits until the broker has each. */
    void produce() throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            sent.add(producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, Integer.toString(i), value(i))));
        }
        for (int i = 0; i < RECORDS; i++) {
            long offset = sent.get(i).get(SECONDS_MAX, TimeUnit.SECONDS).offset();
            check(offset == i / PARTITIONS, "offset of " + i + ": " + offset);
        }
        System.out.println("produce " + RECORDS + " OK");
    }

    private static byte[] value(int index) {
        return Bytes.range(index, index == RECORDS - 1 ? LARGE_BYTES : RECORD_BYTES);
    }

    /** Reads them all with a group of consumers, each partition in order. */
    void consume() throws Exception {
        AtomicInteger left = new AtomicInteger(RECORDS);
        ExecutorService threads = Executors.newFixedThreadPool(CONSUMERS);
        try {
            List<Future<Integer>> counts = new ArrayList<>();
            for (int i = 0; i < CONSUMERS; i++) {
                counts.add(threads.submit(() -> consume(left)));
            }
            int sum = 0;
            for (Future<Integer> count : counts) {
                sum += count.get(SECONDS_MAX, TimeUnit.SECONDS);
            }
            check(sum == RECORDS, "records consumed: " + sum);
        } finally {
            threads.shutdownNow();
        }
        System.out.println("consume " + RECORDS + " OK");
    }

    /** Consumes as one of a group until none is left; a partition that moves to another is read on from what was committed. */
    private int consume(AtomicInteger left) throws IOException {
        int count = 0;
        Map<Integer, Integer> last = new HashMap<>();
        try (KafkaConsumer<String, byte[]> consumer = consumer(Map.of("group.id", "readers"))) {
            consumer.subscribe(List.of(TOPIC));
            while (left.get() > 0) {
                int polled = 0;
                for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                    int index = Integer.parseInt(record.key());
                    check(index % PARTITIONS == record.partition(), "partition of " + index);
                    check(index > last.getOrDefault(record.partition(), -1), "order of " + index);
                    check(Arrays.equals(value(index), record.value()), "value of " + index);
                    last.put(record.partition(), index);
                    polled++;
                }
                consumer.commitSync();
                count += polled;
                left.addAndGet(-polled);
            }
        }
        return count;
    }

    /** Commits, aborts and commits again; a reader of what is committed sees the first and the last alone. */
    void transactions() throws Exception {
        try (KafkaProducer<String, byte[]> transacted = producer(Map.of("transactional.id", "writer"))) {
            transacted.initTransactions();
            for (String name : List.of("first", "aborted", "last")) {
                transacted.beginTransaction();
                for (int i = 0; i < TRANSACTION_RECORDS; i++) {
                    check(
                            !transacted
                                    .send(new ProducerRecord<>(TRANSACTED, name, value(i)))
                                    .isCancelled(),
                            "send");
                }
                if (name.equals("aborted")) {
                    transacted.flush();
                    transacted.abortTransaction();
                } else {
                    transacted.commitTransaction();
                }
            }
        }
        TopicPartition partition = new TopicPartition(TRANSACTED, 0);
        try (KafkaConsumer<String, byte[]> reader = consumer(Map.of("isolation.level", "read_committed"))) {
            reader.assign(List.of(partition));
            reader.seekToBeginning(List.of(partition));
            List<String> seen = new ArrayList<>();
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
            while (seen.size() < 2 * TRANSACTION_RECORDS && System.nanoTime() - deadlineNanos < 0) {
                reader.poll(POLL).forEach(record -> seen.add(record.key()));
            }
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 2 * TRANSACTION_RECORDS; i++) {
                expected.add(i < TRANSACTION_RECORDS ? "first" : "last");
            }
            check(seen.equals(expected), "committed records: " + seen.size());
        }
        System.out.println("transactions 3x" + TRANSACTION_RECORDS + " OK");
    }

    private static void check(boolean held, String what) throws IOException {
        if (!held) {
            throw new IOException("FAILED " + what);
        }
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
    }
}
