package apps.web;

import apps.common.Bytes;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What one client asks of one server: small pages one after the other, pages of many sizes on many threads at once, a large page
 * and a large request. Every answer is compared; prints one line for each of the four that held.
 */
final class Visit {
    private static final int IN_TURN = 200;
    private static final int THREADS = 32;
    private static final int PAGES_PER_THREAD = 5;
    private static final int PAGE_BYTES_MAX = 100_000;
    private static final int LARGE_BYTES = 8_000_000;

    /** A prime, so that the sizes spread. */
    private static final int SIZE_STEP = 7919;

    private final WebClient client;
    private final String base;

    Visit(WebClient client, String base) {
        this.client = client;
        this.base = base;
    }

    /** Runs all four, and fails with the first answer that is wrong. */
    void run() throws Exception {
        String protocol = "";
        for (int i = 0; i < IN_TURN; i++) {
            protocol = page(1000 + i);
        }
        say(protocol, "in turn " + IN_TURN);
        say(atOnce(), "at once " + THREADS * PAGES_PER_THREAD);
        say(page(LARGE_BYTES), "down " + LARGE_BYTES);
        say(upload(), "up " + LARGE_BYTES);
    }

    private void say(String protocol, String what) {
        System.out.println(base.substring(0, base.indexOf(':')) + " " + protocol + " " + what + " OK");
    }

    private String atOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<String>> protocols = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int first = thread * PAGES_PER_THREAD;
                protocols.add(threads.submit(() -> pages(first)));
            }
            String protocol = "";
            for (Future<String> future : protocols) {
                protocol = future.get();
            }
            return protocol;
        } finally {
            threads.shutdownNow();
        }
    }

    private String pages(int first) throws Exception {
        String protocol = "";
        for (int i = first; i < first + PAGES_PER_THREAD; i++) {
            protocol = page(i * SIZE_STEP % PAGE_BYTES_MAX);
        }
        return protocol;
    }

    private String page(int bytes) throws Exception {
        WebClient.Answer answer = client.get(URI.create(base + "/bytes/" + bytes));
        check(answer, Bytes.range(0, bytes), "page of " + bytes);
        return answer.protocol();
    }

    private String upload() throws Exception {
        byte[] body = Bytes.range(1, LARGE_BYTES);
        WebClient.Answer answer = client.post(URI.create(base + "/upload"), body);
        String expected = LARGE_BYTES + " " + Bytes.sha256(body);
        check(answer, expected.getBytes(StandardCharsets.US_ASCII), "upload");
        return answer.protocol();
    }

    private static void check(WebClient.Answer answer, byte[] expected, String what) throws IOException {
        if (answer.status() != 200 || !Arrays.equals(expected, answer.body())) {
            throw new IOException(
                    "FAILED " + what + ": status " + answer.status() + ", " + answer.body().length + " bytes");
        }
    }
}
