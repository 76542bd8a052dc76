package apps.httpclient;

import java.io.IOException;

/** One way to fetch one URI again and again; used by one thread. */
interface Getter extends AutoCloseable {
    /** Fetches the URI once and returns the body of its answer, which must be a 200. */
    byte[] get() throws IOException, InterruptedException;

    @Override
    void close() throws IOException;
}
