package apps.httpclient;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Fetches through java.net.http.HttpClient, which keeps the connection itself. */
final class JdkGetter implements Getter {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();
    private final HttpRequest request;

    JdkGetter(URI uri) {
        this.request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
    }

    @Override
    public byte[] get() throws IOException, InterruptedException {
        HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException("status " + response.statusCode());
        }
        return response.body();
    }

    /** Does nothing: the client of JDK 17 ends with its last reference. */
    @Override
    public void close() {}
}
