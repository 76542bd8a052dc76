package apps.web;

import apps.common.Tls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** java.net.http.HttpClient. */
final class JdkWebClient implements WebClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final HttpClient client;

    JdkWebClient(boolean http2, Tls tls) {
        this.client = HttpClient.newBuilder()
                .version(http2 ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .sslContext(tls.context())
                .connectTimeout(TIMEOUT)
                .proxy(HttpClient.Builder.NO_PROXY)
                .build();
    }

    @Override
    public Answer get(URI uri) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri));
    }

    @Override
    public Answer post(URI uri, byte[] body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response =
                client.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofByteArray());
        return new Answer(response.version().name(), response.statusCode(), response.body());
    }

    /** Does nothing: the client of JDK 17 ends with its last reference. */
    @Override
    public void close() {}
}
