package apps.web;

import apps.common.Tls;
import java.io.IOException;
import java.net.URI;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/** Apache HttpClient 5, blocking, on java.net sockets; HTTP/1.1. */
final class ApacheWebClient implements WebClient {
    private static final int CONNECTIONS_MAX = 64;

    private final CloseableHttpClient client;

    ApacheWebClient(Tls tls) {
        this.client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setTlsSocketStrategy(new DefaultClientTlsStrategy(tls.context()))
                        .setMaxConnPerRoute(CONNECTIONS_MAX)
                        .setMaxConnTotal(CONNECTIONS_MAX)
                        .build())
                .build();
    }

    @Override
    public Answer get(URI uri) throws IOException {
        return send(new HttpGet(uri));
    }

    @Override
    public Answer post(URI uri, byte[] body) throws IOException {
        HttpPost request = new HttpPost(uri);
        request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_OCTET_STREAM));
        return send(request);
    }

    private Answer send(ClassicHttpRequest request) throws IOException {
        return client.execute(
                request,
                response -> new Answer(
                        response.getVersion().toString(),
                        response.getCode(),
                        EntityUtils.toByteArray(response.getEntity())));
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
