package apps.common;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How long a server lives: until its standard input closes, and never longer than it was told. */
public final class Lifetime {
    private Lifetime() {}

    /** Blocks until standard input reaches its end or {@code seconds} have passed. */
    public static void await(int seconds) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Thread reader = new Thread(() -> readToEnd(ended), "stdin");
        reader.setDaemon(true);
        reader.start();
        if (!ended.await(seconds, TimeUnit.SECONDS)) {
            System.out.println("time is over");
        }
    }

    private static void readToEnd(CountDownLatch ended) {
        try {
            int last = System.in.read();
            while (last >= 0) {
                last = System.in.read();
            }
        } catch (IOException e) {
            System.out.println("stdin: " + e.getMessage());
        }
        ended.countDown();
    }
}
