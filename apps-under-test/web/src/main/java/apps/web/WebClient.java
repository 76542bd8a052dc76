package apps.web;

import apps.common.Tls;
import java.io.IOException;
import java.net.URI;

/** A client that keeps its connections; used by many threads at once, closed by the program's main thread. */
interface WebClient extends AutoCloseable {
    /** An answer with its whole body; immutable, as long as nobody writes into the body. */
    final class Answer {
        private final String protocol;
        private final int status;
        private final byte[] body;

        Answer(String protocol, int status, byte[] body) {
            this.protocol = protocol;
            this.status = status;
            this.body = body;
        }

        /** Returns the protocol as the client names it. */
        String protocol() {
            return protocol;
        }

        int status() {
            return status;
        }

        byte[] body() {
            return body;
        }
    }

    /** Fetches {@code uri} with GET. */
    Answer get(URI uri) throws Exception;

    /** Sends {@code body} to {@code uri} with POST. */
    Answer post(URI uri, byte[] body) throws Exception;

    /** Closes every connection. */
    @Override
    void close() throws IOException;

    /** Makes the client of that name, which speaks HTTP/2 if it can and {@code http2} says so, else HTTP/1.1. */
    static WebClient open(String name, boolean http2, Tls tls) {
        return switch (name) {
            case "jdk" -> new JdkWebClient(http2, tls);
            case "apache" -> new ApacheWebClient(tls);
            case "apache-async" -> new ApacheAsyncWebClient(http2, tls);
            case "okhttp" -> new OkHttpWebClient(http2, tls);
            default -> throw new IllegalArgumentException("client: one of jdk, apache, apache-async, okhttp");
        };
    }
}
