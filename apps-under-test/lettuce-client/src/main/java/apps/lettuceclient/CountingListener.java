package apps.lettuceclient;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Counts the messages of one channel while they come in order. Called by one thread of Lettuce's. */
final class CountingListener extends RedisPubSubAdapter<String, String> {
    static final String CHANNEL = "news";

    private final CountDownLatch left;
    private final int expected;
    private volatile int inOrder;

    CountingListener(int expected) {
        this.expected = expected;
        this.left = new CountDownLatch(expected);
    }

    /** Returns how many messages came, each the successor of the one before. */
    int inOrder() {
        return inOrder;
    }

    /** Blocks until all messages came, and returns whether they were in order. */
    boolean awaitAll(Duration max) throws InterruptedException {
        return left.await(max.toSeconds(), TimeUnit.SECONDS) && inOrder == expected;
    }

    @Override
    public void message(String channel, String message) {
        int next = inOrder;
        if (message.equals("message-" + next)) {
            inOrder = next + 1;
        }
        left.countDown();
    }
}
