package apps.jedisclient;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.JedisPubSub;

/** Counts the messages of one channel while they come in order and unsubscribes after the last. Called by one thread. */
final class CountingSubscriber extends JedisPubSub {
    static final String CHANNEL = "news";
    private static final int SUBSCRIBE_SECONDS_MAX = 60;

    private final CountDownLatch subscribed = new CountDownLatch(1);
    private final int expected;
    private volatile int inOrder;

    CountingSubscriber(int expected) {
        this.expected = expected;
    }

    /** Blocks until the server has confirmed the subscription. */
    void awaitSubscribed() throws InterruptedException {
        if (!subscribed.await(SUBSCRIBE_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new IllegalStateException("FAILED subscribe");
        }
    }

    /** Returns how many messages came, each the successor of the one before. */
    int inOrder() {
        return inOrder;
    }

    @Override
    public void onSubscribe(String channel, int count) {
        subscribed.countDown();
    }

    @Override
    public void onMessage(String channel, String message) {
        int next = inOrder;
        if (message.equals("message-" + next)) {
            inOrder = next + 1;
        }
        if (next + 1 == expected) {
            unsubscribe();
        }
    }
}
