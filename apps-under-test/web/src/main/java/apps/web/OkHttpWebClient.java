package apps.web;

import apps.common.Tls;
import java.io.IOException;
import java.net.Proxy;
import java.net.URI;
import java.util.List;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** OkHttp, blocking, on java.net sockets; HTTP/1.1 or HTTP/2. */
final class OkHttpWebClient implements WebClient {
    private final OkHttpClient client;

    OkHttpWebClient(boolean http2, Tls tls) {
        this.client = new OkHttpClient.Builder()
                .protocols(http2 ? List.of(Protocol.HTTP_2, Protocol.HTTP_1_1) : List.of(Protocol.HTTP_1_1))
                .sslSocketFactory(tls.context().getSocketFactory(), tls.trust())
                .proxy(Proxy.NO_PROXY)
                .build();
    }

    @Override
    public Answer get(URI uri) throws IOException {
        return send(new Request.Builder().url(uri.toString()).build());
    }

    @Override
    public Answer post(URI uri, byte[] body) throws IOException {
        return send(new Request.Builder()
                .url(uri.toString())
                .post(RequestBody.create(body))
                .build());
    }

    private Answer send(Request request) throws IOException {
        try (Response response = client.newCall(request).execute()) {
            return new Answer(
                    response.protocol().toString(),
                    response.code(),
                    response.body().bytes());
        }
    }

    @Override
    public void close() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }
}
